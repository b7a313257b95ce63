import { stated } from '../document/stated.js'
import { acsBitNames } from '../iommu/acs.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import type { AcsReport } from './document.js'

export type AcsReader = (device: PciDevice, quirk: AcsQuirkId | null) => AcsReport

/** Ports of one make have equal registers: equal reports are one object. */
export function acsReports(): AcsReader {
  const found = new Map<number, AcsReport>()
  return (device, quirk) => {
    const { acs } = device
    if (!acs.known || acs.value === null || quirk !== null) return acsReport(device, quirk)
    const { capability, control } = acs.value
    return remembered(found, capability * 0x10000 + control, () => acsReport(device, null))
  }
}

function acsReport({ acs }: PciDevice, quirk: AcsQuirkId | null): AcsReport {
  if (!acs.known) return { present: stated(acs), capabilities: [], enabled: [], quirk }
  if (acs.value === null) {
    return quirk === null ? NO_ACS : { present: false, capabilities: [], enabled: [], quirk }
  }
  // Some Intel ports lay the registers out as dwords, which the kernel reads (`pci_quirk_intel_spt_pch_acs`), and so do we.
  const registers = quirk === 'intel-spt-pch' ? (acs.value.wide ?? acs.value) : acs.value
  return {
    present: true,
    capabilities: acsBitNames(registers.capability),
    enabled: acsBitNames(registers.control),
    quirk,
  }
}

const NO_ACS: AcsReport = { present: false, capabilities: [], enabled: [], quirk: null }
