import * as Flags from '@oclif/core/flags'
import { DEFAULT_POLICIES } from '../policy/find-policy.js'
import { type ListedPolicy, POLICIES, type PolicyId } from '../policy/policies/index.js'
import { wayOfPolicy } from '../preflight/situation.js'
import { type PolicyChoice, policyChoice } from '../simulation/scenario/scenario.js'
import { type KernelRelease, parseKernelRelease } from '../vfio/kernel-release.js'
import { UsageError } from './errors.js'
import { nearest } from './nearest.js'

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

/** The release that `--kernel` names; undefined: not given. */
export function checkKernel(text: string | undefined): KernelRelease | undefined {
  if (text === undefined) return undefined
  const release = parseKernelRelease(text)
  if (release !== undefined) return release
  throw new UsageError(`"${text}" is no kernel release.`, {
    hint: 'Write it as `uname -r` does: 6.12.95, 6.8, 6.1.0-56-amd64.',
  })
}

/** The policies that `--policy` names, in the order of the list; none named: those shown by default. */
export function policiesFor(ids: readonly string[] | undefined): readonly ListedPolicy[] {
  if (ids?.includes('all') === true) return POLICIES
  if (ids === undefined || ids.length === 0) return DEFAULT_POLICIES
  for (const id of ids) {
    if (!POLICIES.some((policy) => policy.id === id)) throw unknownPolicy(id)
  }
  return POLICIES.filter(({ id }) => ids.includes(id))
}

function unknownPolicy(id: string): UsageError {
  const near = nearest(
    id,
    POLICIES.map((policy) => policy.id),
  )
  return new UsageError(`Unknown policy "${id}".`, {
    hint:
      near === undefined
        ? '`vfio-reset policies` lists them; `all` is every one.'
        : `Did you mean "${near}"? \`vfio-reset policies\` lists them.`,
  })
}

/** What `--policy` of `simulate` names; undefined: not given. */
export function choiceFor(text: string | undefined): PolicyChoice | 'all' | undefined {
  if (text === undefined || text === 'all') return text
  const choice = policyChoice(text)
  if (choice !== undefined) return choice
  const near = nearest(text, ['kernel', 'all', ...POLICIES.map(({ id }) => id)])
  const list =
    '`vfio-reset policies` lists them; `all` is every one, `kernel` what the kernel does.'
  throw new UsageError(`Unknown policy "${text}".`, {
    hint: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  })
}

interface PolicyFlags {
  readonly policy: string | undefined
  readonly via: 'group' | 'iommufd' | 'auto'
}

/** The policy that `--policy` names; null: none. One that no caller of the chosen way in can meet is an error. */
export function policyOfFlags({ policy, via }: PolicyFlags): PolicyId | null {
  if (policy === undefined) return null
  if (policy === 'all') {
    throw new UsageError('A preflight is judged by one policy, not by all.', {
      hint: '`vfio-reset inspect DEVICE --policy all` shows every policy side by side.',
    })
  }
  const [found] = policiesFor([policy])
  if (found === undefined) throw new Error(`no policy ${policy}`)
  const { id } = found
  const way = wayOfPolicy(found)
  if (via === 'auto' || via === way) return id
  throw new UsageError(`The policy ${id} judges callers that come through ${way}, not ${via}.`, {
    hint: `Leave out --via, or say --via ${way}.`,
  })
}
