import {
  distantGroupMembers,
  type Machine,
  siblingsOf,
  strangerTo,
  type TestFunction,
} from '../machine.js'
import type { LabScenario, LabStep } from '../scenario.js'
import type { LabCase } from './enumerate.js'
import { createRandom, type Random } from './random.js'

/**
 * Draws scenarios that a machine could see: a few functions around a target, on some drivers, and two users who open,
 * close and reset them in any order. Names are only used after they were given, so that every scenario is valid.
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

const STEPS = { least: 2, most: 10 }

function generateScenario(machine: Machine, random: Random): LabScenario {
  const [first, ...rest] = machine.targets
  if (first === undefined) return { drivers: {}, steps: [] }
  const target = random.pick([first, ...rest])
  const around = neighbourhood(machine, target, random)
  const drivers = Object.fromEntries(around.map((one) => [one.address, drawDriver(one, random)]))
  const user = createUsers(
    around.map(({ address }) => address),
    machine.hasCdev,
    random,
  )
  const steps = user.open(target.address)
  const length = STEPS.least + random.below(STEPS.most - STEPS.least)
  while (steps.length < length) steps.push(...user.act())
  steps.push(...user.ask(target.address))
  return { drivers, steps }
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
function drawDriver({ fixedDriver, hostDriver }: TestFunction, random: Random): string | null {
  if (fixedDriver !== null) return fixedDriver
  if (random.chance(0.8)) return 'vfio-pci'
  return random.pick<string | null>([null, 'pci-stub', hostDriver])
}

type Actor = 'a' | 'b'

/** What one user has named so far, whether or not the kernel went along. */
interface Held {
  readonly containers: string[]
  readonly iommufds: string[]
  readonly groups: string[]
  readonly devices: string[]
}

/** Two users at one machine. Every method returns steps to be taken next. */
interface Users {
  /** Opens `device` in one of the usual ways, by user `a`. */
  open(device: string): LabStep[]
  /** Something that a user can do now. */
  act(): LabStep[]
  /** INFO and HOT_RESET at `device`, by user `a`. */
  ask(device: string): LabStep[]
}

function createUsers(devices: readonly string[], hasCdev: boolean, random: Random): Users {
  const held: Readonly<Record<Actor, Held>> = { a: emptyHands(), b: emptyHands() }
  let names = 0

  const anyDevice = (): string => pickOf(devices, random) ?? ''
  const openContainer = (actor: Actor): LabStep => {
    const as = `c${names++}`
    held[actor].containers.push(as)
    return { actor, do: 'open-container', as }
  }
  const openIommufd = (actor: Actor): LabStep => {
    const as = `i${names++}`
    held[actor].iommufds.push(as)
    return { actor, do: 'open-iommufd', as }
  }
  const openGroup = (actor: Actor, device: string, container?: string): LabStep => {
    held[actor].groups.push(device)
    const step = { actor, do: 'open-group', device } as const
    return container === undefined ? step : { ...step, container }
  }
  const openDevice = (actor: Actor, device: string): LabStep => {
    held[actor].devices.push(device)
    return { actor, do: 'open-device', device }
  }
  const bind = (actor: Actor, device: string, iommufd: string | null): LabStep => {
    held[actor].devices.push(device)
    return { actor, do: 'bind-cdev', device, iommufd }
  }
  const reset = (actor: Actor, device: string): LabStep => {
    const { groups, devices: opened, iommufds, containers } = held[actor]
    const passed = random.chance(0.7) ? subset(groups, random) : []
    const step: LabStep = { actor, do: 'hot-reset', device, groups: passed }
    if (random.chance(0.9)) return step
    return random.pick<LabStep>([
      { ...step, deviceFds: subset(opened, random) },
      { ...step, iommufds: subset(iommufds, random), containers: subset(containers, random) },
      { ...step, closedFds: 1 },
      { ...step, flags: 1 },
    ])
  }

  const ways: readonly ((actor: Actor) => LabStep[])[] = [
    (actor) => [openContainer(actor)],
    (actor) => {
      const { containers, iommufds } = held[actor]
      return [openGroup(actor, anyDevice(), pickOf([...containers, ...iommufds], random))]
    },
    (actor) => [openGroup(actor, anyDevice())],
    (actor) => onOne(held[actor].groups, random, (device) => openDevice(actor, device)),
    (actor) =>
      onOne(held[actor].devices, random, (device) => ({ actor, do: 'reset-info', device })),
    (actor) => onOne(held[actor].devices, random, (device) => reset(actor, device)),
    (actor) =>
      onOne(held[actor].devices, random, (device) => ({ actor, do: 'close-device', device })),
    (actor) =>
      onOne(held[actor].groups, random, (device) => ({ actor, do: 'close-group', device })),
    (actor) =>
      onOne(held[actor].containers, random, (name) => ({ actor, do: 'close-container', name })),
    (actor) =>
      onOne(held[actor].devices, random, (device) => ({ actor, do: 'device-reset', device })),
  ]
  const cdevWays: typeof ways = [
    (actor) => [openIommufd(actor)],
    (actor) => [bind(actor, anyDevice(), pickOf(held[actor].iommufds, random) ?? null)],
    (actor) => [bind(actor, anyDevice(), pickOf(held[actor].iommufds, random) ?? null)],
    (actor) =>
      onOne(held[actor].iommufds, random, (name) => ({ actor, do: 'close-iommufd', name })),
  ]
  const all = hasCdev ? [...ways, ...cdevWays] : ways

  return {
    open(device) {
      if (hasCdev && random.chance(0.5)) {
        const context = openIommufd('a')
        return [context, bind('a', device, context.as ?? null)]
      }
      const container = openContainer('a')
      return [container, openGroup('a', device, container.as), openDevice('a', device)]
    },
    act() {
      const actor = random.chance(0.7) ? 'a' : 'b'
      return pickOf(all, random)?.(actor) ?? []
    },
    ask: (device) => [{ actor: 'a', do: 'reset-info', device }, reset('a', device)],
  }
}

function emptyHands(): Held {
  return { containers: [], iommufds: [], groups: [], devices: [] }
}

function onOne(
  items: readonly string[],
  random: Random,
  step: (item: string) => LabStep,
): LabStep[] {
  const item = pickOf(items, random)
  return item === undefined ? [] : [step(item)]
}

function pickOf<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)]
}

/** Each different item with good odds, in its order. */
function subset(items: readonly string[], random: Random): string[] {
  return [...new Set(items)].filter(() => random.chance(0.8))
}
