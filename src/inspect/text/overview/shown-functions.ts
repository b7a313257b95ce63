import { classWords } from '../../../document/class-words.js'
import { isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { PciAddress, PciAddresses } from '../../../host/pci-address.js'
import type { RelatedFunction } from '../../document.js'

/** What is shown: whatever shares a card or a unit with something that is worth a line has one too. */
export function shownFunctions(report: {
  readonly devices: readonly RelatedFunction[]
  readonly units: readonly { readonly devices: PciAddresses }[]
}): (device: RelatedFunction) => boolean {
  const cards = new Set<string>()
  const shown = new Set<PciAddress>()
  const cardOf = (address: PciAddress) => address.slice(0, -2)
  const units = new Map(
    report.units.flatMap(({ devices }) => devices.map((each) => [each, devices])),
  )
  const show = (address: PciAddress): void => {
    if (shown.has(address)) return
    shown.add(address)
    cards.add(cardOf(address))
    for (const each of units.get(address) ?? []) show(each)
  }
  for (const device of report.devices) if (isEndpoint(device)) show(device.address)
  for (let before = 0; before !== shown.size; ) {
    before = shown.size
    for (const { address } of report.devices) if (cards.has(cardOf(address))) show(address)
  }
  return ({ address }) => shown.has(address)
}

/**
 * What one would give to a user, or what a user has: by its place, what is below a port; on a root bus what has a use of its own,
 * or a user.
 */
export function isEndpoint(device: RelatedFunction): boolean {
  if (isBridge(device)) return false
  const onRootBus = device.parent === null
  const { purpose } = classWords(device.classCode, onRootBus)
  if (purpose !== 'chipset') return true
  if (!onRootBus && !isDummy(device)) return true
  if (ACCELERATORS.has(idsOf(device)) || classOf(device) === SIGNAL_PROCESSOR) return true
  const isSriov = isStated(device.sriov) && device.sriov !== null
  return device.vfio === true || isSriov || device.state.holders.length > 0
}

/** Functions that only fill a place: host bridges, and those that stand for links inside a processor (class 13). */
function isDummy(device: RelatedFunction): boolean {
  const code = classOf(device)
  return code === '0600' || code.startsWith('13')
}

function classOf({ classCode }: RelatedFunction): string {
  return isStated(classCode) ? classCode.slice(0, 4) : ''
}

function idsOf({ vendorId, deviceId }: RelatedFunction): string {
  return isStated(vendorId) && isStated(deviceId) ? `${vendorId}:${deviceId}` : ''
}

/** NPUs of AMD. */
const SIGNAL_PROCESSOR = '1180'
/** DSA and IAX of Intel. */
const ACCELERATORS: ReadonlySet<string> = new Set(['8086:0b25', '8086:0cfe'])
