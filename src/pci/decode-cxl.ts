import { type CapabilityBytes, register16 } from '../host/config/config-space.js'
import { known, type Observed } from '../host/gap.js'
import type { RawFunction } from '../host/raw-host.js'
import { findExtended, unknownFrom } from './find-capability.js'
import * as reg from './registers.js'

/** `cxl_sbr_masked`. */
export function decodeSbrMasked(raw: RawFunction): Observed<boolean> {
  const port = findExtended(raw, isCxlDvsec(reg.PCI_DVSEC_CXL_PORT))
  if (!port.known || port.value === null) return port.known ? known(false) : port
  const control = register16(port.value, reg.PCI_DVSEC_CXL_PORT_CTL)
  if (control === undefined) return unknownFrom(raw, 'the CXL port DVSEC is cut off')
  return known((control & reg.PCI_DVSEC_CXL_PORT_CTL_UNMASK_SBR) === 0)
}

/** `set_pcie_cxl`. */
export function decodeLinkIsCxl(raw: RawFunction): Observed<boolean | null> {
  const flexBus = findExtended(raw, isCxlDvsec(reg.PCI_DVSEC_CXL_FLEXBUS_PORT))
  if (!flexBus.known || flexBus.value === null) return flexBus.known ? known(null) : flexBus
  const status = register16(flexBus.value, reg.PCI_DVSEC_CXL_FLEXBUS_STATUS)
  if (status === undefined) return unknownFrom(raw, 'the Flex Bus DVSEC is cut off')
  const negotiated = reg.PCI_DVSEC_CXL_FLEXBUS_STATUS_CACHE | reg.PCI_DVSEC_CXL_FLEXBUS_STATUS_MEM
  return known((status & negotiated) !== 0)
}

function isCxlDvsec(id: number): (capability: CapabilityBytes) => boolean {
  return (capability) =>
    capability.id === reg.PCI_EXT_CAP_ID_DVSEC &&
    register16(capability, reg.PCI_DVSEC_HEADER1) === reg.PCI_DVSEC_CXL_VENDOR &&
    register16(capability, reg.PCI_DVSEC_HEADER2) === id
}
