import { type Gap, isYes } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { PCI_CLASS_DISPLAY_VGA } from '../../pci/registers.js'
import { isVital, unreadLists } from '../../plan/host-use.js'
import { distinct } from '../../text/lists.js'
import { isVfioBound } from '../../vfio/driver.js'
import { resetScopesOf } from '../../vfio/vfio-host.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked, Situation } from '../situation.js'
import { type Check, cannotTell, cannotTellMuch, type Finding, fail, pass, warn } from './check.js'

/**
 * Whether the host itself leans on the function, or on one that is reset or opened along with it
 * (`docs/reference/documents.md#functions-that-the-host-needs`).
 */
export const hostNeeds = {
  id: 'host-needs',
  passes: 'The host does not need it.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { raw, situation, vm } = asked
  const along = takenAlong(asked)
  const own = [
    ...needsOf(situation, raw.address, true),
    ...along.flatMap(({ address }) => needsOf(situation, address, false)),
  ]
  const others = companions(asked)
    .filter((address) => !vm.owned.has(address) && !along.some((each) => each.address === address))
    .flatMap((address) => needsOf(situation, address, false))
  if (own.some(({ need }) => isVital(need))) return fail([...own, ...others])
  const gaps = [raw, ...along].flatMap((each) =>
    isYes(isVfioBound(each, situation.raw.system)) ? [] : gapsThatMatter(each, situation.raw),
  )
  const unread = distinct(gaps.map(({ gap }) => unreadReason(raw.address, gap)))
  if (gaps.some(({ fatal }) => fatal)) return cannotTell([...own, ...others, ...unread])
  if (own.length + others.length > 0) return warn([...own, ...others])
  return gaps.length > 0 ? cannotTellMuch(unread) : pass()
}

/** What is bound to vfio-pci along with the function, as members of its group. */
function takenAlong({ device, situation, vm }: Asked): readonly RawFunction[] {
  return groupMembers(situation.host, groupNumber(device)).flatMap((address) => {
    const raw = vm.taken.has(address) ? situation.byAddress.get(address) : undefined
    return raw === undefined ? [] : [raw]
  })
}

/** What the host needs a function for. A screen can show the console although vfio-pci has it: firmware's framebuffer stays. */
function needsOf(
  { raw }: Situation,
  address: PciAddress,
  wanted: boolean,
): readonly (PreflightReason & { readonly kind: 'host-needs' })[] {
  return raw.hostNeeds
    .filter((each) => each.address === address)
    .map(({ kind: need, detail }) => ({ kind: 'host-needs', address, need, detail, wanted }))
}

/** Functions that share the fate of the one asked about: of its group, and those that its hot reset affects. */
function companions({ device, situation: { host } }: Asked): readonly PciAddress[] {
  const members = groupMembers(host, groupNumber(device))
  const affected = resetScopesOf(host, device).flatMap(({ affected, unaccounted }) => [
    ...affected,
    ...unaccounted,
  ])
  const found = new Set([...members, ...affected.map(({ address }) => address)])
  found.delete(device.address)
  return [...found]
}

interface UnreadNeed {
  readonly gap: Gap
  readonly fatal: boolean
}

/** Lists that were not read, of which the function can be part; and uses that were not followed to the end, which may rest on it. */
function gapsThatMatter(each: RawFunction, host: RawHost): readonly UnreadNeed[] {
  const { address, classCode } = each
  const { gaps, openNeeds } = host
  const base = classCode.known ? classCode.value >>> 16 : null
  const followed = new Set(openNeeds.map(({ gap }) => gap))
  const unread = unreadLists(
    base,
    gaps.filter((gap) => !followed.has(gap)),
  ).map(({ gap, need }) => ({ gap, fatal: need !== null && isVital(need) }))
  const open = openNeeds
    .filter(({ candidates }) => candidates.includes(address))
    .map(({ gap }) => ({ gap, fatal: true }))
  return [...unread, ...open, ...unreadScreen(each)]
}

/** A screen that the host may have booted on: `boot_vga` of VGA functions tells, and was not read. */
function unreadScreen({ bootVga, classCode }: RawFunction): readonly UnreadNeed[] {
  const isDisplay = classCode.known && classCode.value >>> 8 === PCI_CLASS_DISPLAY_VGA
  return isDisplay && !bootVga.known ? [{ gap: bootVga.gap, fatal: false }] : []
}
