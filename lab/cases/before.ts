import type { Machine, TestFunction } from '../machine.js'
import type { HostChange } from '../scenario.js'
import type { Random } from './random.js'
import { TOKENS } from './tokens.js'

/** A function with the driver that it is to be on when the first step is taken. */
export interface WantedDriver {
  readonly one: TestFunction
  readonly driver: string | null
}

export interface Before {
  readonly before: readonly HostChange[]
  /** Functions that were taken off and did not come back. */
  readonly gone: ReadonlySet<string>
}

/** Share of the scenarios that are predicted from a tree in which all drivers are bound already. */
const BOUND_SHARE = 0.2

/** Draws what happens to the host before a scenario: mostly nothing but binding, which the scenario itself states. */
export function drawBefore(
  machine: Machine,
  scene: { readonly target: TestFunction; readonly wanted: readonly WantedDriver[] },
  random: Random,
): Before {
  const { target, wanted } = scene
  if (random.chance(machine.movingShare)) return drawMoves(target, wanted, random)
  const isBound = random.chance(BOUND_SHARE)
  return { before: isBound ? wanted.flatMap(bind) : [], gone: new Set() }
}

/** Drivers bound one after the other, with something that changes the host between two of them. */
function drawMoves(target: TestFunction, wanted: readonly WantedDriver[], random: Random): Before {
  const gone = new Set<string>()
  const moves = Array.from({ length: 1 + random.below(2) }, () =>
    drawMove(target, wanted, gone, random),
  )
  const cuts = moves.map(() => random.below(wanted.length + 1))
  const before: HostChange[] = []
  for (let index = 0; index <= wanted.length; index++) {
    before.push(...moves.filter((_, move) => cuts[move] === index).flat())
    const next = wanted[index]
    if (next !== undefined && !gone.has(next.one.address)) before.push(...bind(next))
  }
  // What was taken off lost its driver: the scenario's own drivers bind it again.
  return { before: possible(before), gone }
}

/** Without what cannot be done: taking off what is off already, taking a slot from a port that has none. */
function possible(changes: readonly HostChange[]): HostChange[] {
  const absent = new Set<string>()
  const released = new Set<string>()
  return changes.filter((change) => {
    switch (change.do) {
      case 'rescan':
        absent.clear()
        return true
      case 'remove':
        return !absent.has(change.device) && absent.add(change.device)
      case 'bind':
        return !absent.has(change.device)
      case 'release-slot':
        return !released.has(change.port) && released.add(change.port)
      case 'take-slot':
        return released.delete(change.port)
      default:
        return true
    }
  })
}

function drawMove(
  target: TestFunction,
  wanted: readonly WantedDriver[],
  gone: Set<string>,
  random: Random,
): HostChange[] {
  const removable = wanted.filter(({ one }) => canBeRemoved(one))
  const others = removable.filter(({ one }) => one !== target && !gone.has(one.address))
  const kinds: (() => HostChange[])[] = []
  if (removable.length > 0) {
    kinds.push(() => {
      const some = removable.filter(() => random.chance(0.6))
      return [...some.map(({ one }) => remove(one)), { do: 'rescan' }]
    })
  }
  const port = target.slotPort
  if (port !== null) {
    const release: HostChange = { do: 'release-slot', port }
    kinds.push(
      () => [release],
      () => [release, { do: 'take-slot', port }],
    )
  }
  const physical = wanted.find(({ one }) => one.vfs > 0)
  if (physical !== undefined) {
    const { address, vfs } = physical.one
    kinds.push(() => [{ do: 'vfs', device: address, count: vfs }])
    if (physical.driver === 'vfio-pci') {
      kinds.push(() => [{ do: 'token', device: address, token: random.pick(TOKENS) }])
    }
  }
  const leaver = others[random.below(others.length)]
  if (leaver !== undefined && random.chance(0.3)) {
    gone.add(leaver.one.address)
    return [remove(leaver.one)]
  }
  return kinds[random.below(kinds.length)]?.() ?? []
}

function remove({ address }: TestFunction): HostChange {
  return { do: 'remove', device: address }
}

function bind({ one, driver }: WantedDriver): HostChange[] {
  if (one.fixedDriver !== null) return []
  return [{ do: 'bind', device: one.address, driver }]
}

/** A rescan finds no virtual function, and a physical one would come back without those that it had. */
function canBeRemoved({ fixedDriver, isVirtual }: TestFunction): boolean {
  return fixedDriver === null && !isVirtual
}
