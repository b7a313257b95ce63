import { describe, expect, test } from 'vitest'
import { makeCapture } from '../../src/cli/answers/make-capture.js'
import { parsePciAddress } from '../../src/host/pci-address.js'
import { readHost } from '../../src/host/read/read-host.js'
import { openDirectoryTree } from '../../src/host/tree/directory-tree.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import { isFailure } from '../../src/host/tree/tree.js'
import { rebind } from '../../src/simulation/rebind.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { unpacked } from '../capture/captures.js'
import { answer, at, decide, host, read } from '../support/ask.js'
import { endpoint, rootPort } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'

const PORT = '0000:00:10.0'
const FOLDER = `sys/devices/pci0000:00/${PORT}`
const POWER = 'sys/bus/pci/slots/1/power'
const FIRST = `${FOLDER}/0000:01:00.0/driver`
const SECOND = `${FOLDER}/0000:01:00.1/driver`
const BOTH = ['01:00.0', '01:00.1']

describe('with a slot, the order of sysfs nodes decides (pci_probe_reset_slot at vfio_pci_core_register_device)', () => {
  test.each([
    ['both were bound after it came', [POWER, FIRST, SECOND], 'permitted', 'slot slot'],
    ['it came between', [FIRST, POWER, SECOND], 'EINVAL hot-reset', 'bus slot'],
    [
      'it came between, the other way round',
      [SECOND, POWER, FIRST],
      'EINVAL hot-reset',
      'slot bus',
    ],
    ['it came after both', [FIRST, SECOND, POWER], 'undetermined', 'bus bus'],
    ['no order is told', [], 'permitted', 'slot slot'],
    ['of one function it is not told', [POWER, FIRST], 'permitted', 'slot slot'],
  ] as const)('%s', async (_, made, said, keys) => {
    const vfio = await host(withSlot(made))
    expect(BOTH.map((target) => outcome(vfio, target, BOTH))).toEqual([said, said])
    const [world] = vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds
    const kinds = BOTH.map((each) => vfio.sets.keyOf(at(vfio, each), world).kind)
    expect(kinds.join(' ')).toBe(keys)
  })

  test('a function that is bound in a what-if is bound after all that there is', async () => {
    const made = [FIRST, SECOND, POWER]
    const raw = await read(withSlot(made, { second: undefined }))
    const wanted = new Map([[parsePciAddress('0000:01:00.1') ?? raise(), 'vfio-pci']])
    const { vfio } = rebind(analyseHost(raw), wanted)
    expect(outcome(vfio, '01:00.1', BOTH)).toBe('EINVAL hot-reset')
  })

  test('one that leaves vfio-pci and comes back joins the others', async () => {
    const host = analyseHost(await read(withSlot([FIRST, POWER, SECOND])))
    const address = parsePciAddress('0000:01:00.0') ?? raise()
    const away = rebind(host, new Map([[address, null]]))
    const { vfio } = rebind(away, new Map([[address, 'vfio-pci']]))
    expect(outcome(vfio, '01:00.0', BOTH)).toBe('permitted')
  })

  test('a kernel without dev_sets does not ask', async () => {
    const vfio = await host({ ...withSlot([FIRST, POWER, SECOND]), kernel: '5.10.262' })
    expect(outcome(vfio, '01:00.0', BOTH)).toBe('permitted')
  })
})

describe('the order', () => {
  test.each([false, true])('stands in a capture, redacted: %s', async (redact) => {
    const origin = { kind: 'live', path: null } as const
    const files = Object.entries(buildHost(withSlot([])))
    const tree = createMemoryTree(files, origin, origin, [FIRST, POWER, SECOND])
    const wish = { wake: false, redact, 'show-redactions': false, for: undefined }
    const { entries } = await makeCapture(tree, wish, '2026-01-01T00:00:00Z')
    const copy = await unpacked(entries)
    const vfio = decide(readHost(copy, { wake: false, holders: false }))
    expect(outcome(vfio, '01:00.0', BOTH)).toBe('EINVAL hot-reset')
  })

  test('is told by a sysfs alone: inode numbers of a copy are the disk’s', () => {
    const open = (root: string, live: boolean) => {
      const tree = openDirectoryTree({ root, live })
      return isFailure(tree) ? raise() : tree
    }
    expect(open('/', true).madeAt('sys/bus')).toBeGreaterThan(0)
    expect(open('/', false).madeAt('sys/bus')).toBeGreaterThan(0)
    expect(open(import.meta.dirname, false).madeAt('slot-moved.test.ts')).toMatchObject({
      why: 'not-captured',
    })
  })
})

describe('without a slot, where the port could have one', () => {
  test('whether there was one at a binding is unknown, for all that are bound', async () => {
    const vfio = await host(released())
    expect(BOTH.map((target) => outcome(vfio, target, BOTH))).toEqual([
      'undetermined',
      'undetermined',
    ])
  })

  test('the reason is named', async () => {
    const vfio = await host(released())
    const { gaps } = vfio.scopes.worldsOf(at(vfio, '01:00.0'))
    expect(gaps).toEqual([
      {
        path: 'sys/bus/pci/slots',
        why: 'unshown',
        detail: `whether the port ${PORT} had another slot when 0000:01:00.0, 0000:01:00.1 were bound`,
      },
    ])
  })

  test('nothing is open where none is bound: they would be bound now', async () => {
    const vfio = await host(released({ first: undefined, second: undefined }))
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(1)
  })

  test('nor where the function is alone, or the port has no such service', async () => {
    const [port, only] = released().functions
    const alone = { ...released(), functions: [port, only].filter((each) => each !== undefined) }
    expect(outcome(await host(alone), '01:00.0', ['01:00.0'])).toBe('permitted')
    const fixed = { ...released(), files: {} }
    expect(outcome(await host(fixed), '01:00.0', BOTH)).toBe('permitted')
  })

  test('a refusal that no slot changes stays one', async () => {
    const vfio = await host(released({ second: 'igb' }))
    expect(outcome(vfio, '01:00.0', ['01:00.0'])).toBe('EPERM set-container')
  })
})

function outcome(vfio: VfioHost, target: string, owning: readonly string[]): string {
  return answer(vfio, 'group-fds', target, owning)
}

interface Drivers {
  readonly first?: string | undefined
  readonly second?: string | undefined
}

function withSlot(made: readonly string[], drivers: Drivers = {}): HostSpec {
  return { functions: functions(true, drivers), made, files: { [POWER]: '1\n' } }
}

/** The port's hotplug service is there and bound to no driver. */
function released(drivers: Drivers = {}): HostSpec {
  const name = `${PORT}:pcie004`
  const files: HostFiles = {
    [`${FOLDER}/${name}/uevent`]: '',
    [`sys/bus/pci_express/devices/${name}`]: { link: `../../../../${FOLDER}/${name}` },
  }
  return { functions: functions(false, drivers), files }
}

function functions(pciehp: boolean, drivers: Drivers): HostSpec['functions'] {
  const { first, second } = { first: 'vfio-pci', second: 'vfio-pci', ...drivers }
  const driven = (driver: string | undefined) => (driver === undefined ? {} : { driver })
  return [
    rootPort(PORT, { secondary: '01', slot: { hotplug: true, number: 1 }, pciehp, group: 9 }),
    endpoint('0000:01:00.0', { mfd: true, group: 10, ...driven(first) }),
    endpoint('0000:01:00.1', { mfd: true, group: 10, ...driven(second) }),
  ]
}

function raise(): never {
  throw new Error('no address')
}
