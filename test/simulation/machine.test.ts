import { describe, expect, test } from 'vitest'
import { type Gap, unknown } from '../../src/host/gap.js'
import type { RawHost } from '../../src/host/raw-host.js'
import {
  bind,
  close,
  closeGroup,
  container,
  device,
  group,
  info,
  iommufd,
  reset,
  viaCdev,
  viaGroup,
} from '../support/calls.js'
import { gapAt, hide } from '../support/hide.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { answers, type Play, play, playOn, type StepText } from '../support/play.js'
import { elsewhere, t1, t2, t3, t8, t9, t10 } from '../support/topologies.js'

const F0 = '01:00.0'
/** A vendor's kernel that took changes of newer releases; nobody knows which. */
const BACKPORTS = '6.12.0-55.el10.x86_64'
const F1 = '01:00.1'
const TWO_GROUPS: HostSpec = { functions: t3() }
const TOKEN = '5a5a0000-0000-4000-8000-000000000001'
const OTHER = '5a5a0000-0000-4000-8000-000000000002'

async function said(
  spec: HostSpec,
  kernel: string,
  calls: readonly StepText[],
  more: Partial<Play> = {},
): Promise<readonly string[]> {
  return answers(await play({ ...spec, kernel }, { steps: calls, ...more }))
}

