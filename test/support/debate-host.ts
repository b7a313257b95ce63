import { ACS_OK, endpoint, type FunctionSpec, rootPort } from './functions.js'
import type { HostSpec } from './host-spec.js'

/** A network card's port: two of them make a card, whose functions the kernel keeps apart by ACS. */
function nicPort(address: string, group: number): FunctionSpec {
  return endpoint(address, {
    id: '8086:10fb',
    subsystem: '8086:0003',
    class: 0x020000,
    mfd: true,
    flr: true,
    group,
    acs: { cap: 0, ctl: 0 },
  })
}

function port(address: string, secondary: string, group: number | null): FunctionSpec {
  const made = rootPort(address, { secondary, acs: ACS_OK })
  return group === null ? made : { ...made, group }
}

/**
 * The machine of the stories under `fixtures/scenarios`, made by hand: what the mails of April 2023 argue about, side by side.
 * The test `debate-host.test.ts` compares it with the archive under `fixtures/scenarios`.
 */
export const DEBATE_HOST: HostSpec = {
  kernel: '6.12.117',
  iommu: 'intel',
  cdev: true,
  noiommu: false,
  functions: [
    // A network card with two functions in two groups.
    port('0000:00:01.0', '01', 1),
    nicPort('0000:01:00.0', 10),
    nicPort('0000:01:00.1', 11),
    // A function on another bus that shares a group with the card's second function.
    port('0000:00:02.0', '02', 2),
    endpoint('0000:02:00.0', { id: '8086:1533', class: 0x020000, flr: true, group: 11 }),
    // A graphics card with its audio function, in one group; neither has a reset of its own.
    port('0000:00:03.0', '03', 3),
    endpoint('0000:03:00.0', {
      id: '10de:1b81',
      class: 0x030000,
      mfd: true,
      group: 30,
      resetMethods: '',
    }),
    endpoint('0000:03:00.1', {
      id: '10de:10f0',
      class: 0x040300,
      mfd: true,
      group: 30,
      resetMethods: '',
    }),
    // The same network card again, in front of which there is no IOMMU.
    port('0000:00:04.0', '04', null),
    withoutGroup(nicPort('0000:04:00.0', 0)),
    withoutGroup(nicPort('0000:04:00.1', 0)),
  ],
  files: { 'dev/vfio/vfio': '', 'dev/iommu': '', 'sys/class/vfio': null },
}

function withoutGroup({ group: _, ...rest }: FunctionSpec): FunctionSpec {
  return rest
}
