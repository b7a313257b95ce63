import type { RawFunction, RawHost } from '../../../src/host/raw-host.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { createMemoryTree, type MemoryEntry } from '../../../src/host/tree/memory-tree.js'
import type { HostTree, TreeOrigin } from '../../../src/host/tree/tree.js'

export type Files = Readonly<Record<string, MemoryEntry>>

/** Files of one function below `parent` (a folder of `sys/devices`), and the kernel's link to it. */
export function functionFiles(address: string, parent: string, own: Files = {}): Files {
  const folder = `sys/devices/${parent}/${address}`
  const files: Record<string, MemoryEntry> = {
    [`sys/bus/pci/devices/${address}`]: { link: `../../../devices/${parent}/${address}` },
    [folder]: null,
  }
  for (const [name, entry] of Object.entries(own)) files[`${folder}/${name}`] = entry
  return files
}

/** A usual endpoint's attributes. */
export function endpoint(own: Files = {}): Files {
  return {
    uevent: 'DRIVER=nvme\nPCI_CLASS=10802\nPCI_ID=144D:A808\nPCI_SUBSYS_ID=144D:A801\n',
    numa_node: '0\n',
    reset_method: 'flr bus\n',
    power_state: 'D0\n',
    config: configBytes(),
    ...own,
  }
}

/** A usual bridge's attributes, without its buses. */
export function bridge(own: Files = {}): Files {
  return {
    uevent: 'DRIVER=pcieport\nPCI_CLASS=60400\nPCI_ID=8086:A33C\nPCI_SUBSYS_ID=0000:0000\n',
    numa_node: '0\n',
    power_state: 'D0\n',
    'power/runtime_status': 'active\n',
    config: configBytes({ headerType: 1 }),
    ...own,
  }
}

/** 4096 bytes of a PCIe function: PM at 0x40, PCIe at 0x50, ACS at 0x100. */
export function configBytes({ id = 0xa808_144d, headerType = 0, portType = 0 } = {}): Uint8Array {
  const bytes = new Uint8Array(4096)
  const view = new DataView(bytes.buffer)
  view.setUint32(0x00, id, true)
  view.setUint32(0x04, 0x0010_0006, true)
  view.setUint8(0x08, 0x02)
  view.setUint8(0x0e, headerType)
  view.setUint32(0x18, 0x0002_0100, true)
  view.setUint8(0x34, 0x40)
  view.setUint32(0x40, 0x0003_5001, true)
  view.setUint32(0x44, 0x0000_0008, true)
  view.setUint32(0x50, 0x0002_0010 | (portType << 20), true)
  view.setUint32(0x54, 0x1000_8000, true)
  view.setUint32(0x100, 0x0001_000d, true)
  view.setUint32(0x104, 0x001d_001f, true)
  return bytes
}

export function treeOf(files: Files, kind: TreeOrigin['kind'] = 'live'): HostTree {
  return createMemoryTree(Object.entries(files), { kind, path: kind === 'live' ? null : 'host' })
}

export async function read(files: Files, kind: TreeOrigin['kind'] = 'live'): Promise<RawHost> {
  return readHost(treeOf(files, kind), { wake: false, holders: true })
}

/** The function with that address; fails the test when the reader dropped it. */
export function find(host: RawHost, address: string): RawFunction {
  const found = host.functions.find((each) => each.address === address)
  if (found === undefined) throw new Error(`${address} is not in the host`)
  return found
}
