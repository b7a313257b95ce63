import { join } from 'node:path'
import * as abi from '../../src/uapi/abi.js'
import { run } from '../run.js'
import type { Compiler } from './compile.js'

/** Compares every number and structure of `src/uapi/abi.ts` with the kernel's headers; returns what differs. */
export async function checkLayouts(
  compiler: Compiler,
  { source, folder }: { readonly source: string; readonly folder: string },
): Promise<readonly string[]> {
  const program = join(folder, 'layout')
  await compiler.compile(source, program, 'program')
  const { stdout } = await run(program, [])
  return compareLayouts(stdout)
}

/** `printed`: what `layout.c` says, a name and a value a line. */
export function compareLayouts(printed: string): readonly string[] {
  const lines = printed.split('\n').filter((line) => line !== '')
  const values = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.split(' ').at(-1)]),
  )
  const differences = Object.entries(EXPECTED)
    .filter(([name, value]) => values.get(name) !== value)
    .map(([name, value]) => `${name}: the headers say ${values.get(name)}, we say ${value}`)
  const printedInfo = Buffer.from(values.get('info') ?? '', 'hex')
  const info = printedInfo.length === INFO_SIZE ? abi.decodeHotResetInfo(printedInfo) : null
  if (JSON.stringify(info) !== JSON.stringify(INFO)) {
    differences.push(`info: read as ${JSON.stringify(info)}`)
  }
  return differences
}

/** A header and two entries. */
const INFO_SIZE = abi.HOT_RESET_INFO_HEADER + 2 * abi.HOT_RESET_INFO_ENTRY

const INFO: abi.HotResetInfo = {
  flags: 3,
  count: 2,
  devices: [
    { id: 7, domain: 1, bus: 2, devfn: 0x0b },
    { id: -1, domain: 1, bus: 2, devfn: 0x81 },
  ],
}

const EXPECTED: Readonly<Record<string, string>> = {
  ...numbers({
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
    VFIO_NOIOMMU_IOMMU: abi.VFIO_NOIOMMU_IOMMU,
    VFIO_GROUP_FLAGS_VIABLE: abi.VFIO_GROUP_FLAGS_VIABLE,
    VFIO_PCI_HOT_RESET_FLAG_DEV_ID: abi.VFIO_PCI_HOT_RESET_FLAG_DEV_ID,
    VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED: abi.VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED,
    'sizeof(vfio_group_status)': abi.encodeGroupStatus().length,
    'sizeof(vfio_device_bind_iommufd)': abi.BIND_TOKEN_SIZE,
    'sizeof(vfio_pci_hot_reset_info)': abi.HOT_RESET_INFO_HEADER,
    'sizeof(vfio_pci_dependent_device)': abi.HOT_RESET_INFO_ENTRY,
    'sizeof(vfio_pci_hot_reset)': abi.HOT_RESET_HEADER,
    'sizeof(vfio_device_feature)': abi.encodeVfToken(new Uint8Array()).length,
    'vfio_device_bind_iommufd.out_devid': 12,
    'vfio_device_bind_iommufd.token_uuid_ptr': 16,
  }),
  status: hex(abi.encodeGroupStatus()),
  bind: hex(abi.encodeBind(5, null)),
  'bind-with-token': hex(abi.encodeBind(5, 0x1122334455667788n)),
  reset: hex(abi.encodeHotReset([3, 4])),
  'vf-token': hex(abi.encodeVfToken(new Uint8Array(16).fill(0x5a))),
}

function numbers(values: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
