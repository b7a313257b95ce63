import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { lookUpNames, type NamedFunction } from '../document/names.js'
import type { DeviceName } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import { readPciIds, readSystemPciIds, shippedPciIds } from '../host/read/read-pci-ids.js'
import { isFailure } from '../host/tree/tree.js'
import { type KernelRelease, parseKernelRelease } from '../kernel/kernel-release.js'
import { DEFAULT_POLICIES } from '../policy/find-policy.js'
import { type ListedPolicy, POLICIES } from '../policy/policies/index.js'
import type { Style } from '../text/style.js'
import { UsageError } from './errors.js'
import { nearest } from './input/nearest.js'
import type { HostChoice } from './input/open-host.js'

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

/** What a command line says of them, and of the captured host that ships with the tool. */
export interface HostFlags extends HostChoice {
  readonly kernel?: string | undefined
}

export function demoFlag(summary = 'read the captured host that ships with the tool') {
  return Flags.boolean({ summary, exclusive: ['root', 'capture'] })
}

export const wakeFlag = Flags.boolean({
  summary: 'read functions even if that wakes them from runtime suspend',
})

export const whyFlag = Flags.boolean({
  summary: 'on a terminal, show the whole answer instead of one screen of it',
})

/** The terminal, with as much of the answer as was asked for. */
export function withExtent(terminal: Style, isWhole: boolean): Style {
  return isWhole ? { ...terminal, extent: 'whole' } : terminal
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

export function policyFlag(summary: string) {
  return Flags.string({ helpValue: 'ID', summary })
}

/** Can be given more often than once. */
export function policiesFlag(summary: string) {
  return Flags.string({ helpValue: 'ID', summary, multiple: true, multipleNonGreedy: true })
}

/** The functions that a command line names. */
export function devicesArg(description: string) {
  return { device: Args.string({ multiple: true, description }) }
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
  const ids = POLICIES.map((policy) => policy.id)
  const near = nearest(id, ids)
  const list = `The policies are ${ids.join(', ')}; \`vfio-reset policies\` says what each is.`
  return new UsageError(`Unknown policy "${id}".`, {
    hint: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  })
}

/** Names to find functions by, also where `-n` shows none; looked up once they are asked for. */
export function namesToFind(
  command: Parameters<typeof namesFor>[0],
  flags: Partial<NameFlags>,
  functions: readonly NamedFunction[],
): () => ReadonlyMap<PciAddress, DeviceName> {
  return () => namesFor(command, { numeric: false, 'pci-ids': flags['pci-ids'] }, functions)
}

export interface NameFlags {
  readonly numeric: boolean
  readonly 'pci-ids'?: string | undefined
}

/**
 * Names of the functions from the list that the flags choose, else the system's, else the short one that ships with the
 * tool; none with `-n`.
 */
export function namesFor(
  { config }: { readonly config: { readonly root: string } },
  flags: NameFlags,
  functions: readonly NamedFunction[],
): ReadonlyMap<PciAddress, DeviceName> {
  if (flags.numeric) return new Map()
  const file = flags['pci-ids']
  if (file === undefined)
    return lookUpNames(readSystemPciIds() ?? shippedPciIds(config.root), functions)
  const ids = readPciIds(file)
  if (!isFailure(ids)) return lookUpNames(ids, functions)
  throw new UsageError(`Cannot read the list of names ${file}: ${ids.detail}.`, {
    path: file,
    errno: ids.errno ?? undefined,
    hint: '--pci-ids takes a file such as /usr/share/misc/pci.ids; -n needs none.',
  })
}
