import {
  ACS_OK,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rcEndpoint,
  rootPort,
  virtualFunction,
} from './functions.js'
import type { HolderSpec, HostSpec } from './host-spec.js'

/** Topologies of the acceptance table of VFIO's decisions, everything on vfio-pci unless told. */

const V: FunctionOptions = { driver: 'vfio-pci', flr: true }

function port(options: FunctionOptions = {}): FunctionSpec {
  return rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1, ...options })
}

/** T1: an endpoint alone under a root port, group 10. */
export function t1(f0: FunctionOptions = {}, above: FunctionOptions = {}): FunctionSpec[] {
  return [port(above), endpoint('0000:01:00.0', { ...V, group: 10, ...f0 })]
}

/** T2: two functions in one group. */
export function t2(f0: FunctionOptions = {}, f1: FunctionOptions = {}): FunctionSpec[] {
  return [
    port(),
    endpoint('0000:01:00.0', { ...V, mfd: true, group: 10, ...f0 }),
    endpoint('0000:01:00.1', { ...V, mfd: true, group: 10, ...f1 }),
  ]
}

/** T3: the same in groups 10 and 11. */
export function t3(f0: FunctionOptions = {}, f1: FunctionOptions = {}): FunctionSpec[] {
  return t2(f0, { group: 11, ...f1 })
}

/** T4: a root-complex endpoint. */
export function t4(): FunctionSpec[] {
  return [rcEndpoint('0000:00:02.0', { ...V, group: 2 })]
}

/** T5: two functions on a conventional bus, one group with the bridge. */
export function t5(): FunctionSpec[] {
  return [
    conventionalBridge('0000:00:1e.0', { secondary: '03', group: 12 }),
    conventional('0000:03:00.0', { ...V, group: 12 }),
    conventional('0000:03:01.0', { ...V, group: 12 }),
  ]
}

/** T6: a function beside a bridge with another one below. */
export function t6(): FunctionSpec[] {
  return [
    conventionalBridge('0000:00:1e.0', { secondary: '04', group: 12 }),
    conventional('0000:04:00.0', { ...V, group: 12 }),
    conventionalBridge('0000:04:01.0', { secondary: '05', group: 12 }),
    conventional('0000:05:00.0', { ...V, group: 12 }),
  ]
}

const HOTPLUG: FunctionOptions = { slot: { hotplug: true }, pciehp: true }

/** T7: T1 on a port of pciehp. */
export function t7(): FunctionSpec[] {
  return t1({}, HOTPLUG)
}

/** T8: nine ARI functions on a port of pciehp, groups 10 to 18. */
export function t8(last: FunctionOptions = {}): FunctionSpec[] {
  const first = T8_FIRST.map((address, index) =>
    endpoint(address, { ...V, mfd: true, ari: true, group: 10 + index }),
  )
  return [port(HOTPLUG), ...first, endpoint(T8_LAST, { ...V, ari: true, group: 18, ...last })]
}

export const T8_FIRST: readonly string[] = [...'01234567'].map((each) => `0000:01:00.${each}`)
export const T8_LAST = '0000:01:01.0'

/** T9: a PF and a VF on its bus. */
export function t9(vf: FunctionOptions = {}): FunctionSpec[] {
  return [
    port(),
    endpoint('0000:01:00.0', { ...V, group: 10, totalVfs: 8 }),
    virtualFunction('0000:01:00.1', {
      ...V,
      group: 11,
      vf: { pf: '0000:01:00.0', index: 0 },
      ...vf,
    }),
  ]
}

/** T9 with the VF on a virtual bus. */
export function t9Virtual(): FunctionSpec[] {
  return t9().map((each) => (each.vf === undefined ? each : { ...each, address: '0000:02:00.0' }))
}

/** A function on a bus of its own, beside any of the above. */
export function elsewhere(options: FunctionOptions): FunctionSpec[] {
  return [
    rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
    endpoint('0000:02:00.0', { ...V, ...options }),
  ]
}

/** T10: T3 without an IOMMU. Only bound functions have a group, a fake one. */
export function t10(isSiblingBound = true): Pick<HostSpec, 'functions' | 'noiommu'> {
  const [above, f0, f1] = t3()
  if (above === undefined || f0 === undefined || f1 === undefined) return { functions: [] }
  const { group: _, ...bare } = above
  const { group: __, driver: ___, ...unbound } = f1
  return {
    noiommu: true,
    functions: [bare, { ...f0, group: 0 }, isSiblingBound ? { ...f1, group: 1 } : unbound],
  }
}

/** Another process that has the group file open. */
export function holdsGroup(group: number): HolderSpec {
  return { pid: 4242, command: 'qemu-system-x86', fd: 20, target: `/dev/vfio/${group}` }
}

/** Another process that has the cdev open: `vfioN` counts bound functions in the order of the list. */
export function holdsCdev(number: number): HolderSpec {
  return {
    pid: 4242,
    command: 'qemu-system-x86',
    fd: 21,
    target: `/dev/vfio/devices/vfio${number}`,
  }
}
