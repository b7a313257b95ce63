/** Capabilities of which lspci prints registers that verdicts rest on. */
export type PrintedCapability = 'pm' | 'express' | 'af' | 'acs' | 'dpc' | 'dvsec'

/** Extended capability IDs (PCIe 7.7, 7.9). */
export const ACS = 0x0d
export const SRIOV = 0x10
export const DPC = 0x1d
export const DVSEC = 0x23

/** A register, by the name that lspci puts in front of its bits (pciutils `ls-caps.c`, `ls-ecaps.c`). */
export interface PrintedRegister {
  readonly capability: PrintedCapability
  readonly section: string
  /** Offset in the capability, and length in bytes. */
  readonly at: number
  readonly size: 1 | 2 | 4
  /** Bits that are asked for, by lspci's names: `FLReset+`. Others stay zero. */
  readonly flags: ReadonlyMap<string, number>
}

const ACS_BITS = [
  ...(['SrcValid', 'TransBlk', 'ReqRedir', 'CmpltRedir'] as const),
  ...(['UpstreamFwd', 'EgressCtrl', 'DirectTrans'] as const),
].map((name, bit): readonly [string, number] => [name, 1 << bit])

export const PRINTED_REGISTERS: readonly PrintedRegister[] = [
  register('pm', 'Status', 4, 2, [['NoSoftRst', 0x0008]]),
  register('express', 'DevCap', 4, 4, [['FLReset', 0x1000_0000]]),
  register('express', 'LnkCap', 0x0c, 4, [['LLActRep', 0x0010_0000]]),
  register('express', 'LnkSta', 0x12, 2, [['DLActive', 0x2000]]),
  register('express', 'SltCap', 0x14, 4, [['HotPlug', 0x0040]]),
  register('express', 'DevCtl2', 0x28, 2, [['ARIFwd', 0x0020]]),
  register('af', 'AFCap', 3, 1, [
    ['TP', 0x01],
    ['FLR', 0x02],
  ]),
  register('acs', 'ACSCap', 4, 2, ACS_BITS),
  register('acs', 'ACSCtl', 6, 2, ACS_BITS),
  register('dpc', 'DpcSta', 8, 2, [['Trigger', 0x0001]]),
  register('dvsec', 'CXLPortCtl', 0x0c, 2, [['UnmaskSBR', 0x0001]]),
  register('dvsec', 'FBSta', 0x0e, 2, [
    ['Cache', 0x0001],
    ['Mem', 0x0004],
  ]),
]

function register(
  capability: PrintedCapability,
  section: string,
  at: number,
  size: PrintedRegister['size'],
  flags: readonly (readonly [string, number])[],
): PrintedRegister {
  return { capability, section, at, size, flags: new Map(flags) }
}
