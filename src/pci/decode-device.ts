import { register16, register32 } from '../host/config/config-space.js'
import { isKnownAs, isNo, isYes, known, mapObserved, type Observed } from '../host/gap.js'
import {
  type BusId,
  busOf,
  deviceOf,
  formatBusId,
  functionOf,
  numbersOf,
} from '../host/pci-address.js'
import type { RawFunction } from '../host/raw-host.js'
import { decodeLinkIsCxl, decodeSbrMasked } from './decode-cxl.js'
import type { AcsRegisters, FunctionResetCapabilities, HeaderKind, PciDevice } from './device.js'
import { bits16, bits32, findCapability, findExtended, unknownFrom } from './find-capability.js'
import type { Place } from './place.js'
import { correctPortType, decodePortType, hasLinkBelow, type PortType } from './port-type.js'
import * as reg from './registers.js'

/** Decoded devices that one function's decoding may ask for: the bridge above it and the PF it belongs to. */
export interface Relatives {
  readonly parent: PciDevice | undefined
  readonly physfn: PciDevice | undefined
}

// The commonest answers, shared: a host has thousands of functions.
const YES = known(true)
const NO = known(false)
const NONE = known(null)

/** Decodes one function as `pci_setup_device` and `set_pcie_port_type` would (5.10 to 7.3). Never throws. */
export function decodeDevice(raw: RawFunction, place: Place, relatives: Relatives): PciDevice {
  const { address } = raw
  const isVirtfn = raw.physfn.known && raw.physfn.value !== null
  const header = decodeHeader(raw)
  const portType = isVirtfn
    ? (relatives.physfn?.portType ?? unknownFrom(raw, 'the PF is not in the tree'))
    : decodeCorrectedPortType(raw, relatives.parent)
  return {
    address,
    raw,
    bus: busOf(address),
    parent: place.parent,
    rootBus: place.rootBus,
    onRootBus: place.onRootBus,
    dmaDevice: place.dmaDevice,
    onVirtualBus: decodeVirtualBus(raw, place, relatives.parent),
    header,
    portType,
    multifunction: decodeMultifunction(raw, isVirtfn, relatives.parent),
    secondaryBus: decodeSecondaryBus(raw, header),
    acs: decodeAcs(raw, isVirtfn),
    hotplugCapable: decodeHotplugCapable(raw, portType),
    dead: decodeDead(raw, isVirtfn),
    functionReset: decodeFunctionReset(raw),
    linkActive: decodeLinkActive(raw, portType),
    dpcTriggered: decodeDpc(raw),
    sbrMasked: decodeSbrMasked(raw),
    linkIsCxl: decodeLinkIsCxl(raw),
    isVirtfn,
  }
}

function decodeHeader(raw: RawFunction): Observed<HeaderKind> {
  if (raw.config.known && raw.config.value.header.id !== 0xffffffff) {
    const { headerType } = raw.config.value.header
    const layout = headerType === null ? null : headerType & reg.PCI_HEADER_TYPE_MASK
    if (layout === reg.PCI_HEADER_TYPE_NORMAL) return known('normal')
    if (layout === reg.PCI_HEADER_TYPE_BRIDGE) return known('bridge')
    if (layout === reg.PCI_HEADER_TYPE_CARDBUS) return known('cardbus')
  }
  return mapObserved(raw.classCode, headerOfClass)
}

/** The kernel drops the class of a function whose header contradicts it, so the class settles an unread header. */
function headerOfClass(classCode: number): HeaderKind {
  const subclass = classCode >>> 8
  if (subclass === reg.PCI_CLASS_BRIDGE_PCI || subclass === reg.PCI_CLASS_BRIDGE_PCI_SEMI) {
    return 'bridge'
  }
  return subclass === reg.PCI_CLASS_BRIDGE_CARDBUS ? 'cardbus' : 'normal'
}

function decodeCorrectedPortType(
  raw: RawFunction,
  parent: PciDevice | undefined,
): Observed<PortType> {
  const own = decodeOwnPortType(raw)
  if (!own.known || (own.value !== 'upstream-port' && own.value !== 'downstream-port')) return own
  if (parent === undefined) return own
  return mapObserved(parent.portType, (above) => correctPortType(own.value, above))
}

