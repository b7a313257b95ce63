import {
  distantGroupMembers,
  type Machine,
  siblingsOf,
  strangerTo,
  type TestFunction,
} from '../machine.js'
import type { LabScenario } from '../scenario.js'
import { drawBefore } from './before.js'
import type { LabCase } from './enumerate.js'
import { createRandom, type Random } from './random.js'
import { createUsers } from './users.js'

/**
 * Draws scenarios that a machine could see: a few functions around a target, on some drivers, slots and functions that came
 * and went before, and two users who open each function their own way, and close and reset in any order. Names are only used
 * after they were given, so that every scenario is valid; every one asks INFO and HOT_RESET of a function that it opens.
 */
export function generateCases(
  machine: Machine,
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly LabCase[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed * 1_000_003 + index)
    return { name: `random/${seed}/${index}`, scenario: generateScenario(machine, random) }
  })
}

/** Steps between the opening and the last questions. */
const MOST_STEPS = 6

/** Share of the scenarios in which all is done as a good program would: most resets that are permitted come from there. */
const ORDERLY_SHARE = 0.5

function generateScenario(machine: Machine, random: Random): LabScenario {
  const [first, ...rest] = machine.targets
  if (first === undefined) return { drivers: {}, steps: [] }
  const target = random.pick([first, ...rest])
  const around = neighbourhood(machine, target, random)
  const orderly = random.chance(ORDERLY_SHARE)
  const wanted = around.map((one) => ({
    one,
    driver: drawDriver(one, one === target || orderly ? 0.97 : 0.8, random),
  }))
  const { before, gone } = drawBefore(machine, { target, wanted }, random)
  const there = wanted.filter(({ one }) => !gone.has(one.address))
  const users = createUsers(
    there.map(({ one }) => one),
    { hasCdev: machine.hasCdev, orderly },
    random,
  )
  const steps = there.flatMap(({ one }) => users.open(one, one === target))
  const length = orderly ? random.below(2) : random.below(MOST_STEPS)
  const acts = Array.from({ length }, () => users.act())
  const drivers = Object.fromEntries(there.map(({ one, driver }) => [one.address, driver]))
  return {
    ...(before.length === 0 ? {} : { before }),
    drivers,
    steps: [...steps, ...acts.flat(), ...users.ask(target)],
  }
}

/** The target and all that can matter to it, in a random order: that in which they are bound. */
function neighbourhood(machine: Machine, target: TestFunction, random: Random): TestFunction[] {
  const stranger = strangerTo(machine, target)
  const around = [
    target,
    ...siblingsOf(machine, target),
    ...distantGroupMembers(machine, target),
    ...(stranger !== undefined && random.chance(0.3) ? [stranger] : []),
  ]
  return around
    .map((one) => ({ one, place: random.below(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
}

/** Mostly vfio-pci: a host driver in the set ends most scenarios at the first step. */
function drawDriver(
  { fixedDriver, hostDriver }: TestFunction,
  vfioShare: number,
  random: Random,
): string | null {
  if (fixedDriver !== null) return fixedDriver
  if (random.chance(vfioShare)) return 'vfio-pci'
  return random.pick<string | null>([null, 'pci-stub', hostDriver])
}
