import { readFileSync } from 'node:fs'
import type { RecordedEntry, RecordedTree } from './agent/protocol.js'
import { decodeTopology, type Topology } from './topology.js'

/** Where `lab/guest/init.sh` writes whether vfio may do without isolated interrupts, of the modules that the guest has. */
const UNSAFE_INTERRUPTS = [
  'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts',
  'sys/module/iommufd/parameters/allow_unsafe_interrupts',
]

/**
 * A recorded tree with the files that the tool did not read yet when it was recorded, as far as the machine's own description says
 * what stands in them: what its init script set, and the interrupt controller that QEMU was told to give it.
 */
export function withGuestSettings(tree: RecordedTree, name: string): RecordedTree {
  const topology = topologyNamed(name)
  const recorded = new Set(tree.entries.map(([path]) => path))
  const settings = topology === undefined ? [] : settingsOf(topology)
  return { entries: [...tree.entries, ...settings.filter(([path]) => !recorded.has(path))] }
}

function settingsOf({ unsafeInterrupts, machine }: Topology): readonly RecordedEntry[] {
  const file = (path: string, text: string): RecordedEntry => {
    return [path, 'file', Buffer.from(text).toString('base64')]
  }
  return [
    ...UNSAFE_INTERRUPTS.map((path) => file(path, unsafeInterrupts ? 'Y\n' : 'N\n')),
    ...(machine !== undefined && /\bgic-version=2\b/.test(machine)
      ? [file('proc/interrupts', ' 11:          0     GICv2  27 Level     arch_timer\n')]
      : []),
  ]
}

/** Runs and tests begin in the repository's root. undefined: the machine is described no more. */
function topologyNamed(name: string): Topology | undefined {
  try {
    return decodeTopology(name, readFileSync(`lab/topologies/${name}.yaml`, 'utf8'))
  } catch {
    return undefined
  }
}
