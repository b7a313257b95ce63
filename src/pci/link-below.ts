import { register16 } from '../host/config/config-space.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from './device.js'
import { findCapability } from './find-capability.js'
import { hasLinkBelow } from './port-type.js'
import {
  PCI_CAP_ID_EXP,
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA_CLS,
  PCI_EXP_LNKSTA_NLW_SHIFT,
  PCI_EXP_LNKSTA_NLW_WIDTH,
} from './registers.js'
import type { Topology } from './topology.js'

/** A PCIe link as it was negotiated. */
export interface Link {
  /** Lanes. */
  readonly width: number
  /** Transfers on each lane in GT/s. */
  readonly speed: number
}

/** The links of a host by the port above, as far as they are up and were read. */
export function linksBelow({ devices }: Topology): ReadonlyMap<PciAddress, Link> {
  return new Map(
    devices.flatMap((device) => {
      const link = linkBelow(device)
      return link === null ? [] : [[device.address, link] as const]
    }),
  )
}

/** The link below a port (PCIe 7.5.3.8); null: it is no port, it has no link up, or that was not read. */
function linkBelow({ raw, portType, linkActive }: PciDevice): Link | null {
  if (!portType.known || !hasLinkBelow(portType.value)) return null
  if (linkActive.known && linkActive.value === false) return null
  const express = findCapability(raw, PCI_CAP_ID_EXP)
  if (!express.known || express.value === null) return null
  const status = register16(express.value, PCI_EXP_LNKSTA)
  if (status === undefined) return null
  const width = (status & PCI_EXP_LNKSTA_NLW_WIDTH) >> PCI_EXP_LNKSTA_NLW_SHIFT
  const speed = SPEEDS[(status & PCI_EXP_LNKSTA_CLS) - 1]
  return width === 0 || speed === undefined ? null : { width, speed }
}

/** Of the codes 1 to 6 (PCIe 7.5.3.6). */
const SPEEDS = [2.5, 5, 8, 16, 32, 64]
