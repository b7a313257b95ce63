import { type Gap, isYes } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { HostNeedKind, RawFunction, RawHost, RawSystem } from '../host/raw-host.js'
import { isVfioBound } from '../vfio/driver.js'
import type { Loss, NeedLoss } from './step.js'

/**
 * What the host loses, or may lose, when a function leaves its driver. Every command that takes a function from the host rests
 * on it (`stepCommands`). Needs of VFs stand at their PF too, and those of drives behind VMD at its controller.
 */
export function hostLosses(
  { hostNeeds, openNeeds, gaps, functions, system }: HostUse,
  address: PciAddress,
): readonly NeedLoss[] {
  const needs = hostNeeds
    .filter((need) => need.address === address)
    .map(({ kind: need, detail }): NeedLoss => ({ kind: 'host-need', need, detail }))
  const open = openNeeds
    .filter(({ candidates }) => candidates.includes(address))
    .map(({ kind: need, detail }): NeedLoss => ({ kind: 'possible-need', need, detail }))
  const found = functions.find((each) => each.address === address)
  const isIdle = found === undefined || isUnused(found, system)
  return [...needs, ...open, ...(isIdle ? [] : unreadNeeds(classOf(found), gaps).map(possibleNeed))]
}

type HostUse = Pick<RawHost, 'hostNeeds' | 'openNeeds' | 'gaps' | 'functions' | 'system'>

/** What no driver has, or vfio has, carries nothing of the host's. */
function isUnused(each: RawFunction, system: RawSystem): boolean {
  const { driver } = each
  return (driver.known && driver.value === null) || isYes(isVfioBound(each, system))
}

function classOf({ classCode }: Pick<RawFunction, 'classCode'>): number | null {
  return classCode.known ? classCode.value >>> 16 : null
}

/** A list that was not read, and what a function could be needed for by it. */
export interface UnreadNeed {
  readonly path: string
  readonly need: HostNeedKind
}

/** The vital ones for a function of a base class (null: not read). */
export function unreadNeeds(base: number | null, gaps: readonly Gap[]): readonly UnreadNeed[] {
  return unreadLists(base, gaps).flatMap(({ gap: { path }, need }) =>
    need !== null && isVital(need) ? [{ path, need }] : [],
  )
}

export function possibleNeed({ path, need }: UnreadNeed): NeedLoss {
  return { kind: 'possible-need', need, detail: `${path} was not read` }
}

/** Lists that were not read, and what a function of a base class (null: not read) could be needed for by them. */
export function unreadLists<G extends Pick<Gap, 'path' | 'why'>>(
  base: number | null,
  gaps: readonly G[],
): readonly { readonly gap: G; readonly need: HostNeedKind | null }[] {
  return LISTS.filter(({ classes }) => base === null || classes.has(base)).flatMap(
    ({ paths, need }) =>
      gaps.filter((gap) => paths.includes(gap.path) && !isMount(gap)).map((gap) => ({ gap, need })),
  )
}

/** A mount of a list that was read: what it may rest on is known one by one (`openNeeds`), or the block devices were not listed. */
function isMount({ path, why }: Pick<Gap, 'path' | 'why'>): boolean {
  return path === 'proc/self/mountinfo' && why === 'unmodelled'
}

/** What kind of function can carry what, by base class, and the lists that traces to it begin with. */
const LISTS: readonly {
  readonly paths: readonly string[]
  readonly classes: ReadonlySet<number>
  /** null: it can only add to what others tell. */
  readonly need: HostNeedKind | null
}[] = [
  {
    paths: ['proc/self/mountinfo'],
    classes: new Set([0x01, 0x02, 0x08, 0x0c]),
    need: 'mounted-filesystem',
  },
  // Asked only where a use of disks ends nowhere.
  {
    paths: ['sys/class/block'],
    classes: new Set([0x01, 0x08, 0x0c]),
    need: 'storage-in-use',
  },
  { paths: ['proc/swaps'], classes: new Set([0x01, 0x02, 0x08, 0x0c]), need: 'swap' },
  {
    paths: ['proc/net/route', 'proc/net/ipv6_route'],
    classes: new Set([0x02, 0x0c, 0x0d]),
    need: 'active-route',
  },
  { paths: ['proc/net/fib_triestat'], classes: new Set([0x02, 0x0c, 0x0d]), need: null },
  { paths: ['sys/class/tty/console/active'], classes: new Set([0x07, 0x0c]), need: 'console' },
  // Behind these a keyboard can hang: input, and serial buses such as USB.
  { paths: ['proc/bus/input/devices'], classes: new Set([0x09, 0x0c]), need: 'keyboard' },
]

export function isNeedLoss(loss: Loss): loss is NeedLoss {
  return loss.kind === 'host-need' || loss.kind === 'possible-need'
}

/**
 * Whether no plan takes the function from the host. What may rest on it counts like what does; a dark screen or a dead keyboard
 * can be what was wanted.
 */
export function isKept(losses: readonly Loss[]): boolean {
  return losses.some((loss) => isNeedLoss(loss) && isVital(loss.need))
}

/** Whether a host goes down, loses data or is cut off without it. */
export function isVital(need: HostNeedKind): boolean {
  return VITAL[need]
}

const VITAL = {
  'boot-disk': true,
  'root-filesystem': true,
  'mounted-filesystem': true,
  'storage-in-use': true,
  swap: true,
  'active-route': true,
  console: false,
  bmc: false,
  keyboard: false,
} as const satisfies Record<HostNeedKind, boolean>
