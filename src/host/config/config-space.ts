/**
 * The part of one function's configuration space that was read. Only what a verdict needs is read
 * (`docs/adr/0004-config-by-small-reads.md`), so this is a list of capabilities with the bytes at their start, never a raw
 * dump.
 */
export interface ConfigSpace {
  /** Bytes 0x00 to 0x3f, as far as they were read: bytes that were not read are absent from `read`. */
  readonly header: HeaderRegisters
  /**
   * Capabilities of the first 256 bytes, in list order. `null`: the list could not be walked (see `limit`), or the
   * function answers all ones and there is nothing to walk.
   */
  readonly capabilities: readonly CapabilityBytes[] | null
  /**
   * Extended capabilities (0x100 and above), in list order; empty when the function has no extended space; `null`: not
   * readable (`limit` below `size`), not read because nothing needs them (`limit` equals `size`), or all ones.
   */
  readonly extended: readonly CapabilityBytes[] | null
  /** How far the kernel let us read: 64 (128 for CardBus) without CAP_SYS_ADMIN, else 256 or 4096. */
  readonly limit: number
  /**
   * Size of the function's space: 256 or 4096, as `stat` states it. A limit below it means that the rest is unknown, not
   * absent. A copy is believed when it is whole; one of a PCIe function that ends at 256 counts as cut from 4096.
   */
  readonly size: number
  /**
   * Lists that may have more than they show: text of lspci stands for the space, and was not printed to the list's end. Absent where
   * bytes were read.
   */
  readonly cut?: readonly ('capabilities' | 'extended')[]
}

/** Sizes of a configuration space: conventional PCI, and PCI Express (`pci_cfg_space_size`). */
export const PLAIN_SIZE = 256
export const EXTENDED_SIZE = 4096

export interface HeaderRegisters {
  /** Dword 0x00: vendor and device, as the bus answers (0xffffffff for a VF or a dead function). */
  readonly id: number
  /** Dword 0x04: command and status. */
  readonly commandStatus: number
  /** Byte 0x08. */
  readonly revision: number
  /** Byte 0x0e: bits 6:0 header type, bit 7 multifunction. null: text of lspci does not tell. */
  readonly headerType: number | null
  /** Dword 0x18 of a bridge: primary, secondary, subordinate bus and latency; null for other headers. */
  readonly busNumbers: number | null
}

/**
 * One capability: where it stands and the bytes read from its start (little endian, possibly fewer than wanted; none of a
 * capability that no verdict needs).
 */
export interface CapabilityBytes {
  readonly id: number
  readonly offset: number
  /** A hole is a register that text of lspci does not have. */
  readonly bytes: ArrayLike<number | undefined>
}

/** Little-endian register at `offset` inside a capability; undefined when it was not read. */
export function register16(capability: CapabilityBytes, offset: number): number | undefined {
  const low = capability.bytes[offset]
  const high = capability.bytes[offset + 1]
  return low === undefined || high === undefined ? undefined : low | (high << 8)
}

/** Little-endian dword at `offset` inside a capability, unsigned; undefined when it was not read. */
export function register32(capability: CapabilityBytes, offset: number): number | undefined {
  const low = register16(capability, offset)
  const high = register16(capability, offset + 2)
  return low === undefined || high === undefined ? undefined : (low | (high << 16)) >>> 0
}