function decodeOwnPortType(raw: RawFunction): Observed<PortType> {
  const express = findCapability(raw, reg.PCI_CAP_ID_EXP)
  if (!express.known) return express
  if (express.value === null) return known('conventional')
  const flags = register16(express.value, reg.PCI_EXP_FLAGS)
  if (flags === undefined) return unknownFrom(raw, 'the PCIe capability is cut off')
  const type = decodePortType((flags >> reg.PCI_EXP_FLAGS_TYPE_SHIFT) & 0xf)
  return type === undefined ? unknownFrom(raw, 'reserved PCIe port type', 'malformed') : known(type)
}

/** `virtfn_add_bus`: a VF whose bus number is not its PF's gets a bus without a bridge. */
function decodeVirtualBus(
  raw: RawFunction,
  place: Place,
  parent: PciDevice | undefined,
): Observed<boolean> {
  if (place.onRootBus) return NO
  // A VF on a bus beside its PF's root bus; of any other function the bridge was not seen.
  if (place.parent === null) return mapObserved(raw.physfn, (physfn) => physfn !== null)
  if (!raw.physfn.known) {
    if (parent?.secondaryBus.known !== true) return raw.physfn
    return known(parent.secondaryBus.value !== busOf(raw.address))
  }
  return known(raw.physfn.value !== null && busOf(raw.physfn.value) !== busOf(raw.address))
}

/** A VF answers all ones for its IDs while it is well; its command and status do not. */
function decodeDead(raw: RawFunction, isVirtfn: boolean): Observed<boolean> {
  return mapObserved(raw.config, ({ header }) =>
    isVirtfn ? header.commandStatus === 0xffffffff : header.id === 0xffffffff,
  )
}

/**
 * `pci_scan_slot`: every function found after the first. A device number above 0 is one of them only where the port above forwards ARI
 * (`next_ari_fn`); else that number is looked at for itself, as on a conventional bus, or below a link with `pci=pcie_scan_all`.
 */
function decodeMultifunction(
  raw: RawFunction,
  isVirtfn: boolean,
  parent: PciDevice | undefined,
): Observed<boolean> {
  if (isVirtfn) return NO
  if (!raw.physfn.known) return raw.physfn
  if (functionOf(raw.address) > 0) return YES
  const stated = decodeMultifunctionBit(raw)
  if (isYes(stated) || deviceOf(raw.address) === 0) return stated
  const forwarded = forwardsAri(parent)
  return isNo(forwarded) ? stated : forwarded
}

function decodeMultifunctionBit(raw: RawFunction): Observed<boolean> {
  if (!raw.config.known) return raw.config
  const { id, headerType } = raw.config.value.header
  if (id === 0xffffffff) return NO
  if (headerType === null) return unknownFrom(raw, 'the header type')
  return known((headerType & reg.PCI_HEADER_TYPE_MFD) !== 0)
}

/** Whether ARI forwarding is on in a port (PCIe 7.5.3.16): one with a link below, from version 2 of the capability on. */
function forwardsAri(port: PciDevice | undefined): Observed<boolean> {
  if (port === undefined) return NO
  if (!port.portType.known || !hasLinkBelow(port.portType.value)) {
    return mapObserved(port.portType, () => false)
  }
  const express = findCapability(port.raw, reg.PCI_CAP_ID_EXP)
  if (!express.known) return express
  const control = bits16(express.value, reg.PCI_EXP_DEVCTL2)
  const version = bits16(express.value, reg.PCI_EXP_FLAGS)
  if (control === undefined || version === undefined) {
    return unknownFrom(port.raw, 'the PCIe capability is cut off')
  }
  return known((version & reg.PCI_EXP_FLAGS_VERS) > 1 && (control & reg.PCI_EXP_DEVCTL2_ARI) !== 0)
}

function decodeSecondaryBus(
  raw: RawFunction,
  header: Observed<HeaderKind>,
): Observed<BusId | null> {
  if (!header.known) return header
  if (header.value === 'normal') return NONE
  const numbers = raw.config.known ? raw.config.value.header.busNumbers : null
  if (numbers !== null && raw.config.known && raw.config.value.header.id !== 0xffffffff) {
    const bus = (numbers >> 8) & 0xff
    return known(bus === 0 ? null : formatBusId(numbersOf(raw.address).domain, bus))
  }
  const [only, ...others] = raw.childBuses
  if (only !== undefined && others.length === 0) return known(only)
  return raw.config.known ? unknownFrom(raw, 'no bus numbers in the header') : raw.config
}

