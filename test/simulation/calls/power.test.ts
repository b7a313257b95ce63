import { describe, expect, test } from 'vitest'
import { container, info, reset, viaCdev, viaGroup } from '../../support/calls.js'
import type { HostSpec } from '../../support/host-spec.js'
import { answers, play, type StepText } from '../../support/play.js'
import { t3 } from '../../support/topologies.js'

const F0 = '01:00.0'
const F1 = '01:00.1'

/** Two groups; POWER has no instances of an IOMMU. */
const POWER: HostSpec = {
  functions: t3(),
  iommu: null,
  noiommu: false,
  files: { 'proc/sys/kernel/arch': 'ppc64le\n' },
}

const into = (device: string, name: string, more: object = {}): StepText => ({
  actor: 'a',
  do: 'open-group',
  device: `0000:${device}`,
  container: name,
  ...more,
})

async function said(steps: readonly StepText[], kernel = '7.2.13', more: Partial<HostSpec> = {}) {
  return answers(await play({ ...POWER, kernel, ...more }, { steps })).join(' ')
}

describe('a container on POWER', () => {
  const both = [container(), into(F0, 'c0'), into(F1, 'c0')]

  test.each(['5.10.262', '6.1.192', '7.2.13'])('takes one group on %s', async (kernel) => {
    expect(await said(both, kernel)).toBe('ok ok EBUSY')
  })

  test('takes both where no IOMMU is chosen yet, and then chooses none', async () => {
    const bare = { iommu: false }
    const choose: StepText = { actor: 'a', do: 'set-iommu', container: 'c0' }
    expect(await said([container(), into(F0, 'c0', bare), into(F1, 'c0', bare), choose])).toBe(
      'ok ok ok EBUSY',
    )
    expect(await said([container(), into(F0, 'c0', bare), into(F1, 'c0')])).toBe('ok ok EBUSY')
  })

  test('of its own for each group: both are reset', async () => {
    const steps = [...viaGroup(F0), ...viaGroup(F1, 'c1'), info(F0), reset(F0, [F0, F1])]
    expect(await said(steps)).toBe('ok ok ok ok ok ok ok ok')
  })

  test('takes many groups elsewhere', async () => {
    const files = { 'proc/sys/kernel/arch': 'aarch64\n', 'sys/class/iommu/smmu3.0x10': null }
    expect(await said(both, '7.2.13', { files })).toBe('ok ok ok')
  })
})

test.each([
  ['ppc64le', 'ok ENOENT'],
  ['aarch64', 'ok ok'],
])('device cdevs of a function that is bound on %s: %s', async (arch, expected) => {
  const files = { 'proc/sys/kernel/arch': `${arch}\n`, 'dev/iommu': '', 'dev/vfio/vfio': '' }
  const functions = t3().map(({ driver: _driver, ...rest }) => rest)
  const spec: HostSpec = { ...POWER, kernel: '7.3.4', functions, files }
  const drivers = { [`0000:${F0}`]: 'vfio-pci' }
  expect(answers(await play(spec, { drivers, steps: viaCdev(F0) })).join(' ')).toBe(expected)
})
