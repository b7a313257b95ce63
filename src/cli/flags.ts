import * as Flags from '@oclif/core/flags'
import { UsageError } from './errors.js'

/** Which host is studied, and as which kernel. Without any of them: the live one, as it is. */
export const hostFlags = {
  root: Flags.string({
    helpValue: 'DIR',
    summary: 'read the tree below DIR, which holds sys/, instead of the live host',
    exclusive: ['capture'],
    parse: notEmpty('--root'),
  }),
  capture: Flags.string({
    helpValue: 'FILE',
    summary: 'read a captured host from FILE, a gzip-compressed tar of such a tree',
    exclusive: ['root'],
    parse: notEmpty('--capture'),
  }),
  kernel: Flags.string({
    helpValue: 'RELEASE',
    summary: 'answer as this kernel release would (default: the release of the host)',
    parse: notEmpty('--kernel'),
  }),
}

/** Where the names of vendors and devices come from. */
export const nameFlags = {
  'pci-ids': Flags.string({
    helpValue: 'FILE',
    summary: "take vendor and device names from FILE instead of the system's pci.ids",
    parse: notEmpty('--pci-ids'),
  }),
  numeric: Flags.boolean({
    char: 'n',
    summary: 'show numbers only, look up no names',
  }),
}

/** An unset shell variable must not turn `--root "$DIR"` into the live host or the current folder. */
function notEmpty(flag: string): (value: string) => Promise<string> {
  return async (value) => {
    if (value === '') throw new UsageError(`${flag} expects a value, but it is empty.`)
    return value
  }
}
