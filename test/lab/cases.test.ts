import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { enumerateCases, type LabCase } from '../../lab/cases/enumerate.js'
import { generateCases } from '../../lab/cases/generate.js'
import type { Machine, TestFunction } from '../../lab/machine.js'
import { isVacuous, writeScenario } from '../../lab/scenario.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../../src/simulation/scenario/scenario.js'

const nic = (address: string, group: number | null): TestFunction => ({
  address,
  bus: address.slice(0, 7),
  group,
  hostDriver: 'e1000e',
  isVirtual: false,
  physfn: null,
  fixedDriver: null,
  isOnRootBus: false,
  vfs: 0,
  slotPort: null,
})

/** A pair in two groups, one of which reaches to another bus, and one that stands alone. */
const FUNCTIONS = [
  nic('0000:01:00.0', 10),
  nic('0000:01:00.1', 11),
  nic('0000:02:00.0', 11),
  nic('0000:03:00.0', 12),
]

const machine = (hasCdev: boolean): Machine => ({
  functions: FUNCTIONS,
  targets: FUNCTIONS,
  hasCdev,
  movingShare: 0,
})

describe('enumerated cases', () => {
  it('have names of their own', () => {
    const cases = enumerateCases(machine(true))
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(80)
  })

  it('touch no cdev on a kernel without', () => {
    const verbs = enumerateCases(machine(false)).flatMap(({ scenario }) =>
      scenario.steps.map((step) => step.do),
    )
    expect(verbs).not.toContain('open-iommufd')
    expect(verbs).not.toContain('bind-cdev')
  })

  it('pass one file of every group on the bus, and try every driver of a neighbour', () => {
    const cases = enumerateCases(machine(false))
    const all = cases.find(({ name }) => name === '0000:01:00.0/all/group-all-bare')
    expect(all?.scenario.steps.at(-1)?.groups).toStrictEqual(['0000:01:00.0', '0000:01:00.1'])
    const drivers = cases.map(({ scenario }) => scenario.drivers['0000:01:00.1'])
    expect(new Set(drivers)).toStrictEqual(
      new Set(['vfio-pci', null, 'pci-stub', 'e1000e', undefined]),
    )
  })
})

/** A PF with its VF below a port with a slot, a pair below one, and one that stands alone. */
const MOVING_FUNCTIONS: readonly TestFunction[] = [
  { ...nic('0000:01:00.0', 10), vfs: 1, fixedDriver: 'vfio-pci', slotPort: '0000:00:10.0' },
  { ...nic('0000:01:10.0', 11), isVirtual: true, physfn: '0000:01:00.0', slotPort: '0000:00:10.0' },
  { ...nic('0000:02:00.0', 12), slotPort: '0000:00:11.0' },
  { ...nic('0000:02:00.1', 12), slotPort: '0000:00:11.0' },
  nic('0000:03:00.0', 13),
]

const moving: Machine = {
  ...machine(true),
  functions: MOVING_FUNCTIONS,
  targets: MOVING_FUNCTIONS,
  movingShare: 0.8,
}

describe('random cases', () => {
  const draw = (seed: number) => generateCases(machine(true), { seed, count: 40 })

  it('are the same for the same seed and others for another', () => {
    expect(draw(7)).toStrictEqual(draw(7))
    expect(draw(7)).not.toStrictEqual(draw(8))
  })

  it('can be drawn one by one: a longer run begins with the shorter one', () => {
    const longer = generateCases(machine(true), { seed: 7, count: 60 })
    expect(longer.slice(0, 40)).toStrictEqual(draw(7))
  })

  it('open something and ask INFO or a reset, every one', () => {
    const cases = [...draw(7), ...generateCases(moving, { seed: 7, count: 200 })]
    expect(cases.filter(({ scenario }) => isVacuous(scenario))).toStrictEqual([])
  })

  it('open each function its own way', () => {
    const waysIn = ({ scenario }: LabCase): Set<string> => {
      const opened = scenario.steps.filter(({ do: verb }) => verb.startsWith('open-group'))
      const ways = opened.map(({ container }) => container?.charAt(0) ?? 'bare')
      return new Set(
        scenario.steps.some(({ do: verb }) => verb === 'bind-cdev') ? [...ways, 'cdev'] : ways,
      )
    }
    const all = draw(7).map(waysIn)
    expect(all.some((ways) => ways.has('c') && ways.has('i') && ways.has('cdev'))).toBe(true)
  })

  const changes = generateCases(moving, { seed: 7, count: 200 }).flatMap(
    ({ scenario }) => scenario.before ?? [],
  )

  it('begin with everything that can happen to a host', () => {
    expect(new Set(changes.map((change) => change.do))).toStrictEqual(
      new Set(['bind', 'remove', 'rescan', 'release-slot', 'take-slot', 'vfs', 'token']),
    )
  })

  it('take off no function that a rescan would not bring back as it was', () => {
    const removed = changes.flatMap((change) => (change.do === 'remove' ? [change.device] : []))
    expect(removed).not.toContain('0000:01:00.0')
    expect(removed).not.toContain('0000:01:10.0')
    expect(removed).toContain('0000:02:00.1')
  })

  it('take off nothing twice, and no slot from a port that has none', () => {
    for (const { name, scenario } of generateCases(moving, { seed: 9, count: 300 })) {
      const off = new Set<string>()
      for (const change of scenario.before ?? []) {
        if (change.do === 'rescan') off.clear()
        if (change.do === 'take-slot') off.delete(change.port)
        const taken =
          (change.do === 'remove' && change.device) ||
          (change.do === 'release-slot' && change.port) ||
          null
        if (taken === null) continue
        expect(off.has(taken), name).toBe(false)
        off.add(taken)
      }
    }
  })

  it('use no function that was taken off for good', () => {
    for (const { name, scenario } of generateCases(moving, { seed: 9, count: 200 })) {
      const { before = [], drivers, steps } = scenario
      const last = before.findLastIndex((change) => change.do === 'rescan')
      const gone = before
        .slice(last + 1)
        .flatMap((change) => (change.do === 'remove' ? [change.device] : []))
      const used = [...Object.keys(drivers), ...steps.map(({ device }) => device)]
      expect(
        gone.filter((device) => used.includes(device)),
        name,
      ).toStrictEqual([])
    }
  })
})

it('every scenario is one that the tool reads, and holds what was meant', () => {
  const cases = [
    ...enumerateCases(machine(true)),
    ...generateCases(machine(true), { seed: 3, count: 200 }),
    ...generateCases(moving, { seed: 3, count: 200 }),
  ]
  for (const { name, scenario } of cases) {
    const text = writeScenario(scenario, name)
    expect(parse(text), name).toStrictEqual({ drivers: scenario.drivers, steps: scenario.steps })
    const read = parseScenario(text)
    expect(isScenarioProblem(read) ? read : null, name).toBeNull()
  }
})
