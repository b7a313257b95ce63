import fc from 'fast-check'
import type { FunctionSpec } from './functions.js'
import type { HolderSpec, HostSpec } from './host-spec.js'
import { randomFunctions } from './random-host.js'

/** What can be said of a function beside its place. */
interface Choice {
  readonly driver: string | null
  readonly group: 'own' | 'of the one before' | 'none'
  readonly enable: number
  readonly isFlagged: boolean
  readonly isHotplug: boolean
  readonly isHeld: boolean
}

const choice: fc.Arbitrary<Choice> = fc.record({
  driver: weighted<string | null>(
    [8, 'vfio-pci'],
    [1, 'mlx5_vfio_pci'],
    [1, 'pci-stub'],
    [1, 'igb'],
    [1, null],
  ),
  group: weighted<Choice['group']>([4, 'own'], [3, 'of the one before'], [1, 'none']),
  enable: weighted([2, 0], [1, 1]),
  isFlagged: weighted([12, false], [1, true]),
  isHotplug: fc.boolean(),
  isHeld: weighted([8, false], [1, true]),
})

const KERNELS = [
  '5.10.262',
  '5.18.19',
  '6.1.192',
  '6.8.0-31-generic',
  '6.6.102',
  '6.12.117',
  '7.0.3',
  '7.3.4',
]

/** Hosts with vfio: topologies, drivers, groups, VFs on real and virtual buses, pciehp, holders, releases. */
export const randomVfioHost: fc.Arbitrary<HostSpec> = fc
  .record({
    functions: randomFunctions,
    choices: fc.array(choice, { minLength: 24, maxLength: 24 }),
    kernel: fc.constantFrom(...KERNELS),
    mode: weighted<'iommu' | 'noiommu'>([6, 'iommu'], [1, 'noiommu']),
    hasVirtualBus: fc.boolean(),
    hasDev: fc.boolean(),
  })
  .map(({ functions, choices, kernel, mode, hasVirtualBus, hasDev }) => {
    const chosen = (index: number) => choices[index % choices.length]
    const decorated: FunctionSpec[] = []
    functions.forEach((each, index) => {
      decorated.push(decorate(each, chosen(index), decorated, hasVirtualBus))
    })
    const noiommu = mode === 'noiommu'
    return {
      functions: noiommu ? decorated.map(withFakeGroup) : decorated,
      kernel,
      noiommu,
      dev: hasDev,
      holders: decorated.flatMap((each, index) => holder(each, chosen(index))),
    }
  })

function decorate(
  spec: FunctionSpec,
  chosen: Choice | undefined,
  before: readonly FunctionSpec[],
  hasVirtualBus: boolean,
): FunctionSpec {
  if (chosen === undefined) return spec
  const isPort = spec.type === 4 || spec.type === 6
  const { group: _, driver: __, ...bare } = spec
  const group = chosen.group === 'own' ? spec.group : before.at(-1)?.group
  return {
    ...bare,
    address:
      spec.vf !== undefined && hasVirtualBus ? `0000:f${spec.address.slice(6)}` : spec.address,
    ...(chosen.group === 'none' || group === undefined ? {} : { group }),
    ...driverOf(spec, chosen),
    ...(chosen.isFlagged ? { id: '168c:003c' } : {}),
    ...(isPort && chosen.isHotplug ? { slot: { hotplug: true }, pciehp: true } : {}),
    enable: chosen.enable,
  }
}

/** vfio drivers refuse bridges. */
function driverOf(spec: FunctionSpec, { driver }: Choice): { driver?: string } {
  if (driver === null) return {}
  if (spec.header === 'normal') return { driver }
  return { driver: driver === 'igb' ? 'shpchp' : 'pcieport' }
}

/** Fake groups hold one function each, and only those that vfio has. */
function withFakeGroup(spec: FunctionSpec, index: number): FunctionSpec {
  const { group: _, ...bare } = spec
  return spec.driver?.includes('vfio') === true ? { ...bare, group: index } : bare
}

function holder(spec: FunctionSpec, chosen: Choice | undefined): readonly HolderSpec[] {
  if (chosen?.isHeld !== true || spec.driver?.includes('vfio') !== true) return []
  const file = { pid: 4000, command: 'qemu', fd: 10 + Number(spec.address.slice(-1)) }
  const byGroup = spec.group !== undefined && chosen.enable === 0
  return byGroup
    ? [{ ...file, target: `/dev/vfio/${spec.group}` }]
    : [{ ...file, target: 'anon_inode:[vfio-device]', device: spec.address }]
}

function weighted<T>(...choices: readonly (readonly [number, T])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))
}
