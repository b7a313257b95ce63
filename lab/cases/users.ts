import type { TestFunction } from '../machine.js'
import type { LabStep } from '../scenario.js'
import type { Random } from './random.js'
import { TOKENS } from './tokens.js'

type Actor = 'a' | 'b'

/** How a function is opened: `compat` is its group on an iommufd in place of a container. */
type Way = 'group' | 'compat' | 'cdev'

/** Two users at one machine. Every method returns steps to be taken next. */
export interface Users {
  /** Opens a function in a way drawn for it alone, or not at all; a target always, by user `a`. */
  open(one: TestFunction, isTarget: boolean): LabStep[]
  /** Something that a user can do now. */
  act(): LabStep[]
  /** INFO and HOT_RESET at `one`, by user `a`. */
  ask(one: TestFunction): LabStep[]
}

/** What one user has named so far, whether or not the kernel went along. */
interface Held {
  readonly containers: string[]
  readonly iommufds: string[]
  /** Functions whose group files were opened. */
  readonly groups: string[]
  readonly devices: string[]
}

/** How users go about it. */
export interface Manner {
  readonly hasCdev: boolean
  /** One user opens everything, most of it in one way, and passes all that a reset wants. */
  readonly orderly: boolean
}

/** `functions`: all that the users know of. */
export function createUsers(
  functions: readonly TestFunction[],
  { hasCdev, orderly }: Manner,
  random: Random,
): Users {
  const held: Readonly<Record<Actor, Held>> = { a: emptyHands(), b: emptyHands() }
  let names = 0
  const hasVirtual = functions.some(({ isVirtual }) => isVirtual)

  const openContext = (actor: Actor, kind: 'container' | 'iommufd'): LabStep => {
    const as = `${kind === 'container' ? 'c' : 'i'}${names++}`
    held[actor][kind === 'container' ? 'containers' : 'iommufds'].push(as)
    return { actor, do: `open-${kind}`, as }
  }
  /** Mostly the context that the user has; its name, and the steps that make it. */
  const context = (actor: Actor, kind: 'container' | 'iommufd') => {
    const known = held[actor][kind === 'container' ? 'containers' : 'iommufds']
    const name = pickOf(known, random)
    if (name !== undefined && (orderly || random.chance(0.85))) return { name, steps: [] }
    const step = openContext(actor, kind)
    return { name: step.as ?? '', steps: [step] }
  }
  /** Virtual functions and those that have some are asked for a token; elsewhere one is a mistake. */
  const token = ({ isVirtual, vfs }: TestFunction): Pick<LabStep, 'token'> => {
    const share = isVirtual || vfs > 0 ? 0.6 : 0.03
    return random.chance(share) ? { token: random.chance(0.75) ? TOKENS[0] : TOKENS[1] } : {}
  }
  const openGroup = (actor: Actor, device: string, container?: string): LabStep => {
    held[actor].groups.push(device)
    const step = { actor, do: 'open-group', device } as const
    return container === undefined ? step : { ...step, container }
  }
  const openDevice = (actor: Actor, one: TestFunction): LabStep => {
    held[actor].devices.push(one.address)
    byCdev.delete(one.address)
    return { actor, do: 'open-device', device: one.address, ...token(one) }
  }
  const bind = (actor: Actor, one: TestFunction, iommufd: string | null): LabStep => {
    held[actor].devices.push(one.address)
    byCdev.add(one.address)
    return { actor, do: 'bind-cdev', device: one.address, iommufd, ...token(one) }
  }
  const openBy = (actor: Actor, one: TestFunction, way: Way): LabStep[] => {
    const { name, steps } = context(actor, way === 'group' ? 'container' : 'iommufd')
    if (way === 'cdev') return [...steps, bind(actor, one, name)]
    return [...steps, openGroup(actor, one.address, name), openDevice(actor, one)]
  }
  const anyWay = (): Way =>
    hasCdev ? random.pick(['group', 'compat', 'cdev', 'cdev'] as const) : 'group'
  const usual = anyWay()
  const drawWay = (): Way => (orderly && random.chance(0.8) ? usual : anyWay())
  /** Functions whose last opening was by a cdev: their resets want no files. */
  const byCdev = new Set<string>()
  const reset = (actor: Actor, device: string): LabStep => {
    const { groups, devices, iommufds, containers } = held[actor]
    const passed = random.chance(byCdev.has(device) ? 0.2 : 0.8) ? subset(groups, random) : []
    const proper = byCdev.has(device) ? [] : [...new Set(groups)]
    const step: LabStep = { actor, do: 'hot-reset', device, groups: orderly ? proper : passed }
    if (orderly || random.chance(0.92)) return step
    return random.pick<LabStep>([
      { ...step, deviceFds: subset(devices, random) },
      { ...step, iommufds: subset(iommufds, random), containers: subset(containers, random) },
      { ...step, closedFds: 1 },
      { ...step, flags: 1 },
    ])
  }
  /** Whoever resets needs the group files of the others, open devices or not; some are not opened at all. */
  const openOther = (one: TestFunction): LabStep[] => {
    if (random.chance(orderly ? 0.05 : 0.25)) return []
    const actor = orderly || random.chance(0.8) ? 'a' : 'b'
    const isBare = random.chance(orderly ? 0.1 : 0.2)
    return isBare ? [openGroup(actor, one.address)] : openBy(actor, one, drawWay())
  }
  const anyFunction = (): TestFunction | undefined => pickOf(functions, random)
  const close = (
    actor: Actor,
    verb: 'close-device' | 'close-group',
    devices: readonly string[],
  ): LabStep[] => onOne(devices, random, (device) => ({ actor, do: verb, device }))
  const closeContext = (
    actor: Actor,
    verb: 'close-container' | 'close-iommufd',
    known: readonly string[],
  ): LabStep[] => onOne(known, random, (name) => ({ actor, do: verb, name }))

  const ways: readonly ((actor: Actor) => LabStep[])[] = [
    (actor) => onKnown(anyFunction(), (one) => openBy(actor, one, drawWay())),
    (actor) => onKnown(anyFunction(), (one) => [openGroup(actor, one.address)]),
    (actor) =>
      onOne(held[actor].devices, random, (device) => ({ actor, do: 'reset-info', device })),
    (actor) => onOne(held[actor].devices, random, (device) => reset(actor, device)),
    (actor) => onOne(held[actor].devices, random, (device) => reset(actor, device)),
    (actor) => close(actor, 'close-device', held[actor].devices),
    (actor) => close(actor, 'close-group', held[actor].groups),
    (actor) => closeContext(actor, 'close-container', held[actor].containers),
    (actor) => closeContext(actor, 'close-iommufd', held[actor].iommufds),
    (actor) =>
      onOne(held[actor].devices, random, (device) => ({ actor, do: 'device-reset', device })),
    ...(hasVirtual
      ? [
          (actor: Actor) =>
            onOne(held[actor].devices, random, (device) => ({
              actor,
              do: 'set-vf-token',
              device,
              token: random.pick(TOKENS),
            })),
        ]
      : []),
  ]

  return {
    open: (one, isTarget) => (isTarget ? openBy('a', one, drawWay()) : openOther(one)),
    act: () => pickOf(ways, random)?.(random.chance(0.7) ? 'a' : 'b') ?? [],
    ask: ({ address }) => [{ actor: 'a', do: 'reset-info', device: address }, reset('a', address)],
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

function onKnown<T>(item: T | undefined, steps: (item: T) => LabStep[]): LabStep[] {
  return item === undefined ? [] : steps(item)
}

function pickOf<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)]
}

/** Each different item with good odds, in its order. */
function subset(items: readonly string[], random: Random): string[] {
  return [...new Set(items)].filter(() => random.chance(0.8))
}
