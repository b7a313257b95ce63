import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { type Architecture, architectureOf, type Kernel } from './kernels/kernel.js'

/** An emulated machine: what QEMU is to build, and which kernels can say something about it. */
export interface Topology {
  readonly name: string
  /** One sentence: what this machine is there to show. */
  readonly about: string
  /** `-machine` argument; absent: QEMU's plain PC with PCIe. */
  readonly machine?: string
  /** `-device` arguments, in their order. */
  readonly devices: readonly string[]
  /** Further arguments of QEMU. */
  readonly args: readonly string[]
  /** What goes onto the kernel's command line. */
  readonly append: string
  /** Only kernels built by the lab: the machine has no IOMMU, or wants `lab_ids.c`. */
  readonly builtOnly: boolean
  /** Module without which a kernel says nothing about the machine; a built kernel has all built in. */
  readonly module?: string
  /** vfio may bind functions without an IOMMU. */
  readonly noiommu: boolean
  /** Interrupts are not isolated: the module parameter that allows that is set. */
  readonly unsafeInterrupts: boolean
  /** States of the hardware that need a boot of their own; at least one. */
  readonly setups: readonly Setup[]
}

/** What is done to the machine before drivers are bound. */
export interface Setup {
  readonly name: string
  /** PFs that get virtual functions; they keep their driver for the whole boot, since unbinding it takes the VFs away. */
  readonly sriov: readonly { readonly pf: string; readonly driver: string; readonly vfs: number }[]
  /**
   * Functions that are bound to vfio-pci for the whole boot and take no part in any scenario. Some facts show in sysfs only
   * while a function is bound, such as whether this kernel has cdevs for functions without an IOMMU.
   */
  readonly witnesses: readonly string[]
  /** Every function was bound to vfio-pci once, as on a host where VMs ran before: some kernels make groups only then. */
  readonly bindFirst?: boolean
  /** Every scenario begins with functions that no driver had since the guest was booted. */
  readonly neverBound?: boolean
  /** Most scenarios begin with slots and functions that come and go. */
  readonly moving?: boolean
  /** Functions taken off the bus through sysfs `remove`. */
  readonly remove: readonly string[]
  /** Functions whose `reset_method` is emptied. */
  readonly clearResetMethod: readonly string[]
  /** Functions that this state is about; empty: all. Only they become targets. */
  readonly targets: readonly string[]
}

/** Reads the topologies in a folder, one YAML file each, ordered by name. */
export async function readTopologies(folder: string): Promise<readonly Topology[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  return Promise.all(
    names.map(async (name) =>
      decodeTopology(basename(name, '.yaml'), await readFile(join(folder, name), 'utf8')),
    ),
  )
}

/** What is written of a machine: what may be left out is filled in. */
type WrittenTopology = Partial<Omit<Topology, 'name' | 'setups'>> &
  Pick<Topology, 'about' | 'devices'> & {
    readonly setups?: Readonly<Record<string, Partial<Setup> | null>>
  }

/** Our own files, so a shape that does not fit is a bug. */
export function decodeTopology(name: string, text: string): Topology {
  return completeTopology(name, parse(text) as WrittenTopology)
}

export function completeTopology(name: string, written: WrittenTopology): Topology {
  const setups = Object.entries(written.setups ?? { plain: null })
  return {
    args: [],
    append: 'intel_iommu=on iommu=nopt',
    builtOnly: false,
    noiommu: false,
    unsafeInterrupts: false,
    ...written,
    name,
    setups: setups.map(([setup, parts]) => ({
      sriov: [],
      witnesses: [],
      remove: [],
      clearResetMethod: [],
      targets: [],
      ...parts,
      name: setup,
    })),
  }
}

/** QEMU's `virt` machine is the one of arm64. */
export function machineArchitecture({ machine = '' }: Topology): Architecture {
  return machine.startsWith('virt') ? 'arm64' : 'amd64'
}

/** Whether a kernel can run on a machine, and has a say about it. */
export function suits(kernel: Kernel, topology: Topology): boolean {
  const isOfItsKind =
    kernel.kind === 'built' || (!topology.builtOnly && hasModule(kernel, topology))
  return isOfItsKind && architectureOf(kernel) === machineArchitecture(topology)
}

function hasModule({ modules }: Kernel, { module }: Topology): boolean {
  return module === undefined || [...modules.early, ...modules.late].includes(module)
}

/** One machine in one state under one kernel: what is asked of one guest. */
export interface Bench {
  readonly kernel: Kernel
  readonly topology: Topology
  readonly setup: Setup
}
