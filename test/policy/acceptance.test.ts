import { describe, expect, test } from 'vitest'
import type { PolicyId } from '../../src/policy/policies/index.js'
import { claimCost, dmaPeers } from '../../src/vfio/dma-groups.js'
import { affected, answer, at, host, short, unaccounted } from '../support/ask.js'
import { endpoint, type FunctionSpec } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import * as t from '../support/topologies.js'

/*
 * The acceptance table of VFIO's decisions, as far as one caller's single call answers it. What takes steps
 * over time or a malformed call waits for `simulate`: rows 2, 4, 15, 21, 27, 50 to 54, 57, 60, 62, 63, 65, and INFO's
 * flags in 10, 16, 18, 22, 49. Row 64 depends on the moment and cannot be predicted.
 */

const BEFORE_DEV_SETS = ['5.8.18', '5.10.262']
const BEFORE_DMA_OWNERSHIP = [...BEFORE_DEV_SETS, '5.15.200', '5.18.19']
const BEFORE_CDEV = ['5.19', '6.1.192']
const SINCE_CDEV = ['6.6.30', '6.8.0-31-generic', '6.12.117', '7.0.0', '7.3.4']
const SINCE_DMA_OWNERSHIP = [...BEFORE_CDEV, ...SINCE_CDEV]
const ALL = [...BEFORE_DMA_OWNERSHIP, ...SINCE_DMA_OWNERSHIP]
const NARROW_SLOTS = ['5.15.200', '6.1.192', '6.8.0-31-generic', '6.12.117', '6.18.15', '7.0.0']
const WIDE_SLOTS = ['7.1', '7.2.12', '7.3.4']
const VF_SPLIT = ['6.1.192', '6.12.95', '6.17.0', '7.3.4']

const F0 = '01:00.0'
const F1 = '01:00.1'
const PERMITTED = 'permitted'
const REFUSED = 'EINVAL hot-reset'
const NO_RESET = 'ENODEV hot-reset'

