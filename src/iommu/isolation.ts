import { isNo, isYes, known, type Observed, unknown } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import { carries } from '../kernel/kernel-change.js'
import { type AcsRegisters, isBridge, type PciDevice } from '../pci/device.js'
import type { PortType } from '../pci/port-type.js'
import { PCI_ACS_SV } from '../pci/registers.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import { acsBitNames, missingAcsFlags, REQ_ACS_FLAGS } from './acs.js'
import { type AcsQuirkId, NO_IDT_SOURCE_VALIDATION } from './acs-quirk-table.js'
import { findAcsQuirk, type Judgement, lackedBy, type QuirkHost, quirkHost } from './acs-quirks.js'
import { rememberUpward } from './upward.js'

/** The two questions that group formation asks about isolation, answered once for each function. */
export interface IsolationRules {
  /** `pci_acs_enabled(dev, REQ_ACS_FLAGS)`, 5.10 to 7.3. */
  readonly isolated: (device: PciDevice) => Judgement
  /** `pci_acs_path_enabled`: this bridge and all above it, up to the root bus. */
  readonly pathIsolated: (bridge: PciDevice) => Observed<boolean>
  /** Row of the quirk table that applies to the function; null: none, or unknown. */
  readonly quirkOf: (device: PciDevice) => AcsQuirkId | null
}

export function isolationRules(topology: Topology): IsolationRules {
  const host = quirkHost(topology.raw)
  const judgements = new Map<PciDevice, Judgement>()

  const isolated = (device: PciDevice) =>
    remembered(judgements, device, () => judgeIsolation(device, host))

  const pathIsolated = rememberUpward<Observed<boolean>>(topology, known(true), (bridge, above) =>
    both(isolated(bridge).isolated, above),
  )

  return { isolated, pathIsolated, quirkOf: (device) => quirkOf(device, host) }
}

/** By plain registers, or for want of anybody to talk to. */
const ISOLATED: Judgement = { isolated: known(true), finding: null }

/** As the kernel has the flag; unknown too while it is not known whether the function is a VF. */
export function isMultifunction({ multifunction, raw }: PciDevice): Observed<boolean> {
  return raw.physfn.known ? multifunction : raw.physfn
}

function judgeIsolation(device: PciDevice, host: QuirkHost): Judgement {
  const { decided, possible } = findAcsQuirk(device, host)
  if (!decided.known) return { isolated: decided, finding: null }
  const judgement = decided.value ?? judgeByType(device, host)
  // A row that would decide otherwise, if something unread were so, takes the answer's certainty away.
  const doubt = possible.find((each) => !agrees(each.judgement.isolated, judgement.isolated))
  return doubt === undefined ? judgement : { isolated: unknown(doubt.gap), finding: null }
}

function quirkOf(device: PciDevice, host: QuirkHost): AcsQuirkId | null {
  const { decided, possible } = findAcsQuirk(device, host)
  if (!decided.known || possible.length > 0) return null
  if (decided.value !== null) return decided.value.quirk
  if (!device.acs.known || device.acs.value === null || !hasBrokenSv(device)) return null
  return isYes(carries(host.kernel, NO_IDT_SOURCE_VALIDATION)) ? 'idt-source-validation' : null
}

/** The part of `pci_acs_enabled` after the quirk table. */
function judgeByType(device: PciDevice, host: QuirkHost): Judgement {
  const { address: at, portType } = device
  if (!portType.known) return { isolated: portType, finding: null }
  const no = (kind: NoByType): Judgement => ({ isolated: known(false), finding: { kind, at } })
  const type: PortType = portType.value
  switch (type) {
    case 'conventional':
      return no(isBridge(device) ? 'conventional-bridge' : 'conventional-function')
    case 'pcie-to-pci-bridge':
    case 'pci-to-pcie-bridge':
    case 'rc-event-collector':
      return no(type)
    case 'root-port':
    case 'downstream-port':
      return judgeRegisters(device, host)
    case 'endpoint':
    case 'legacy-endpoint':
    case 'upstream-port':
    case 'rc-endpoint':
      return judgeFunction(device, host)
  }
}

type NoByType =
  | 'conventional-bridge'
  | 'conventional-function'
  | 'pcie-to-pci-bridge'
  | 'pci-to-pcie-bridge'
  | 'rc-event-collector'

/** A single function has nobody inside the device to talk to. */
function judgeFunction(device: PciDevice, host: QuirkHost): Judgement {
  const multifunction = isMultifunction(device)
  if (multifunction.known) {
    return multifunction.value ? judgeRegisters(device, host) : ISOLATED
  }
  const ifSo = judgeRegisters(device, host)
  if (isYes(ifSo.isolated)) return ifSo
  return { isolated: multifunction, finding: null }
}

/** `pci_acs_flags_enabled`. */
function judgeRegisters(device: PciDevice, host: QuirkHost): Judgement {
  const { address: at, acs } = device
  if (!acs.known) return { isolated: acs, finding: null }
  if (acs.value === null)
    return { isolated: known(false), finding: { kind: 'no-acs-capability', at } }
  const missing = missingAcsFlags(acs.value, REQ_ACS_FLAGS)
  if (missing === 0) return ISOLATED
  return hasBrokenSv(device) ? judgeWithoutSv(at, acs.value, host) : noByRegisters(at, missing)
}

/** IDT switch ports whose source validation 7.1 and later take out of the capability (`pci_disable_broken_acs_cap`). */
function hasBrokenSv({ raw: { vendorId, deviceId } }: PciDevice): boolean {
  if (!vendorId.known || vendorId.value !== 0x111d || !deviceId.known) return false
  return deviceId.value === 0x80b5 || deviceId.value === 0x8090
}

function judgeWithoutSv(at: PciAddress, registers: AcsRegisters, host: QuirkHost): Judgement {
  const missing = missingAcsFlags(registers, REQ_ACS_FLAGS & ~PCI_ACS_SV)
  if (missing !== 0) return noByRegisters(at, missing)
  const quirk = 'idt-source-validation'
  const since = NO_IDT_SOURCE_VALIDATION
  const isUnasked = carries(host.kernel, since)
  if (!isUnasked.known) return { isolated: isUnasked, finding: null }
  if (!isUnasked.value) return noByRegisters(at, missingAcsFlags(registers, REQ_ACS_FLAGS))
  return {
    isolated: known(true),
    finding: { kind: 'quirk-isolates', at, quirk, assumed: false, lackedBy: lackedBy(since, host) },
  }
}

function noByRegisters(at: PciAddress, missing: number): Judgement {
  return {
    isolated: known(false),
    finding: { kind: 'acs-not-enabled', at, missing: acsBitNames(missing) },
  }
}

function both(a: Observed<boolean>, b: Observed<boolean>): Observed<boolean> {
  if (isNo(a) || isNo(b)) return known(false)
  return a.known ? b : a
}

function agrees(a: Observed<boolean>, b: Observed<boolean>): boolean {
  return a.known && b.known && a.value === b.value
}