describe('files and their lives', () => {
  const closeNamed = (verb: string, name: string): StepText => ({ actor: 'a', do: verb, name })

  test('a file that was closed is EBADF, one that never was is not called', async () => {
    const calls = [
      info(F0),
      ...viaGroup(F0),
      close(F0),
      info(F0),
      reset(F0, [F0]),
      close(F0),
      info(F1),
    ]
    expect(await said(TWO_GROUPS, '6.12.117', calls)).toEqual([
      '-',
      'ok',
      'ok',
      'ok',
      'ok',
      'EBADF',
      'EBADF',
      'EBADF',
      '-',
    ])
  })

  test('a closed group file stays alive through its devices, and only so long', async () => {
    const calls = [
      ...viaGroup(F0),
      closeGroup(F0),
      group(F0, null, 'b'),
      reset(F0, [F0]),
      close(F0),
      group(F0, null, 'b'),
    ]
    for (const kernel of ['5.10.262', '6.1.192', '6.12.117']) {
      expect((await said({ functions: t1() }, kernel, calls)).slice(3)).toEqual([
        'ok',
        'EBUSY',
        'EBADF',
        'ok',
        'ok',
      ])
    }
  })

  test('on an iommufd it does not: the device holds the context, not the group file', async () => {
    const calls = [iommufd(), group(F0, 'X'), device(F0), closeGroup(F0), group(F0, null, 'b')]
    expect((await said({ functions: t1() }, '6.12.117', calls)).at(-1)).toBe('ok')
  })

  test('closed containers and contexts live on in what uses them', async () => {
    const inContainer = [
      ...viaGroup(F0),
      closeNamed('close-container', 'c0'),
      reset(F0, [F0]),
      group(F1, 'c0'),
    ]
    expect((await said(TWO_GROUPS, '6.12.117', inContainer)).slice(3)).toEqual([
      'ok',
      'EINVAL',
      'EBADF',
    ])
    const inContext = [...viaCdev(F0), bind(F1), closeNamed('close-iommufd', 'X'), reset(F0)]
    expect((await said(TWO_GROUPS, '6.12.117', inContext)).slice(-2)).toEqual(['ok', 'ok'])
    const closed = [iommufd(), closeNamed('close-iommufd', 'X'), bind(F0)]
    expect((await said(TWO_GROUPS, '6.12.117', closed)).at(-1)).toBe('EBADF')
  })

  test('a name that was closed can be opened again', async () => {
    const calls = [iommufd(), closeNamed('close-iommufd', 'X'), ...viaCdev(F0)]
    expect(await said(TWO_GROUPS, '6.12.117', calls)).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  test('what a group file opens opens again, a cdev does not', async () => {
    const again = [...viaGroup(F0), device(F0), close(F0), info(F0), close(F0), info(F0)]
    expect((await said(TWO_GROUPS, '6.12.117', again)).slice(3)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'EBADF',
    ])
    const twice = [...viaCdev(F0), bind(F0)]
    expect((await said(TWO_GROUPS, '6.12.117', twice)).at(-1)).toBe('EINVAL')
  })

  test('actors have names of their own, and one host', async () => {
    const calls = [container(), group(F0), container('c0', 'b'), group(F0, 'c0', 'b')]
    expect(await said(TWO_GROUPS, '6.12.117', calls)).toEqual(['ok', 'ok', 'ok', 'EBUSY'])
  })
})

describe('containers', () => {
  const mixed: HostSpec = {
    functions: [...t1(), ...elsewhere({}).map(({ group: _, ...each }) => each)],
    noiommu: true,
    iommu: 'intel',
    groups: [{ id: 10, name: null }],
  }
  const drivers = { '0000:01:00.0': 'vfio-pci', '0000:02:00.0': 'vfio-pci' }

  test('real and made-up groups do not mix in one container', async () => {
    const calls = [container(), group(F0), group('02:00.0')]
    const two = [container(), container('c1'), group(F0), group('02:00.0', 'c1'), device('02:00.0')]
    expect(await said(mixed, '6.12.117', calls, { drivers })).toEqual(['ok', 'ok', 'EPERM'])
    expect((await said(mixed, '6.12.117', two, { drivers })).at(-1)).toBe('ok')
  })

  test('nor on one iommufd; as device files they do', async () => {
    const groups = [iommufd(), group(F0, 'X'), group('02:00.0', 'X')]
    expect(await said(mixed, '7.3.4', groups, { drivers })).toEqual(['ok', 'ok', 'EINVAL'])
    const cdevs = [iommufd(), bind(F0), bind('02:00.0'), reset(F0), reset('02:00.0')]
    const policy = 'ctx-or-unopened'
    expect(await said(mixed, '7.3.4', cdevs, { drivers, policy })).toEqual(Array(5).fill('ok'))
  })

  test('before 5.19 one IOMMU kept the whole of PCI from no-IOMMU mode', async () => {
    const calls = [group('02:00.0', null)]
    expect(await said(mixed, '5.10.262', calls, { drivers })).toEqual(['ENOENT'])
    expect(await said(mixed, '6.1.192', calls, { drivers })).toEqual(['ok'])
  })

  test('what is no container', async () => {
    const calls = [iommufd(), group(F0, 'X')]
    expect(await said(TWO_GROUPS, '6.1.192', calls)).toEqual(['ENOENT', 'EBADF'])
    expect(await said(TWO_GROUPS, '6.12.117', [container(), bind(F0, 'c0')])).toEqual([
      'ok',
      'EBADFD',
    ])
  })

  test('a device needs its group in a container', async () => {
    expect(await said(TWO_GROUPS, '6.12.117', [group(F0, null), device(F0)])).toEqual([
      'ok',
      'EINVAL',
    ])
  })

  test('two containers of one user', async () => {
    const calls = [...viaGroup(F0), container('c1'), group(F1, 'c1'), reset(F0, [F0, F1])]
    expect((await said(TWO_GROUPS, '6.1.192', calls)).at(-1)).toBe('ok')
  })

  test('no-IOMMU mode on an iommufd: dead from 6.6 until 6.6.102, 6.12.42, 6.15.10, 6.16.1 and 6.17', async () => {
    const calls = [iommufd(), group(F0, 'X'), device(F0), info(F0), reset(F0, [F0])]
    const alone = { ...t10(), functions: t10().functions.slice(0, 2) }
    const last = async (kernel: string) => (await said(alone, kernel, calls)).slice(2)
    const dead = ['6.6.101', '6.8.0-31-generic', '6.10.4', '6.12.41', '6.13', '6.14.0', '6.15.3']
    for (const kernel of [...dead, '6.15.9', '6.16.0']) {
      expect(await last(kernel), kernel).toEqual(['ok', 'EINVAL', 'EINVAL'])
    }
    for (const kernel of ['6.6.102', '6.12.42', '6.12.117', '6.15.10', '6.16.1', '6.17']) {
      expect(await last(kernel), kernel).toEqual(['ok', 'ok', 'ok'])
    }
  })
})

describe('VF tokens', () => {
  const spec: HostSpec = { functions: t9() }
  const set = (token = TOKEN): StepText => ({
    actor: 'a',
    do: 'set-vf-token',
    device: '0000:01:00.0',
    token,
  })
  const asVf = (token: string | null) => [...viaGroup(F0), set(), group(F1), device(F1, 'a', token)]

  test.each([
    [null, 'EACCES'],
    [OTHER, 'EACCES'],
    [TOKEN, 'ok'],
  ])('a VF of a PF on vfio-pci opens with the right one: %s', async (token, expected) => {
    expect((await said(spec, '6.1.192', asVf(token))).at(-1)).toBe(expected)
  })

  test('until it is set it may be what an earlier user has left, which no file shows', async () => {
    const calls = [...viaGroup(F0), group(F1), device(F1, 'a', TOKEN), device(F1)]
    expect((await said(spec, '6.1.192', calls)).slice(-2)).toEqual(['?', 'EACCES'])
  })

  test('any open of an idle PF sets the one that it brings, the second as the first', async () => {
    const calls = [container(), group(F0), device(F0, 'a', TOKEN), device(F0, 'a', OTHER)]
    const vf = [group(F1), device(F1, 'a', TOKEN), device(F1, 'a', OTHER)]
    for (const kernel of ['5.10.262', '6.1.192', '6.12.118', '7.3.4', '7.4']) {
      expect((await said(spec, kernel, [...calls, ...vf])).slice(-2)).toEqual(['EACCES', 'ok'])
    }
  })

  test.each([
    // Before 5.19 the container is asked first, so the token is never looked at.
    ['5.10.262', 'ok', 'EACCES'],
    ['6.12.118', 'EACCES', 'ok'],
    ['7.3.4', 'EACCES', 'ok'],
    ['7.4', 'ok', 'EACCES'],
  ])('one that fails too, on %s', async (kernel, first, second) => {
    const failing = [group(F0, null, 'b'), device(F0, 'b', OTHER), closeGroup(F0, 'b')]
    const calls = [
      ...[container(), group(F0), device(F0, 'a', TOKEN), close(F0), closeGroup(F0)],
      ...failing,
      ...[group(F1), device(F1, 'a', TOKEN), device(F1, 'a', OTHER)],
    ]
    const found = await said(spec, kernel, calls)
    expect(found[6]).toBe('EINVAL')
    expect(found.slice(-2)).toEqual([first, second])
  })

  test('a second BIND of the PF fails, and sets it all the same until 7.4', async () => {
    const again = [iommufd('Y', 'b'), bind(F0, 'Y', { actor: 'b', token: OTHER })]
    const pf = [iommufd(), bind(F0, 'X', { token: TOKEN })]
    const calls = [...pf, ...again, bind(F1, 'X', { token: OTHER })]
    expect((await said(spec, '7.3.4', calls)).slice(-2)).toEqual(['EINVAL', 'ok'])
    expect((await said(spec, '7.4', calls)).slice(-2)).toEqual(['EINVAL', 'EACCES'])
  })

  test('a PF takes any token while its VFs are idle, and the right one after', async () => {
    const pf = (token: string | null) => device(F0, 'a', token)
    const idle = [container(), group(F0), pf(TOKEN), group(F1), device(F1, 'a', TOKEN)]
    expect((await said(spec, '6.1.192', idle)).slice(2)).toEqual(['ok', 'ok', 'ok'])
    const used = [...idle, pf(null), pf(OTHER), pf(TOKEN)]
    expect((await said(spec, '6.1.192', used)).slice(-3)).toEqual(['EACCES', 'EACCES', 'ok'])
  })

  test('whoever is neither takes none, and sets none', async () => {
    const calls = [container(), group(F0), device(F0, 'a', TOKEN), device(F0), set()]
    expect((await said({ functions: t1() }, '6.1.192', calls)).slice(2)).toEqual([
      'EINVAL',
      'ok',
      'ENOTTY',
    ])
  })

  test('BIND: skipped before 6.16.1, an unknown flag till then, taken from 6.19', async () => {
    const open = (token: string | null) => [...viaCdev(F0), set(), bind(F1, 'X', { token })]
    const last = async (kernel: string, token: string | null) =>
      (await said(spec, kernel, open(token))).at(-1)
    expect(await last('6.12.117', null)).toBe('ok')
    expect(await last('6.12.117', TOKEN)).toBe('EINVAL')
    expect(await last('6.17.0', null)).toBe('EACCES')
    expect(await last('6.17.0', TOKEN)).toBe('E2BIG')
    expect(await last('6.17.5', TOKEN)).toBe('?')
    expect(await last('6.16', null)).toBe('?')
    expect(await last('7.3.4', null)).toBe('EACCES')
    expect(await last('7.3.4', OTHER)).toBe('EACCES')
    expect(await last('7.3.4', TOKEN)).toBe('ok')
  })
})

describe('resets of one function', () => {
  const ask: StepText = { actor: 'a', do: 'device-reset', device: '0000:01:00.0' }

  test('works, does not, or is unknown', async () => {
    const at = async (methods: string | null, kernel = '6.12.117') => {
      const spec = { functions: t1({ flr: false, resetMethods: methods }), kernel }
      return (await play(spec, { steps: [...viaGroup(F0), ask] })).at(-1)
    }
    expect(await at('flr')).toMatchObject({ outcome: 'ok', possible: ['EAGAIN', 'ENOTTY'] })
    expect(await at('')).toMatchObject({ outcome: 'refused', errno: 'EINVAL' })
    expect(await at(null)).toMatchObject({ outcome: 'undetermined' })
  })

  test('the bus method works for a function that is alone on its bus only', async () => {
    const bus = { flr: false, resetMethods: 'bus' }
    const at = async (functions: HostSpec['functions']) =>
      (await play({ functions, kernel: '6.12.117' }, { steps: [...viaGroup(F0), ask] })).at(-1)
    expect(await at(t1(bus))).toMatchObject({ outcome: 'ok' })
    expect(await at(t2(bus, bus))).toMatchObject({ outcome: 'refused', errno: 'EINVAL' })
  })

  test('opening resets the function, if it can be reset', async () => {
    const opened = await play({ functions: t1() }, { steps: viaGroup(F0) })
    expect(opened.at(-1)?.effects).toEqual([{ kind: 'function-reset', devices: ['0000:01:00.0'] }])
    const helpless = { functions: t1({ flr: false, resetMethods: '' }) }
    expect((await play(helpless, { steps: viaGroup(F0) })).at(-1)?.effects).toBeUndefined()
  })

  test('a mark that an earlier close left makes a later one wipe the set', async () => {
    const helpless = { flr: false, resetMethods: '' }
    const spec = { functions: t3(helpless, {}) }
    const calls = [...viaGroup(F0), group(F1), device(F1), close(F0), close(F1)]
    const played = await play(spec, { steps: calls })
    expect(played.at(-2)?.effects).toBeUndefined()
    expect(played.at(-1)?.effects).toEqual([
      { kind: 'function-reset', devices: ['0000:01:00.1'] },
      { kind: 'set-reset', devices: ['0000:01:00.0', '0000:01:00.1'] },
    ])
  })
})

describe('what was not read', () => {
  const bound: Play['drivers'] = { '0000:01:00.0': 'vfio-pci' }

  async function blind(
    spec: HostSpec,
    change: (raw: RawHost) => RawHost,
    file: Play,
  ): Promise<readonly string[]> {
    return answers(playOn(change(await loadFiles(buildHost(spec))), file))
  }

  test('a driver that does not decide leaves the answer firm', async () => {
    const unread = (raw: RawHost) => hide(raw, '0000:01:00.1', 'driver', 'vfioDev')
    const calls = [...viaGroup(F0), reset(F0, [F0]), reset(F0)]
    expect((await blind(TWO_GROUPS, unread, { steps: calls })).slice(3)).toEqual([
      'EINVAL',
      'EINVAL',
    ])
    const passed = [...viaGroup(F0), group(F1, null), reset(F0, [F0, F1])]
    expect((await blind(TWO_GROUPS, unread, { steps: passed })).slice(3)).toEqual(['?', '?'])
  })

  test('a kernel that may have cdevs or not', async () => {
    const spec: HostSpec = { functions: t1({ driver: 'e1000e' }), dev: false }
    const steps = viaCdev(F0)
    expect(answers(await play(spec, { steps, drivers: bound }))).toEqual(['?', '?'])
    const all = answers(await play(spec, { steps, drivers: bound, policy: 'closure' }))
    expect(all).toEqual(['ok', 'ok'])
  })

  test('no-IOMMU mode that may be on or off', async () => {
    const spec: HostSpec = { functions: t1().map(({ group: _, driver: __, ...each }) => each) }
    const unread = (raw: RawHost) => ({
      ...raw,
      system: { ...raw.system, unsafeNoiommu: unknown(gapAt('sys/module/vfio')) },
    })
    const file = { drivers: bound, steps: [group(F0, null)] }
    expect(await blind(spec, unread, file)).toEqual(['?'])
    expect(await blind(spec, unread, { ...file, noiommu: true })).toEqual(['ok'])
    expect(await blind(spec, unread, { ...file, noiommu: false })).toEqual(['ENOENT'])
  })

  test('a rule of the kernel is one fact on all buses', async () => {
    const steps = [...viaGroup(F0), info(F0), reset(F0, [F0])]
    const played = await play({ functions: t8(), kernel: BACKPORTS }, { steps })
    expect(answers(played).slice(3)).toEqual(['ok', 'EINVAL'])
    expect(played[3]?.info).toEqual({ unknown: 'unmodelled' })
  })

  test('a group that was not read ends all knowledge', async () => {
    const unread = (raw: RawHost) => hide(raw, '0000:01:00.0', 'iommuGroup')
    const steps = [container(), group(F0), container('c1')]
    expect(await blind(TWO_GROUPS, unread, { steps })).toEqual(['ok', '?', '?'])
  })

  test('too many unread facts end in "cannot tell", not in hours', async () => {
    const unread = (raw: RawHost) =>
      raw.functions.reduce((left, { address }) => hide(left, address, 'driver', 'vfioDev'), raw)
    const steps = [container(), ...['01:00.1', '01:00.2', '01:00.3'].map((each) => group(each))]
    const reach = [device('01:00.0'), reset('01:00.0', ['01:00.1', '01:00.2', '01:00.3'])]
    const all = await blind({ functions: t8() }, unread, {
      drivers: bound,
      steps: [...steps, group(F0), ...reach],
    })
    expect(all.at(-1)).toBe('?')
  })

  test('releases before 5.8 are not told about', async () => {
    expect(await said(TWO_GROUPS, '5.4.200', [container()])).toEqual(['?'])
  })

  test('an undetermined step names what would settle it', async () => {
    const played = await play(
      { functions: t9(), kernel: '6.6' },
      {
        steps: [...viaGroup(F0), group(F1), reset(F0, [F0, F1])],
      },
    )
    const gap: Partial<Gap> = { path: 'proc/sys/kernel/osrelease', why: 'unmodelled' }
    expect(played.at(-1)).toMatchObject({
      outcome: 'undetermined',
      errno: null,
      reasons: [{ kind: 'unread', ...gap }, { kind: 'vf-split' }],
    })
  })
})

test('a sibling in the same group needs no step of its own', async () => {
  const calls = [...viaCdev(F0), bind(F1), close(F1), info(F0), reset(F0)]
  const played = await play({ functions: t2() }, { steps: calls })
  expect(answers(played).slice(-2)).toEqual(['ok', 'ok'])
})
