import { describe, expect, it, test } from 'vitest'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { isReliedOn, ownReset } from '../../src/vfio/own-reset.js'
import { loadFixture, REAL_HOSTS } from '../support/fixtures.js'
import { hide } from '../support/hide.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, IDS, NO_IOMMU, SWITCH, TWO_GROUPS } from '../support/hosts.js'
import { at, flowing, PIPE, reportOf } from '../support/report-of.js'

/** Two functions in two groups, with a PM reset each. */
const WEAK_RESET: HostSpec = {
  ...TWO_GROUPS,
  functions: TWO_GROUPS.functions.map(({ flr: _, ...each }) => ({ ...each, pm: true })),
}

describe('the answer on one function', () => {
  it.each([
    [
      'is harmless where its own reset does the work',
      TWO_GROUPS,
      '0000:01:00.0',
      /^Refused, but harmless: .*\(flr\)/,
    ],
    [
      'says that only a weak one is left',
      WEAK_RESET,
      '0000:01:00.0',
      /^Refused, and only a weak reset is left \(pm\): /,
    ],
    [
      'is no reset at all where the function does not even open',
      GPU,
      '0000:65:00.0',
      /^Refused before any reset: .* does not start\. Group \d+ does not open/,
    ],
    ['says that nothing else resets it', GPU, '0000:65:00.1', /nothing resets it|Permitted/],
    [
      'says so where there is no hot reset at all',
      NO_IOMMU,
      '0000:00:03.0',
      /cannot be hot-reset at all.*root bus/,
    ],
    [
      'is permitted where nobody is in the way',
      SWITCH,
      '0000:04:00.0',
      /^Permitted: a VM that gets only 0000:04:00\.0/,
    ],
  ])('%s', async (_, spec, address, sentence) => {
    const report = await reportOf(spec, { ids: IDS, targets: [address] })
    expect(report.devices[0]?.summary).toMatch(sentence)
    expect(report.summary).toBe(report.devices[0]?.summary)
  })

  it('names the file that would settle it', async () => {
    const report = await reportOf(TWO_GROUPS, {
      targets: ['0000:01:00.0'],
      policies: ['group-fds'],
      denied: (raw) => hide(raw, '0000:01:00.1', 'iommuGroup'),
    })
    expect(report.devices[0]?.summary).toMatch(/^Unknown: .*0000:01:00\.1\/\w+ would settle it\./)
  })

  it('names all of what was asked for where the outcomes differ', async () => {
    const report = await reportOf(TWO_GROUPS, {
      targets: ['0000:01:00.0'],
      policies: ['opened-group-fds', 'closure'],
    })
    expect(report.devices[0]?.summary).toContain(
      'Permitted under opened-group-fds, refused under closure',
    )
  })
})

it('does not say of a rule that no kernel has that a VM does not start', async () => {
  const report = await reportOf(GPU, { targets: ['0000:65:00.0'], policies: ['closure'] })
  expect(report.devices[0]?.hotReset.verdicts).toMatchObject([{ outcome: 'refused', at: 'bind' }])
  expect(report.devices[0]?.summary).not.toContain('does not start')
})

describe('a unit', () => {
  it('is answered for as a whole, while its functions alone are refused', async () => {
    const { devices, units } = await reportOf(TWO_GROUPS, { policies: ['group-fds', 'iommufd'] })
    const unit = units.find((each) => each.devices.includes(at('0000:01:00.0')))
    expect(unit?.verdicts.map(({ outcome }) => outcome)).toEqual(['permitted', 'permitted'])
    expect(unit?.summary).toMatch(
      /can be split between VMs, but none can be hot-reset alone.*is permitted\.$/,
    )
    const alone = devices.find(({ address }) => address === '0000:01:00.0')
    expect(alone?.hotReset.byPolicy).toEqual({ 'group-fds': 'refused', iommufd: 'refused' })
  })

  it('says what is still to be bound', async () => {
    const { units } = await reportOf(GPU, { policies: ['group-fds'] })
    const unit = units.find((each) => each.devices.includes(at('0000:65:00.0')))
    expect(unit?.summary).toContain('must go together: they share one IOMMU group')
    for (const address of unit?.toBind ?? []) expect(unit?.summary).toContain(address)
  })

  it('cannot be given away where no IOMMU is active', async () => {
    const report = await reportOf(NO_IOMMU)
    expect(report.summary).toBe(
      'No function of this host can be given to a VM: no IOMMU is active.',
    )
    expect(report.units.every(({ summary }) => !/can go to a VM of its own/.test(summary))).toBe(
      true,
    )
  })
})

describe.each(REAL_HOSTS)('%s', async (name) => {
  const host = analyseHost(await loadFixture(name))
  const ask = (targets: readonly ReturnType<typeof at>[] | null) =>
    inspectReport({
      host,
      targets,
      query: { policies: POLICIES, owning: new Set(), brief: targets === null },
      tool: { name: 'vfio-reset', version: '0.0.0' },
      names: new Map(),
    })
  const report = ask(null)

  test('byPolicy and harmless say what the verdicts and the own reset do', () => {
    for (const { address, header, hotReset } of report.devices) {
      const { verdicts, byPolicy, harmless } = hotReset
      expect(Object.entries(byPolicy)).toEqual(
        verdicts.map(({ policy, outcome }) => [policy, outcome]),
      )
      const device = host.topology.byAddress.get(address)
      if (device === undefined) throw new Error(`no ${address}`)
      const relied = header === 'normal' ? isReliedOn(ownReset(host.vfio, device)) : null
      expect(harmless).toBe(relied)
    }
  })

  test('a certain word in a summary is what every verdict says', () => {
    for (const { summary, hotReset } of report.devices) {
      const real = hotReset.verdicts.filter(({ implemented }) => implemented)
      if (real.length === 0) continue
      if (/^Permitted: /.test(summary))
        expect(real.map(({ outcome }) => outcome)).not.toContain('refused')
      if (/^Refused/.test(summary) && hotReset.scope !== null) {
        expect(real.map(({ outcome }) => outcome)).not.toContain('permitted')
      }
      if (/^Refused, but harmless/.test(summary)) expect(hotReset.harmless).toBe(true)
      if (/nothing resets it/.test(summary)) expect(hotReset.harmless).toBe(false)
    }
  })

  test('a unit names eight reasons at most, and no short form of others', () => {
    for (const { reasons } of report.units.flatMap(({ verdicts }) => verdicts)) {
      expect(reasons.length).toBeLessThanOrEqual(8)
      expect(reasons.map(({ kind }) => kind)).not.toContain('blocked')
    }
  })

  test('whoever has a whole unit is permitted wherever one of its functions alone is', () => {
    const devices = new Map(report.devices.map((device) => [device.address, device]))
    for (const { devices: members, verdicts } of report.units) {
      for (const { policy, outcome, device } of verdicts) {
        if (outcome !== 'refused') continue
        // Opening more can only harm under rules that ask for being alone.
        if (policy === 'singleton') continue
        expect(members).toContain(device)
        expect(devices.get(device)?.hotReset.byPolicy[policy]).not.toBe('permitted')
      }
    }
  })

  test('text leads with it', () => {
    const [first] = report.devices.filter(({ header }) => header === 'normal')
    if (first === undefined) return
    const one = ask([first.address])
    const text = flowing(renderDevice(one, first.address, PIPE))
    expect(text.startsWith(flowing(one.summary))).toBe(true)
  })
})
