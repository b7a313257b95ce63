import { isStated } from '../../document/stated.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../../inspect/document.js'
import type { Blocker } from '../../policy/reason.js'
import { DIAGNOSES } from '../catalogue/diagnosis.js'
import { CALLER_MISTAKES, CAUSES, type CauseKind } from '../catalogue/kernel-call.js'
import type { RecognisedMessage } from '../catalogue/message.js'
import { CAUSE_WORDS } from '../catalogue/words/cause-words.js'
import type { Cause } from './document.js'

/** What the message is compared with. */
export interface CauseContext {
  /** The function that the message is about; null: the host does not have it, or none was read. */
  readonly device: DeviceReport | null
  /** All functions of the host that the message names, by a group or device file too. */
  readonly named: readonly PciAddress[]
  /** `inspect` of that function and others; null: no host was read. */
  readonly host: InspectReport | null
}

/** Every cause that the message can have, in kernel order, and what the host says of each now. */
export function causesOf(message: RecognisedMessage, context: CauseContext): readonly Cause[] {
  const { host } = context
  const missing =
    message.id === 'node-missing' && host !== null ? missingNode(message, context, host) : []
  const causes = kindsOf(message).map((kind) => ({ kind, ...judged(kind, message, context) }))
  return [...missing, ...causes].map((cause) => ({ ...cause, meaning: CAUSE_WORDS[cause.kind] }))
}

function kindsOf({ id, errno, ...message }: RecognisedMessage): readonly CauseKind[] {
  const diagnosis = DIAGNOSES[id]
  const call = message.call ?? diagnosis.call
  const ofErrno = call === null || errno === null ? [] : (CAUSES[call][errno] ?? [])
  return diagnosis.causes.length > 0 ? diagnosis.causes : ofErrno
}

type Judgement = Pick<Cause, 'holds' | 'devices'>

const OPEN: Judgement = { holds: null, devices: [] }
const NO: Judgement = { holds: false, devices: [] }

/** Why a file below `/dev/vfio` is missing, by what the host shows; without one the message itself says what can be. */
function missingNode(
  { cdevs, groups }: RecognisedMessage,
  { named }: CauseContext,
  { host, devices }: InspectReport,
): readonly (Judgement & Pick<Cause, 'kind'>)[] {
  const found = devices.filter(({ address }) => named.includes(address))
  const bound = found.some(({ vfio }) => vfio === true)
  const isRead = found.every(({ vfio }) => isStated(vfio))
  const unbound = (isShown: boolean) => (bound ? false : isRead && isShown ? true : null)
  if (cdevs.length > 0) {
    const { cdev } = host.vfio
    return [
      { kind: 'no-device-files', holds: isStated(cdev) ? !cdev : null, devices: [] },
      { kind: 'function-not-on-vfio', holds: unbound(isStated(cdev)), devices: named },
    ]
  }
  if (groups.length === 0) return []
  const holds = unbound(found.length > 0 || isStated(host.iommu.present))
  return [{ kind: 'group-not-on-vfio', holds, devices: named }]
}

function judged(
  kind: CauseKind,
  { known, devices }: RecognisedMessage,
  { device, host }: CauseContext,
): Judgement {
  // A program that has run for years builds its calls properly; a test or a trace of somebody's own code may not.
  if (CALLER_MISTAKES.has(kind) && known.origin !== 'kernel') return NO
  if (host === null) return OPEN
  const bad = BAD_RELEASES[kind]
  if (bad !== undefined) return regression(host.source.kernelRelease, bad)
  if (device === null) return OPEN
  if (kind === 'other-groups') return outsideGroup(device, host)
  const named = devices.filter((address) => address !== device.address)
  return onDevice(kind, device, { named, host })
}

/** Releases that can have the fault. It may be fixed there, by a distribution too, so they are no proof. */
const BAD_RELEASES: Readonly<Partial<Record<CauseKind, RegExp>>> = {
  'regression-6-14': /^6\.14\.[2-9]\b/,
  // 6.10 came with the change and its fix (5a88a3f67e37); older lines got the two one after the other.
  'regression-6-9': /^(?:[45]\.|6\.\d\b)/,
}

function regression(release: string | null, bad: RegExp): Judgement {
  if (release === null) return OPEN
  return bad.test(release) ? OPEN : NO
}

