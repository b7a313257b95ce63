import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { enumerateCases } from '../../lab/cases/enumerate.js'
import { generateCases } from '../../lab/cases/generate.js'
import type { Machine, TestFunction } from '../../lab/machine.js'
import { writeScenario } from '../../lab/scenario.js'
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
})

it('every scenario is one that the tool reads, and holds what was meant', () => {
  const cases = [
    ...enumerateCases(machine(true)),
    ...generateCases(machine(true), { seed: 3, count: 200 }),
  ]
  for (const { name, scenario } of cases) {
    const text = writeScenario(scenario, name)
    expect(parse(text), name).toStrictEqual({ drivers: scenario.drivers, steps: scenario.steps })
    const read = parseScenario(text)
    expect(isScenarioProblem(read) ? read : null, name).toBeNull()
  }
})
