import type { PciAddress } from '../../host/pci-address.js'
import type { IdPair } from '../../host/read/function-attributes.js'
import type { PrintedSpace } from './printed-config.js'
import type { PrintedSriov } from './printed-sriov.js'

/**
 * What a text by `lspci`, or a listing of IOMMU groups, says of one function. Every field but the address can be absent from the
 * text: undefined. null: the text says that there is none.
 */
export interface PrintedFunction {
  readonly address: PciAddress
  /** Configuration space, at least the standard header. */
  readonly bytes: Buffer | undefined
  /** 24 bits, the programming interface zero where it was not printed. */
  readonly classCode: number | undefined
  readonly ids: IdPair | undefined
  readonly subsystem: IdPair | undefined
  readonly revision: number | undefined
  readonly driver: string | null | undefined
  readonly group: number | null | undefined
  /** The group stands in a listing of groups, which has all members of each. */
  readonly isListed: boolean
  readonly numaNode: number | undefined
  /** Bus numbers of a bridge. */
  readonly buses: PrintedBuses | undefined
  /** The text calls it a virtual function, without saying whose. */
  readonly isVirtual: boolean
  /** PCIe device/port type in lspci's words: `Endpoint`, `Root Port`. */
  readonly portType: string | undefined
  /** Registers that were printed by name. */
  readonly space: PrintedSpace | undefined
  readonly sriov: PrintedSriov | undefined
}

export interface PrintedBuses {
  readonly secondary: number
  readonly subordinate: number
}