function decodeAcs(raw: RawFunction, isVirtfn: boolean): Observed<AcsRegisters | null> {
  // A VF is single-function to the kernel and never a port: its ACS registers decide nothing and are not read.
  if (isVirtfn && !raw.config.known) return raw.config
  const acs = findExtended(raw, (capability) => capability.id === reg.PCI_EXT_CAP_ID_ACS)
  if (!acs.known || acs.value === null) return acs.known ? NONE : acs
  const capability = register16(acs.value, reg.PCI_ACS_CAP)
  const control = register16(acs.value, reg.PCI_ACS_CTRL)
  if (capability === undefined || control === undefined) {
    return unknownFrom(raw, 'the ACS capability is cut off')
  }
  const wideCapability = register32(acs.value, 4)
  const wideControl = register32(acs.value, 8)
  const wide =
    wideCapability === undefined || wideControl === undefined
      ? null
      : { capability: wideCapability, control: wideControl }
  return known({ capability, control, wide })
}

/** `get_port_device_capability` asks the same two bits before it makes a hotplug service. */
function decodeHotplugCapable(raw: RawFunction, portType: Observed<PortType>): Observed<boolean> {
  if (!portType.known) {
    const header = decodeHeader(raw)
    return isKnownAs(header, 'normal') ? NO : portType
  }
  if (portType.value !== 'root-port' && portType.value !== 'downstream-port') return NO
  const express = findCapability(raw, reg.PCI_CAP_ID_EXP)
  if (!express.known) return express
  if (express.value === null) return NO
  const flags = register16(express.value, reg.PCI_EXP_FLAGS)
  const slot = register32(express.value, reg.PCI_EXP_SLTCAP)
  if (flags !== undefined && (flags & reg.PCI_EXP_FLAGS_SLOT) === 0) return NO
  if (flags === undefined || slot === undefined) {
    return unknownFrom(raw, 'the slot capabilities are cut off')
  }
  return known((slot & reg.PCI_EXP_SLTCAP_HPC) !== 0)
}

function decodeFunctionReset(raw: RawFunction): Observed<FunctionResetCapabilities> {
  const express = findCapability(raw, reg.PCI_CAP_ID_EXP)
  const features = findCapability(raw, reg.PCI_CAP_ID_AF)
  const power = findCapability(raw, reg.PCI_CAP_ID_PM)
  if (!express.known) return express
  if (!features.known) return features
  if (!power.known) return power
  const deviceCapabilities = bits32(express.value, reg.PCI_EXP_DEVCAP)
  const afByte = features.value === null ? 0 : features.value.bytes[reg.PCI_AF_CAP]
  const powerControl = bits16(power.value, reg.PCI_PM_CTRL)
  if (deviceCapabilities === undefined || afByte === undefined || powerControl === undefined) {
    return unknownFrom(raw, 'a reset capability is cut off')
  }
  const both = reg.PCI_AF_CAP_TP | reg.PCI_AF_CAP_FLR
  return known({
    flr: (deviceCapabilities & reg.PCI_EXP_DEVCAP_FLR) !== 0,
    afFlr: (afByte & both) === both,
    pm: power.value !== null && (powerControl & reg.PCI_PM_CTRL_NO_SOFT_RESET) === 0,
  })
}

/** Only a port with a link below it reports that link's data link layer (PCIe 7.5.3.8). */
function decodeLinkActive(
  raw: RawFunction,
  portType: Observed<PortType>,
): Observed<boolean | null> {
  if (portType.known && !hasLinkBelow(portType.value)) return NONE
  const express = findCapability(raw, reg.PCI_CAP_ID_EXP)
  if (!express.known) return express
  if (express.value === null) return NONE
  const capabilities = register32(express.value, reg.PCI_EXP_LNKCAP)
  const status = register16(express.value, reg.PCI_EXP_LNKSTA)
  if (capabilities === undefined || status === undefined) return NONE
  if ((capabilities & reg.PCI_EXP_LNKCAP_DLLLARC) === 0) return NONE
  return known((status & reg.PCI_EXP_LNKSTA_DLLLA) !== 0)
}

function decodeDpc(raw: RawFunction): Observed<boolean | null> {
  const dpc = findExtended(raw, (capability) => capability.id === reg.PCI_EXT_CAP_ID_DPC)
  if (!dpc.known || dpc.value === null) return dpc.known ? NONE : dpc
  const status = register16(dpc.value, reg.PCI_EXP_DPC_STATUS)
  if (status === undefined) return unknownFrom(raw, 'the DPC capability is cut off')
  return known((status & reg.PCI_EXP_DPC_STATUS_TRIGGER) !== 0)
}
