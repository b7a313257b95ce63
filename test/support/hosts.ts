import {
  ACS_EMPTY,
  ACS_OK,
  ACS_REDIRECT_OFF,
  conventional,
  endpoint,
  hostBridge,
  inGroups,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from './functions.js'
import type { HostSpec } from './host-spec.js'

/** Names for the hosts below. */
export const IDS = `10de  NVIDIA Corporation
\t2204  GA102 [GeForce RTX 3090]
\t1aef  GA102 High Definition Audio Controller
8086  Intel Corporation
\t10d3  82574L Gigabit Network Connection
C 03  Display controller
\t00  VGA compatible controller
`

/** A GPU with its audio function in one group below a good root port; audio on the host's driver. */
export const GPU: HostSpec = {
  kernel: '6.12.117',
  functions: [
    hostBridge('0000:00:00.0', { group: 0 }),
    rootPort('0000:00:01.0', { secondary: '65', acs: ACS_OK, group: 1 }),
    endpoint('0000:65:00.0', {
      id: '10de:2204',
      class: 0x030000,
      driver: 'vfio-pci',
      group: 14,
      mfd: true,
      pm: true,
      acs: null,
    }),
    endpoint('0000:65:00.1', {
      id: '10de:1aef',
      class: 0x040300,
      driver: 'snd_hda_intel',
      group: 14,
      mfd: true,
      acs: null,
    }),
  ],
}

/** Two functions of one device in groups of their own, both on vfio-pci. */
export const TWO_GROUPS: HostSpec = {
  kernel: '6.12.117',
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
    endpoint('0000:01:00.0', {
      driver: 'vfio-pci',
      group: 10,
      mfd: true,
      acs: ACS_EMPTY,
      flr: true,
    }),
    endpoint('0000:01:00.1', { driver: 'vfio-pci', group: 11, acs: ACS_EMPTY, flr: true }),
  ],
}

/** A switch with a management function beside its upstream port, and one downstream port that redirects nothing. */
export const SWITCH: HostSpec = {
  kernel: '6.12.117',
  functions: inGroups(
    [
      ['0000:00:01.0'],
      ['0000:01:00.0'],
      ['0000:01:00.1'],
      ['0000:02:00.0', '0000:03:00.0'],
      ['0000:02:01.0'],
      ['0000:04:00.0'],
    ],
    [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
      switchUp('0000:01:00.0', { secondary: '02', mfd: true, acs: ACS_EMPTY }),
      endpoint('0000:01:00.1', { class: 0x088000, driver: 'switchtec' }),
      switchDown('0000:02:00.0', { secondary: '03', acs: ACS_REDIRECT_OFF }),
      switchDown('0000:02:01.0', { secondary: '04', acs: ACS_OK }),
      endpoint('0000:03:00.0', { driver: 'nvme', class: 0x010802 }),
      endpoint('0000:04:00.0', { driver: 'vfio-pci' }),
    ],
  ),
}

/** A PF with `count` VFs on its own bus. */
export function sriovHost(count: number, kernel: string): HostSpec {
  const vfs = Array.from({ length: count }, (_, index) => {
    const number = index + 8
    const address = `0000:40:${(number >> 3).toString(16).padStart(2, '0')}.${number & 7}`
    return virtualFunction(address, {
      group: 10 + index,
      vf: { pf: '0000:40:00.0', index },
      driver: 'vfio-pci',
      flr: true,
    })
  })
  return {
    kernel,
    functions: [
      rootPort('0000:00:01.0', { secondary: '40', acs: ACS_OK, group: 1 }),
      endpoint('0000:40:00.0', { driver: 'igb', group: 2, totalVfs: count, flr: true }),
      ...vfs,
    ],
  }
}

/** No IOMMU at all; one integrated function and one behind a port. */
export const NO_IOMMU: HostSpec = {
  kernel: '6.12.117',
  iommu: null,
  functions: [
    conventional('0000:00:03.0', { driver: 'e1000' }),
    rootPort('0000:00:01.0', { secondary: '01' }),
    endpoint('0000:01:00.0', { driver: 'nvme', class: 0x010802 }),
  ],
}

/** A PF whose VFs have a bus number of their own, so that no bridge leads to them. */
export const VIRTUAL_BUS: HostSpec = {
  kernel: '6.12.117',
  functions: [
    rootPort('0000:00:01.0', { secondary: '40', acs: ACS_OK, group: 1 }),
    endpoint('0000:40:00.0', { driver: 'vfio-pci', group: 2, totalVfs: 2, flr: true }),
    ...[0, 1].map((index) =>
      virtualFunction(`0000:41:00.${index}`, {
        group: 3 + index,
        vf: { pf: '0000:40:00.0', index },
        driver: 'vfio-pci',
        flr: true,
      }),
    ),
  ],
}

/** Below a port without ACS, one group holds everything: a GPU on vfio-pci and the disk beside it. */
export const WIDE_GROUP: HostSpec = {
  kernel: '6.12.117',
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', acs: null, group: 1, mfd: true }),
    rootPort('0000:00:01.1', { secondary: '02', acs: null, group: 1, mfd: true }),
    endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 1 }),
    endpoint('0000:02:00.0', { driver: 'nvme', class: 0x010802, group: 1 }),
  ],
}

/** Unsafe no-IOMMU mode: every function on vfio-pci has a fake group. */
export const UNSAFE: HostSpec = {
  kernel: '6.12.117',
  iommu: null,
  noiommu: true,
  functions: [
    rootPort('0000:00:01.0', { secondary: '01' }),
    endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 0, mfd: true }),
    endpoint('0000:01:00.1', { driver: 'vfio-pci', group: 1 }),
  ],
}
