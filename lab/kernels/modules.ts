import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'

/**
 * What the guest's file shares are made of; loaded while the kernel still probes drivers by itself. An IOMMU made of virtio
 * comes before the shares, which would wait for it.
 */
const EARLY_MODULES = ['virtio_pci', 'virtio_iommu', '9pnet_virtio', '9p']

/** vfio, and the drivers that play the host's own. A kernel that has one built in needs no file of it. */
const LATE_MODULES = [
  'pci_stub',
  'vfio',
  'vfio_iommu_type1',
  'vfio_pci',
  'shpchp',
  'e1000',
  'e1000e',
  'igb',
  'igbvf',
  'nvme',
]

export interface LoadOrder {
  readonly early: readonly string[]
  readonly late: readonly string[]
}

/**
 * Copies the modules that guests need, and all that those depend on, from an unpacked kernel package into `target`,
 * uncompressed, and tells the order in which to load them.
 */
export async function copyModules(tree: string, target: string): Promise<LoadOrder> {
  const names = await readdir(tree, { recursive: true })
  const files = new Map(
    names
      .filter((name) => /\.ko(?:\.(?:xz|zst))?$/.test(name))
      .map((name) => [moduleName(name), join(tree, name)]),
  )
  const order: string[] = []
  const add = async (name: string): Promise<void> => {
    const file = files.get(name)
    if (file === undefined || order.includes(name)) return
    const bytes = await readModule(file)
    for (const dependency of dependenciesOf(bytes)) await add(dependency)
    order.push(name)
    await writeFile(join(target, `${name}.ko`), bytes)
  }
  for (const name of EARLY_MODULES) await add(name)
  const early = [...order]
  for (const name of LATE_MODULES) await add(name)
  return { early, late: order.slice(early.length) }
}

/** Names in the `depends=` entry of a module's `.modinfo`. */
export function dependenciesOf(module: Uint8Array): string[] {
  const bytes = Buffer.from(module)
  const start = bytes.indexOf('\0depends=')
  if (start < 0) return []
  const text = bytes.toString('latin1', start + 9, bytes.indexOf(0, start + 9))
  return text
    .split(',')
    .filter((name) => name !== '')
    .map(moduleName)
}

/** The kernel takes `-` and `_` in the names of modules for the same. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_')
}

async function readModule(file: string): Promise<Uint8Array> {
  if (file.endsWith('.ko')) return readFile(file)
  const program = file.endsWith('.xz') ? 'xz' : 'zstd'
  const { stdout } = await execa(program, ['-dc', file], { encoding: 'buffer' })
  return stdout
}
