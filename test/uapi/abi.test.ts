import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as abi from '../../src/uapi/abi.js'

const SOURCE = fileURLToPath(new URL('abi.c', import.meta.url))
const HEADER = '/usr/include/linux/vfio.h'
const COMPILER = process.env['CC'] ?? 'cc'
const canCompile = existsSync(HEADER) && spawnSync(COMPILER, ['--version']).status === 0

/** What the machine's own headers say: name and number. */
function printedByHeaders(): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-abi-'))
  try {
    const program = join(folder, 'abi')
    execFileSync(COMPILER, ['-Wall', '-Werror', SOURCE, '-o', program])
    const lines = execFileSync(program, { encoding: 'utf8' }).trimEnd().split('\n')
    return new Map(
      lines.map((line) => [
        line.slice(0, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' '))),
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Where a value that was encoded as `marker` stands. */
function offsetOf(marker: number, bytes: Uint8Array): number {
  return new Int32Array(bytes.slice().buffer).indexOf(marker) * 4
}

const MARK = 77

const OURS: Readonly<Record<string, number>> = {
  VFIO_GET_API_VERSION: abi.VFIO_GET_API_VERSION,
  VFIO_CHECK_EXTENSION: abi.VFIO_CHECK_EXTENSION,
  VFIO_SET_IOMMU: abi.VFIO_SET_IOMMU,
  VFIO_GROUP_GET_STATUS: abi.VFIO_GROUP_GET_STATUS,
  VFIO_GROUP_SET_CONTAINER: abi.VFIO_GROUP_SET_CONTAINER,
  VFIO_GROUP_GET_DEVICE_FD: abi.VFIO_GROUP_GET_DEVICE_FD,
  VFIO_DEVICE_GET_INFO: abi.VFIO_DEVICE_GET_INFO,
  VFIO_DEVICE_RESET: abi.VFIO_DEVICE_RESET,
  VFIO_DEVICE_GET_PCI_HOT_RESET_INFO: abi.VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
  VFIO_DEVICE_PCI_HOT_RESET: abi.VFIO_DEVICE_PCI_HOT_RESET,
  VFIO_DEVICE_FEATURE: abi.VFIO_DEVICE_FEATURE,
  VFIO_DEVICE_BIND_IOMMUFD: abi.VFIO_DEVICE_BIND_IOMMUFD,
  VFIO_TYPE1v2_IOMMU: abi.VFIO_TYPE1V2_IOMMU,
  VFIO_SPAPR_TCE_IOMMU: abi.VFIO_SPAPR_TCE_IOMMU,
  VFIO_NOIOMMU_IOMMU: abi.VFIO_NOIOMMU_IOMMU,
  VFIO_PCI_HOT_RESET_FLAG_DEV_ID: abi.VFIO_PCI_HOT_RESET_FLAG_DEV_ID,
  VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED: abi.VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED,
  VFIO_GROUP_FLAGS_VIABLE: abi.VFIO_GROUP_FLAGS_VIABLE,
  'sizeof vfio_group_status': abi.encodeGroupStatus().length,
  'sizeof vfio_pci_hot_reset_info': abi.HOT_RESET_INFO_HEADER,
  'sizeof vfio_pci_dependent_device': abi.HOT_RESET_INFO_ENTRY,
  'sizeof vfio_pci_hot_reset': abi.HOT_RESET_HEADER,
  'vfio_pci_hot_reset_info.flags': 4,
  'vfio_pci_hot_reset_info.count': 8,
  'vfio_pci_dependent_device.segment': 4,
  'vfio_pci_dependent_device.bus': 6,
  'vfio_pci_dependent_device.devfn': 7,
  'vfio_pci_hot_reset.flags': offsetOf(MARK, abi.encodeHotReset([], { flags: MARK })),
  'vfio_pci_hot_reset.count': offsetOf(MARK, abi.encodeHotReset([], { count: MARK })),
  'vfio_pci_hot_reset.group_fds': offsetOf(MARK, abi.encodeHotReset([MARK])),
  'sizeof vfio_device_feature': abi.encodeVfToken(new Uint8Array()).length,
  'vfio_device_feature.flags': offsetOf(1 << 17, abi.encodeVfToken(new Uint8Array(16))),
  'vfio_device_feature.data': offsetOf(-1, abi.encodeVfToken(new Uint8Array(16).fill(0xff))),
  'VF token flags': new Int32Array(abi.encodeVfToken(new Uint8Array(16)).buffer)[1] ?? -1,
  'vfio_device_bind_iommufd.iommufd': offsetOf(MARK, abi.encodeBind(MARK, null)),
  'vfio_device_bind_iommufd.out_devid': 12,
  'sizeof vfio_device_bind_iommufd': abi.BIND_TOKEN_SIZE,
  'vfio_device_bind_iommufd.token_uuid_ptr': offsetOf(MARK, abi.encodeBind(0, BigInt(MARK))),
}

describe.skipIf(!canCompile)('with a C compiler and linux/vfio.h', () => {
  it('has the numbers and layouts of the headers of this machine', () => {
    const printed = printedByHeaders()
    expect(printed.size).toBeGreaterThan(25)
    for (const [name, value] of printed) {
      expect(`${name} ${OURS[name]}`).toBe(`${name} ${value}`)
    }
  })
})

describe('INFO', () => {
  it('reads entries where the header says that they are, and no more than fit', () => {
    const bytes = new Uint8Array(12 + 8 + 4)
    const words = new Int32Array(bytes.buffer)
    words.set([24, 1, 2, -1])
    bytes.set([0x00, 0x27, 0xe1, 0x0b], 16)
    expect(abi.decodeHotResetInfo(bytes)).toEqual({
      flags: 1,
      count: 2,
      devices: [{ id: -1, domain: 0x2700, bus: 0xe1, devfn: 0x0b }],
    })
  })

  it('names the flags that it knows', () => {
    expect(abi.hotResetFlagNames(0)).toEqual([])
    expect(abi.hotResetFlagNames(7)).toEqual(['dev-id', 'dev-id-owned'])
  })
})

it('writes the array behind a header that may lie about it', () => {
  const header = { argsz: 11, flags: 1, count: 9 }
  const words = (bytes: Uint8Array) => [...new Int32Array(bytes.buffer)]
  expect(words(abi.encodeHotReset([20, 21]))).toEqual([20, 0, 2, 20, 21])
  expect(words(abi.encodeHotReset([20], header))).toEqual([11, 1, 9, 20])
})

it('passes a VF token with the name of the function', () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
  const token = '5a5a0000-0000-4000-8000-000000000001'
  expect(text(abi.encodeDeviceName('0000:01:00.0', null))).toBe('0000:01:00.0\0')
  expect(text(abi.encodeDeviceName('0000:01:00.0', token))).toBe(`0000:01:00.0 vf_token=${token}\0`)
})

it('reads UUIDs, and nothing that only looks like one', () => {
  const bytes = abi.parseUuid('5a5a0000-0000-4000-8000-0000000000FF')
  expect(bytes?.[0]).toBe(0x5a)
  expect(bytes?.[15]).toBe(0xff)
  expect(abi.parseUuid('5a5a0000-0000-4000-8000')).toBeUndefined()
  expect(abi.parseUuid('5a5a00000000400080000000000000ff')).toBeUndefined()
})
