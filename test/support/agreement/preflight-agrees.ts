import { isStated } from '../../../src/document/stated.js'
import { isYes } from '../../../src/host/gap.js'
import type { VmInterface } from '../../../src/host/vm-facts.js'
import type { DeviceReport, InspectReport } from '../../../src/inspect/document.js'
import { isHostNeed } from '../../../src/inspect/report-index.js'
import { reasonsOf } from '../../../src/inspect/text/device/device-view.js'
import { isVital } from '../../../src/plan/host-use.js'
import { kernelPolicy } from '../../../src/policy/find-policy.js'
import type { Reason } from '../../../src/policy/reason.js'
import { type Rule, tellReason } from '../../../src/policy/reason-words.js'
import type { Verdict } from '../../../src/policy/verdict.js'
import type { CheckResult } from '../../../src/preflight/answer.js'
import type { CheckId } from '../../../src/preflight/checks/index.js'
import { runPreflight } from '../../../src/preflight/preflight.js'
import type { PreflightReason } from '../../../src/preflight/reason.js'
import { restingOn } from '../../../src/simulation/rebind.js'
import { isVfioBound } from '../../../src/vfio/driver.js'
import { type Complaints, type Inspected, reliedOn, same, vmOf } from './inspected.js'

const INTERFACES: readonly VmInterface[] = ['group', 'iommufd']

/**
 * What `preflight` says of a VM that gets the function alone. It answers for the host on which that is bound. So does the
 * page where the function is ticked, always. `inspect` answers for the host as it is, but counts the function as bound:
 * the same, unless others rest on the driver of the host and go with it.
 */
export function preflightComplaints(at: Inspected, device: DeviceReport): Complaints {
  const { address } = device
  const ticked = at.page.detail(address, new Map([[address, 'a']]))
  const [bound] = ticked.devices
  if (bound === undefined) return [`${address} is gone from the page`]
  const worlds = worldsOf(at, device)
  return INTERFACES.flatMap((via) => {
    const [vm] = runPreflight(at, {
      vms: [vmOf([address])],
      via,
      policy: null,
      withinGroup: true,
      plans: false,
    }).vms
    const checks = new Map((vm?.checks ?? []).map((check) => [check.id, check]))
    const asked = { via, worlds, check: (id: CheckId) => checks.get(id) }
    const asIs = { ...asked, device, report: at.report }
    return [
      ...needsTold(asIs),
      ...(takesAway(at, device) ? [] : resetTold(asIs)),
      ...resetTold({ ...asked, device: bound, report: ticked }).map((each) => `bound: ${each}`),
    ]
  })
}

function worldsOf({ host: { topology, vfio } }: Inspected, { address }: DeviceReport): number {
  const device = topology.byAddress.get(address)
  return device === undefined ? 0 : vfio.scopes.worldsOf(device).worlds.length
}

/** Whether binding the function takes others away: VFs of a PF, the domain behind a VMD endpoint. */
function takesAway({ host: { raw } }: Inspected, { address }: DeviceReport): boolean {
  return raw.functions.some(
    (each) =>
      each.address === address &&
      !isYes(isVfioBound(each, raw.system)) &&
      restingOn(raw, address).length > 0,
  )
}

interface Answered {
  readonly device: DeviceReport
  readonly via: VmInterface
  readonly report: InspectReport
  readonly check: (id: CheckId) => CheckResult | undefined
  /** How many worlds what was read allows (`src/vfio/world.ts`). */
  readonly worlds: number
}

function resetTold(answered: Answered): Complaints {
  return [ownResetTold, affectedTold, verdictTold].flatMap((told) => told(answered))
}

function ownResetTold({ device, check }: Answered): Complaints {
  const { ownReset } = device
  const atStart = check('reset-at-start')
  const told = atStart?.reasons.find((reason) => reason.kind === 'own-reset')
  const kinds = new Set((atStart?.reasons ?? []).map(({ kind }) => kind))
  const refused = (['reset-set', 'reset-ownership'] as const)
    .flatMap((id) => check(id) ?? [])
    .filter(({ outcome, reasons }) => outcome !== 'pass' || reasons.length > 0)
  const harmless = refused.flatMap((each) =>
    same(`${each.id} harmless`, reliedOn(device), each.harmless),
  )
  if (!isStated(ownReset)) {
    return [
      ...same('nothing is known', [told, kinds.has('nothing-resets')], [undefined, false]),
      ...harmless,
    ]
  }
  if (ownReset === null) return [...same('none', told, undefined), ...harmless]
  const { methods, weak } = ownReset
  return [
    // PM gives way to a hot reset that is permitted.
    ...(weak && kinds.has('hot-reset')
      ? []
      : same('own reset', told?.kind === 'own-reset' && [told.method, told.weak], [
          methods[0],
          weak,
        ])),
    ...harmless,
  ]
}

