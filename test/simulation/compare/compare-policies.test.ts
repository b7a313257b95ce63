import { describe, expect, test } from 'vitest'
import type { PciAddress } from '../../../src/host/pci-address.js'
import { parseKernelRelease } from '../../../src/kernel/kernel-release.js'
import {
  type ComparedPolicy,
  type Comparison,
  comparePolicies,
} from '../../../src/simulation/compare/compare-policies.js'
import { analyseHost } from '../../../src/vfio/analysed-host.js'
import { DEBATE_HOST } from '../../support/debate-host.js'
import { buildHost } from '../../support/host-builder.js'
import type { HostSpec } from '../../support/host-spec.js'
import { loadFiles } from '../../support/load-host.js'
import { answers } from '../../support/play.js'
import { at } from '../../support/report-of.js'
import { t1, t2, t3 } from '../../support/topologies.js'

const CARD: PciAddress = at('0000:01:00.0')

async function compared(spec: HostSpec, kernel = '6.12.117'): Promise<Comparison> {
  const raw = await loadFiles(buildHost(spec))
  return comparePolicies(analyseHost(raw, parseKernelRelease(kernel)), CARD)
}

/** `id: answers, what they come to`. */
function row({ policy, answers: given, meaning }: ComparedPolicy): string {
  const cells = given.map(({ step, differs }) => `${answers([step]).join()}${differs ? '*' : ''}`)
  return `${policy.id}: ${cells.join(' ')}, ${meaning}`
}

describe('what the policies answer', () => {
  test('about a card in two groups with one reset: idle, taken, both, later, no IOMMU', async () => {
    const { policies, sibling } = await compared({ functions: t3() })
    expect(sibling).toBe('0000:01:00.1')
    expect(policies.map(row)).toEqual([
      'group-fds: EINVAL EINVAL ok ok ok, idle-counts',
      'iommufd: EINVAL EINVAL ok ok ENOENT, idle-counts',
      'opened-group-fds: ok* EINVAL ok ok ok, unstable',
      'device-fds: ok* EINVAL ok ok ok, unstable',
      'ctx-or-unopened: ok* EINVAL ok ok ok, unstable',
      'singleton: EINVAL EINVAL EINVAL* ok EINVAL*, never',
      'device-fd-as-group: EINVAL EINVAL ok ok ok, idle-counts',
      'reset-group-claim: ok* EBUSY ok EBUSY* EBUSY*, locks-out',
      'reset-group-claim-strict: EBUSY EBUSY ok ok EBUSY*, all-up-front',
      'closure: EINVAL EINVAL ok ok ok, idle-counts',
      'opened-only-core: ok* EINVAL ok ok ok, unstable',
      'ctx-or-group-in-set: EINVAL EINVAL ok ok ok, idle-counts',
    ])
  })

  test('is about the bind state that it names, whatever the functions are bound to', async () => {
    const bound = await compared({ functions: t3() })
    const native = await compared({ functions: t3({ driver: 'e1000e' }, { driver: 'e1000e' }) })
    const others = ({ policies }: Comparison) =>
      policies.map(row).filter((text) => !text.startsWith('iommufd'))
    expect(others(native)).toEqual(others(bound))
    // Before anything is bound nobody knows whether that kernel has device files.
    expect(native.policies.map(row)).toContain('iommufd: ? ? ? ? ENOENT, undecided')
  })

  test('where both share a group, which nobody else gets', async () => {
    const { policies } = await compared({ functions: t2() })
    const [groupFds, iommufd] = policies.map(row)
    expect(groupFds).toBe('group-fds: ok EBUSY ok EBUSY ok, one-group')
    expect(iommufd).toBe('iommufd: ok EPERM ok EPERM ENOENT, one-group')
  })

  test('of a function alone: two questions', async () => {
    const { questions, sibling, policies } = await compared({ functions: t1() })
    expect([questions, sibling]).toEqual([['idle', 'no-iommu'], null])
    expect(new Set(policies.map(({ meaning }) => meaning))).toEqual(new Set(['alone']))
  })

  test('of a kernel without device files', async () => {
    const { policies } = await compared({ functions: t3() }, '6.1.0')
    expect(policies.map(row)[1]).toMatch(/^iommufd: ENOENT .*, no-interface$/)
    // What has no kernel's rule for its interface is held against the one that there is.
    expect(policies.map(row)).toContain('closure: EINVAL EINVAL ok ok ok, idle-counts')
  })
})

test('the sibling is one of another group where there is any', async () => {
  const raw = await loadFiles(buildHost(DEBATE_HOST))
  const { sibling, others } = comparePolicies(analyseHost(raw), CARD)
  expect([sibling, others]).toEqual(['0000:01:00.1', ['0000:01:00.1']])
})
