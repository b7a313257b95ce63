/** PCIe device/port type (PCIe 7.5.3.2). */
export type PortType =
  | 'endpoint'
  | 'legacy-endpoint'
  | 'root-port'
  /** Upstream port of a switch. */
  | 'upstream-port'
  /** Downstream port of a switch. */
  | 'downstream-port'
  | 'pcie-to-pci-bridge'
  | 'pci-to-pcie-bridge'
  /** Integrated endpoint of the root complex. */
  | 'rc-endpoint'
  /** Root complex event collector. */
  | 'rc-event-collector'
  /** No PCIe capability. */
  | 'conventional'

const TYPES: readonly (PortType | undefined)[] = [
  'endpoint',
  'legacy-endpoint',
  undefined,
  undefined,
  'root-port',
  'upstream-port',
  'downstream-port',
  'pcie-to-pci-bridge',
  'pci-to-pcie-bridge',
  'rc-endpoint',
  'rc-event-collector',
]

/** Type in bits 7:4 of the PCIe flags register; undefined for the values that the specification reserves. */
export function decodePortType(code: number): PortType | undefined {
  return TYPES[code]
}

/**
 * The type as the kernel uses it: some switches swap the two kinds of their ports (`set_pcie_port_type`,
 * 5.10 to 7.3). `parent` is the corrected type of the bridge above, undefined on a root bus.
 */
export function correctPortType(type: PortType, parent: PortType | undefined): PortType {
  if (type === 'downstream-port' && parent !== undefined && hasLinkBelow(parent)) {
    return 'upstream-port'
  }
  if (type === 'upstream-port' && parent === 'upstream-port') return 'downstream-port'
  return type
}

/** A port or bridge that has a PCIe link below it (`pcie_downstream_port`). */
export function hasLinkBelow(type: PortType): boolean {
  return type === 'root-port' || type === 'downstream-port' || type === 'pci-to-pcie-bridge'
}