function affectedTold({ device, report, check }: Answered): Complaints {
  const { affected } = device.hotReset
  const { iommuGroup } = device
  if (!isStated(affected) || !isStated(iommuGroup)) return []
  const group = report.groups.find(({ id }) => id === iommuGroup)
  const inside = new Set(group?.devices ?? [device.address])
  const told = (check('within-group')?.reasons ?? []).flatMap((reason) =>
    reason.kind === 'outside-group' ? [reason.address] : [],
  )
  return same(
    'affected outside its group',
    affected.filter((each) => !inside.has(each)),
    told,
  )
}

function verdictTold(answered: Answered): Complaints {
  const { device, via, check } = answered
  const { id } = kernelPolicy(via === 'group' ? 'group' : 'cdev')
  const verdict = device.hotReset.verdicts.find(({ policy }) => policy === id)
  if (verdict === undefined) return [`no verdict of ${id}`]
  const reasons = reasonsOf(verdict, device)
  const isViable = !reasons.some(({ kind }) => kind === 'group-not-viable')
  const isOpen = reasons.some(({ kind }) => kind === 'unread')
  return [
    // Whether the group opens can hang on a driver that was not read, and then neither answer is firm.
    ...(isOpen ? [] : same('its group opens', isViable, check('group')?.outcome !== 'fail')),
    ...resetRefusalsTold(answered, verdict, reasons),
  ]
}

/**
 * The verdict is on the whole call, from the way in to the reset; the two reset checks are on the reset, and other checks
 * on the way in. What refuses the reset must be the same, reason by reason. One of the two can be firm where the other is
 * not: a call that is refused on the way in is, whatever comes of the reset. And of a reset that is refused in every
 * world, but differently, the checks tell it all; the verdict leaves that out where the way in says enough.
 */
function resetRefusalsTold(
  answered: Answered,
  { policy, outcome }: Verdict,
  reasons: readonly Reason[],
): Complaints {
  const { device, check } = answered
  const asked = (['reset-set', 'reset-ownership'] as const).flatMap((each) => check(each) ?? [])
  // Nobody should ask for the hot reset of a VF: preflight says so, and judges none.
  if (isStated(device.sriov) && device.sriov?.role === 'vf') {
    const kinds = asked.map((each) => each.reasons.map(({ kind }) => kind))
    return same('a VF', [['is-vf']], kinds)
  }
  const told = asked.flatMap((each) => each.reasons)
  const refusing = textsOf(reasons.filter((reason) => isAboutReset(reason, answered)))
  const answers = textsOf(told.filter((reason) => !isUnread(reason)))
  const what = `${policy} refuses the reset`
  if (outcome === 'undetermined') {
    const more = answers.filter((each) => !refusing.includes(each))
    return same(`${what} perhaps`, [], more)
  }
  if (outcome === 'refused' && (told.some(isUnread) || answered.worlds > 1)) {
    const missing = refusing.filter((each) => !answers.includes(each))
    return same(`${what}, or what was not read does`, missing, [])
  }
  const passes = asked.every((each) => each.outcome === 'pass')
  return [
    ...same(what, refusing, answers),
    ...same('both checks pass', refusing.length === 0, passes),
  ]
}

function isUnread({ kind }: PreflightReason): boolean {
  return kind === 'unread'
}

function textsOf(reasons: readonly (Reason | PreflightReason)[]): readonly string[] {
  return [...new Set(reasons.map((each) => JSON.stringify(each)))].sort()
}

/** Rules that are about the reset; the others are about the way in. */
const ABOUT_RESET: ReadonlySet<Rule> = new Set(['existence', 'completeness', 'ownership'])

/** Three kinds stand on both sides. */
function isAboutReset(reason: Reason, { device, via, report }: Answered): boolean {
  switch (reason.kind) {
    // Through the group nothing refuses no-IOMMU mode before the files that are passed; a cdev is not there at all.
    case 'noiommu':
      return via === 'group'
    // The function's own is not there to be opened; of another one it is missing among those that are passed.
    case 'no-group':
      return reason.address !== device.address
    // Who has a member of the group keeps it from being opened; with the group those are owned.
    case 'other-context': {
      const group = report.groups.find(({ devices }) => devices.includes(device.address))
      return !(group?.devices ?? [device.address]).includes(reason.address)
    }
    default:
      return ABOUT_RESET.has(tellReason(reason).words.rule)
  }
}

function needsTold({ device: { address }, report, check }: Answered): Complaints {
  const warned = report.warnings.filter(isHostNeed).filter((each) => each.address === address)
  const told = (check('host-needs')?.reasons ?? []).flatMap((reason) =>
    reason.kind === 'host-needs' && reason.wanted && reason.need !== 'keyboard'
      ? [[reason.need, reason.detail]]
      : [],
  )
  return [
    ...same(
      'the host needs it for',
      warned.map(({ kind, detail }) => [kind, detail]),
      told,
    ),
    ...same(
      'the host cannot do without',
      warned.some(({ kind }) => isVital(kind)),
      check('host-needs')?.outcome === 'fail',
    ),
  ]
}
