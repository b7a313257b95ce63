import { mapObserved, type Observed } from '../host/gap.js'
import type { BusId, PciAddress } from '../host/pci-address.js'
import type { RawFunction } from '../host/raw-host.js'
import { hex } from '../text/hex.js'
import type { PortType } from './port-type.js'

/** Layout of the configuration header (PCI 3.0 6.1): of a function, a PCI-to-PCI bridge, a CardBus bridge. */
export type HeaderKind = 'normal' | 'bridge' | 'cardbus'

/** One PCI function (`struct pci_dev`), decoded. Facts that need no decoding stay in `raw`. */
export interface PciDevice {
  readonly address: PciAddress
  readonly raw: RawFunction
  /** Bus number the function is on. */
  readonly bus: BusId
  /** Bridge whose folder holds the function (for a VF on a virtual bus: the bridge of its PF); null on a root bus. */
  readonly parent: PciAddress | null
  /** Root bus of the hierarchy: the last `pciDDDD:BB` of the path. */
  readonly rootBus: BusId
  /** `bus` has no parent bus (`pci_is_root_bus`). */
  readonly onRootBus: boolean
  /**
   * `bus` has no bridge of its own (`bus->self` is NULL although it is no root bus): an SR-IOV bus.
   */
  readonly onVirtualBus: Observed<boolean>
  /** VMD endpoint whose requester ID the function uses (`pci_real_dma_dev`); null: its own. */
  readonly dmaDevice: PciAddress | null
  readonly header: Observed<HeaderKind>
  /** After the kernel's corrections (`set_pcie_port_type`). */
  readonly portType: Observed<PortType>
  /** As the kernel has it: false for VFs, else header bit 7 or a function number above 0. */
  readonly multifunction: Observed<boolean>
  /** Number of the bus below a bridge; null for other headers. */
  readonly secondaryBus: Observed<BusId | null>
  readonly acs: Observed<AcsRegisters | null>
  /** A port that could be owned by pciehp: slot implemented and hot-plug capable. False for all but ports. */
  readonly hotplugCapable: Observed<boolean>
  /** Config answers all ones: the function is gone or dead. */
  readonly dead: Observed<boolean>
  readonly functionReset: Observed<FunctionResetCapabilities>
  /** Data link layer of the link below a port is active; null: not a port, or the port does not report it. */
  readonly linkActive: Observed<boolean | null>
  /** Link below the port was cut by downstream port containment; null: no DPC capability. */
  readonly dpcTriggered: Observed<boolean | null>
  /** CXL port with "Unmask SBR" clear (`cxl_sbr_masked`). False without that capability. */
  readonly sbrMasked: Observed<boolean>
  /** The link below the port negotiated CXL (`pcie_is_cxl`: Flex Bus status); null: the port has no such register. */
  readonly linkIsCxl: Observed<boolean | null>
  readonly isVirtfn: boolean
}

/** `10de:2204`; null: not read. */
export function idsOf({ raw: { vendorId, deviceId } }: Pick<PciDevice, 'raw'>): string | null {
  return vendorId.known && deviceId.known
    ? `${hex(vendorId.value, 4)}:${hex(deviceId.value, 4)}`
    : null
}

/**
 * Whether a secondary bus reset of the port has no effect. "Unmask SBR" counts only while the link runs CXL: in PCIe mode
 * the port resets as any other (CXL 3.1 8.1.5.2).
 */
export function ignoresReset({ sbrMasked, linkIsCxl }: PciDevice): Observed<boolean> {
  if (!sbrMasked.known || !sbrMasked.value) return sbrMasked
  return mapObserved(linkIsCxl, (isCxl) => isCxl !== false)
}

/** Whether a function is a bridge for certain; vfio-pci binds to none (`vfio_pci_core_register_device`). */
export function isBridge({ header }: Pick<PciDevice, 'header'>): boolean {
  return header.known && header.value !== 'normal'
}

/** Capability and control of the ACS capability; for Intel's dword layout (`pci_quirk_intel_spt_pch_acs`) the raw bytes too. */
export interface AcsRegisters {
  readonly capability: number
  readonly control: number
  /** Dword at +4 and +8, for the ports that lay the registers out as dwords; null when not read. */
  readonly wide: { readonly capability: number; readonly control: number } | null
}

/**
 * What the function's own capabilities say about function-level resets, before quirks
 * (`docs/reference/hot-reset.md#resets-of-a-function-alone`).
 */
export interface FunctionResetCapabilities {
  readonly flr: boolean
  readonly afFlr: boolean
  /** PM capability with NoSoftRst clear: D3hot to D0 resets the function. */
  readonly pm: boolean
}