function onDevice(
  kind: CauseKind,
  device: DeviceReport,
  { named, host }: { readonly named: readonly PciAddress[]; readonly host: InspectReport },
): Judgement {
  switch (kind) {
    case 'not-in-dev-set':
      return blockedBy(device, OUTSIDE_SET)
    case 'root-bus':
    case 'virtual-bus':
      return blockedBy(device, new Set([kind]))
    case 'bus-reset-forbidden':
      return blockedBy(device, new Set(['no-bus-reset']))
    case 'no-slot-or-bus':
    case 'no-usable-reset':
      return blockedBy(device, NO_RESET)
    case 'not-owned':
      return ownership(device, named)
    case 'group-not-viable':
      return viability(device)
    case 'group-held':
    case 'cdev-bound':
    case 'group-file-open':
    case 'already-open':
    case 'dma-owned':
      return holders(device)
    case 'member-without-group':
    case 'no-iommu-group':
      return isStated(device.iommuGroup) && device.iommuGroup !== null
        ? OPEN
        : { holds: device.iommuGroup === null ? true : null, devices: [device.address] }
    case 'no-method':
    case 'no-method-at-open':
      return methods(device)
    case 'denied-device':
      return denied(device, host)
    case 'bridge':
      return bridge(device)
    default:
      return OPEN
  }
}

const OUTSIDE_SET: ReadonlySet<Blocker['kind']> = new Set([
  'unbound',
  'foreign-driver',
  'bridge-inside',
  'other-dev-set',
  'slot-moved',
  'vf-split',
])

const NO_RESET: ReadonlySet<Blocker['kind']> = new Set([
  'no-reset',
  'root-bus',
  'virtual-bus',
  'no-bus-reset',
])

function blockedBy({ hotReset }: DeviceReport, kinds: ReadonlySet<Blocker['kind']>): Judgement {
  const found = hotReset.blockers.filter(({ kind }) => kinds.has(kind))
  if (found.length > 0) return { holds: true, devices: found.map(({ address }) => address) }
  return isStated(hotReset.scope) && isStated(hotReset.affected) ? NO : OPEN
}

/** A set of one belongs to whoever has the function; of a larger one the text knows more than the host does now. */
function ownership({ address, hotReset }: DeviceReport, named: readonly PciAddress[]): Judgement {
  if (!isStated(hotReset.devSet)) return OPEN
  const others = hotReset.devSet.filter((each) => each !== address)
  if (others.length === 0) return NO
  return { holds: named.some((each) => others.includes(each)) ? true : null, devices: others }
}

function viability({ hotReset }: DeviceReport): Judgement {
  const culprits = hotReset.verdicts.flatMap(({ reasons }) =>
    reasons.flatMap((reason) =>
      reason.kind === 'group-not-viable' && reason.address !== null ? [reason.address] : [],
    ),
  )
  if (culprits.length > 0) return { holds: true, devices: [...new Set(culprits)] }
  const unread = hotReset.verdicts.some(({ reasons }) =>
    reasons.some(({ kind }) => kind === 'unread'),
  )
  return unread ? OPEN : NO
}

/** QEMU compares groups, whether their members are bound to vfio-pci or not. */
function outsideGroup(
  { iommuGroup, hotReset }: DeviceReport,
  { devices, related }: InspectReport,
): Judgement {
  if (!isStated(iommuGroup) || !isStated(hotReset.affected)) return OPEN
  const groupOf = new Map([...devices, ...related].map((each) => [each.address, each.iommuGroup]))
  const outside = hotReset.affected.filter((address) => groupOf.get(address) !== iommuGroup)
  return outside.length > 0 ? { holds: true, devices: outside } : NO
}

/** Without root the holders of others cannot be seen, so none seen proves nothing. */
function holders({ address, state }: DeviceReport): Judgement {
  return state.holders.length > 0 ? { holds: true, devices: [address] } : OPEN
}

function methods({ address, ownReset }: DeviceReport): Judgement {
  if (!isStated(ownReset)) return OPEN
  return ownReset === null ? { holds: true, devices: [address] } : NO
}

function denied({ address, deviceId }: DeviceReport, { warnings }: InspectReport): Judgement {
  const isDenied = warnings.some(
    (each) => each.kind === 'denied-device' && each.address === address,
  )
  if (isDenied) return { holds: true, devices: [address] }
  return isStated(deviceId) ? NO : OPEN
}

function bridge({ address, header }: DeviceReport): Judgement {
  if (!isStated(header)) return OPEN
  return header === 'normal' ? NO : { holds: true, devices: [address] }
}