describe('row 1: a lone function, its group passed', () => {
  row(ALL, t.t1(), ask('group-fds', F0), PERMITTED)
})
describe('row 3: a lone function through its cdev', () => {
  row(SINCE_CDEV, t.t1(), ask('iommufd', F0), PERMITTED)
})
describe('row 5: an unopened function of the same group is covered by the group', () => {
  row(ALL, t.t2(), ask('group-fds', F0), PERMITTED)
})
describe('rows 6 to 8: a host driver in the group', () => {
  const functions = t.t2({}, { driver: 'e1000e' })
  row(BEFORE_DMA_OWNERSHIP, functions, ask('group-fds', F0), 'EINVAL open-device')
  row(SINCE_DMA_OWNERSHIP, functions, ask('group-fds', F0), 'EPERM set-container')
  row(SINCE_CDEV, functions, ask('iommufd', F0), 'EPERM bind')
})
describe('rows 9 and 10: an unbound function in the group', () => {
  const functions = [...t.t2().slice(0, 2), endpoint('0000:01:00.1', { mfd: true, group: 10 })]
  row(ALL, functions, ask('group-fds', F0), REFUSED)
  row(SINCE_CDEV, functions, ask('iommufd', F0), REFUSED)
  lists(functions, F0, '01:00.0 01:00.1')
})
describe('row 11: a function on pci-stub in the group', () => {
  row(ALL, t.t2({}, { driver: 'pci-stub' }), ask('group-fds', F0), REFUSED)
})
describe('rows 12 to 14: another group', () => {
  row(ALL, t.t3(), ask('group-fds', F0), REFUSED)
  row(ALL, t.t3(), ask('opened-group-fds', F0), PERMITTED)
  row(SINCE_DMA_OWNERSHIP, t.t3(), ask('group-fds', F0, F1), PERMITTED)
})
describe('rows 16 to 18: another group, through cdevs', () => {
  row(SINCE_CDEV, t.t3(), ask('iommufd', F0), REFUSED)
  row(SINCE_CDEV, t.t3(), ask('ctx-or-unopened', F0), PERMITTED)
  row(SINCE_CDEV, t.t3(), ask('iommufd', F0, F1), PERMITTED)
})
describe('row 19: the other function in another context', () => {
  const spec = { functions: t.t3({}, { enable: 1 }), holders: [t.holdsCdev(1)] }
  row(SINCE_CDEV, spec, ask('iommufd', F0), REFUSED)
})
describe('row 20: the other function through a legacy container', () => {
  const spec = { functions: t.t3({}, { enable: 1 }), holders: [t.holdsGroup(11)] }
  row(SINCE_CDEV, spec, ask('iommufd', F0), REFUSED)
})
describe('row 22: an unopened function of the same group, through the cdev', () => {
  row(SINCE_CDEV, t.t2(), ask('iommufd', F0), PERMITTED)
})
describe('rows 23 and 24: a function of the group is bound to another context', () => {
  const spec = { functions: t.t2({ enable: 1 }), holders: [t.holdsCdev(0)] }
  row(SINCE_CDEV, spec, ask('iommufd', F1), 'EPERM bind')
  row(SINCE_CDEV, spec, ask('group-fds', F1), 'EBUSY open-group')
})
describe('row 25: the group file is open elsewhere', () => {
  const spec = { functions: t.t2(), holders: [t.holdsGroup(10)] }
  row(SINCE_CDEV, spec, ask('iommufd', F0), 'EBUSY bind')
  row(ALL, spec, ask('group-fds', F0), 'EBUSY open-group')
})
describe('row 26: a root-complex endpoint', () => {
  row(ALL, t.t4(), ask('group-fds', '00:02.0'), NO_RESET)
  row(SINCE_CDEV, t.t4(), ask('iommufd', '00:02.0'), NO_RESET)
  lists(t.t4(), '00:02.0', '')
})
describe('row 28: a conventional bus', () => {
  row(ALL, t.t5(), ask('group-fds', '03:00.0'), PERMITTED)
})
describe('rows 29 and 30: a bridge beside the function', () => {
  row(ALL, t.t6(), ask('group-fds', '04:00.0', '05:00.0'), REFUSED)
  row(SINCE_CDEV, t.t6(), ask('iommufd', '04:00.0', '05:00.0'), REFUSED)
  row(ALL, t.t6(), ask('group-fds', '05:00.0'), PERMITTED)
  lists(t.t6(), '04:00.0', '04:00.0 04:01.0 05:00.0')
  lists(t.t6(), '05:00.0', '05:00.0')
})
describe('row 31: a port of pciehp', () => {
  row(ALL, t.t7(), ask('group-fds', F0), PERMITTED)
  test('is reset by its slot', async () => {
    const vfio = await host({ functions: t.t7() })
    const { worlds } = vfio.scopes.worldsOf(at(vfio, F0))
    expect(worlds).toHaveLength(1)
    expect(vfio.scopes.answer(at(vfio, F0), worlds[0]).scope).toMatchObject({ kind: 'slot' })
  })
})
describe('row 32: a narrow slot leaves an ARI function out, and resets it', () => {
  const owning = t.T8_FIRST
  row([...BEFORE_DEV_SETS, ...NARROW_SLOTS], t.t8(), ask('group-fds', F0, ...owning), PERMITTED)
  row(WIDE_SLOTS, t.t8(), ask('group-fds', F0, ...owning), REFUSED)
  test.each(NARROW_SLOTS)('%s resets it unaccounted', async (kernel) => {
    const vfio = await host({ functions: t.t8(), kernel })
    expect(unaccounted(vfio, F0)).toBe('01:01.0')
  })
})
describe('rows 33 and 34: the function that a narrow slot leaves out', () => {
  const everything = ask('group-fds', '01:01.0', ...t.T8_FIRST, t.T8_LAST)
  row(NARROW_SLOTS, t.t8(), everything, REFUSED)
  row([...BEFORE_DEV_SETS, ...WIDE_SLOTS], t.t8(), everything, PERMITTED)
  test('its bus set is one, its reset touches nine', async () => {
    const vfio = await host({ functions: t.t8(), kernel: '6.12.117' })
    const [world] = vfio.scopes.worldsOf(at(vfio, '01:01.0')).worlds
    expect(short(vfio.sets.setOf(at(vfio, '01:01.0'), world).members)).toBe('01:01.0')
    expect(affected(vfio, '01:01.0').split(' ')).toHaveLength(9)
  })
})
describe('rows 35 to 37: a VF on the bus of its PF', () => {
  const both = ['0000:01:00.0', '0000:01:00.1']
  const before = ['5.10.262', '5.15.200', '6.8.0-31-generic']
  row(before, t.t9(), ask('group-fds', F0, ...both), PERMITTED)
  row(VF_SPLIT, t.t9(), ask('group-fds', F0, ...both), REFUSED)
  row(VF_SPLIT, t.t9(), ask('group-fds', F1, ...both), REFUSED)
})
describe('rows 38 and 39: a VF on a virtual bus', () => {
  row(ALL, t.t9Virtual(), ask('group-fds', '02:00.0'), NO_RESET)
  row(ALL, t.t9Virtual(), ask('group-fds', F0), PERMITTED)
  lists(t.t9Virtual(), F0, '01:00.0')
  test('goes with its PF, unaccounted', async () => {
    expect(unaccounted(await host({ functions: t.t9Virtual() }), F0)).toBe('02:00.0')
  })
})
describe('rows 40 to 42: functions that forbid the reset of their bus', () => {
  row(ALL, t.t1({ id: '168c:003c' }), ask('group-fds', F0), NO_RESET)
  row(ALL, t.t2({}, { id: '168c:003c' }), ask('group-fds', F0), NO_RESET)
  row(ALL, t.t1({}, { id: '177d:a100' }), ask('group-fds', F0), NO_RESET)
})
describe('rows 43 and 44: fake groups', () => {
  row(BEFORE_DMA_OWNERSHIP, t.t10(), ask('group-fds', F0, F1), 'EPERM hot-reset')
  row(SINCE_DMA_OWNERSHIP, t.t10(), ask('group-fds', F0, F1), PERMITTED)
  row(SINCE_DMA_OWNERSHIP, t.t10(), ask('group-fds', F0), REFUSED)
})
describe('row 45: a fake group beside an unbound function', () => {
  row(BEFORE_DMA_OWNERSHIP, t.t10(false), ask('group-fds', F0), 'EPERM hot-reset')
  row(SINCE_DMA_OWNERSHIP, t.t10(false), ask('group-fds', F0), REFUSED)
})
describe('row 46: no cdev for functions without an IOMMU before 7.3', () => {
  // No function of this host has a cdev, so nothing shows that the kernel has the interface at all.
  row(['6.6.30', '6.12.117', '7.2.12'], t.t10(), ask('iommufd', F0), 'null open-cdev')
})
describe('rows 47 and 48: noiommu cdevs', () => {
  row(['7.3.4'], t.t10(), ask('iommufd', F0), REFUSED)
  row(['7.3.4'], t.t10(), ask('iommufd', F0, F1), PERMITTED)
})
describe('row 55: a variant driver beside vfio-pci', () => {
  const functions = t.t3({}, { driver: 'mlx5_vfio_pci' })
  row(['5.18.19', ...SINCE_DMA_OWNERSHIP], functions, ask('group-fds', F0, F1), PERMITTED)
})
describe('row 56: a group represented from another bus', () => {
  const functions = [...t.t3(), ...t.elsewhere({ group: 11 })]
  row(SINCE_CDEV, functions, ask('iommufd', F0, '02:00.0'), PERMITTED)
  row(SINCE_CDEV, functions, ask('ctx-or-group-in-set', F0, '02:00.0'), REFUSED)
})
describe('rows 58 and 59: the reset-group claim', () => {
  const held = { functions: t.t3({}, { enable: 1 }), holders: [t.holdsCdev(1)] }
  row(SINCE_CDEV, held, ask('reset-group-claim', F0), 'EBUSY bind')
  row(SINCE_CDEV, t.t3(), ask('reset-group-claim', F0), PERMITTED)
  row(SINCE_CDEV, t.t3(), ask('reset-group-claim-strict', F0), 'EBUSY bind')
  row(SINCE_CDEV, t.t3(), ask('reset-group-claim-strict', F0, F1), PERMITTED)
})
describe('row 61: what a claim would cost', () => {
  test('coupled1 is dma(D) and A(D), the cost every group that the reset affects, whole', async () => {
    const functions = [...t.t3(), ...t.elsewhere({ group: 11 })]
    const vfio = await host({ functions })
    expect(short(dmaPeers(vfio, at(vfio, F0)))).toBe('01:00.0')
    expect(affected(vfio, F0)).toBe('01:00.0 01:00.1')
    const touched = [at(vfio, F0), at(vfio, F1)]
    expect(short(claimCost(vfio, touched))).toBe('01:00.0 01:00.1 02:00.0')
  })
})
describe('row 66: the other function is bound to a cdev', () => {
  const spec = { functions: t.t3({}, { enable: 1 }), holders: [t.holdsCdev(1)] }
  row(SINCE_CDEV, spec, ask('group-fds', F1), 'EBUSY open-group')
  row(SINCE_CDEV, spec, ask('group-fds', F0), REFUSED)
})

interface Ask {
  readonly policy: PolicyId
  readonly target: string
  readonly owning: readonly string[]
}

function ask(policy: PolicyId, target: string, ...owning: readonly string[]): Ask {
  return { policy, target, owning }
}

/** One test for each kernel; `expected` is `permitted`, or errno and stage. */
function row(
  kernels: readonly string[],
  what: readonly FunctionSpec[] | Omit<HostSpec, 'kernel'>,
  { policy, target, owning }: Ask,
  expected: string,
): void {
  const spec = 'functions' in what ? what : { functions: what }
  test.each(kernels)(`${policy} on ${target} under %s: ${expected}`, async (kernel) => {
    expect(answer(await host({ ...spec, kernel }), policy, target, owning)).toBe(expected)
  })
}

/** What INFO lists, which is the same under all kernels here. */
function lists(functions: readonly FunctionSpec[], target: string, expected: string): void {
  test(`INFO on ${target} lists: ${expected === '' ? 'ENODEV' : expected}`, async () => {
    expect(affected(await host({ functions }), target)).toBe(expected)
  })
}
