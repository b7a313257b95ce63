import {
  distantGroupMembers,
  type Machine,
  siblingsOf,
  strangerTo,
  type TestFunction,
} from '../machine.js'
import type { LabScenario } from '../scenario.js'
import { type BindState, bindStates } from './bind-states.js'
import { cdevCalls } from './cdev-calls.js'
import { groupCalls } from './group-calls.js'
import { surroundingsOf } from './surroundings.js'

/** A scenario with the name that reports give it. */
export interface LabCase {
  readonly name: string
  readonly scenario: LabScenario
}

/**
 * Every combination of target, bind state and way of opening that could be answered differently. Targets that stand in
 * the same relation to their neighbours get all ways once, and the common ones each.
 */
export function enumerateCases(machine: Machine): readonly LabCase[] {
  const seen = new Set<string>()
  return machine.targets.flatMap((target) => {
    const relation = relationOf(machine, target)
    const isFirst = !seen.has(relation)
    seen.add(relation)
    return casesOf(machine, target, isFirst)
  })
}

function casesOf(machine: Machine, target: TestFunction, isFirst: boolean): LabCase[] {
  const surroundings = surroundingsOf(machine, target)
  const calls = [...groupCalls(surroundings), ...(machine.hasCdev ? cdevCalls(surroundings) : [])]
  const states = bindStates(machine, target).filter(({ isComplete }) => isComplete || isFirst)
  return states.flatMap((state) =>
    calls
      .filter(({ onlyComplete }) => !onlyComplete || (isFirst && state.isComplete))
      .map(({ name, steps }) => ({
        name: `${target.address}/${state.name}/${name}`,
        scenario: { drivers: withStranger(machine, target, state), steps },
      })),
  )
}

/** The stranger is bound to vfio-pci in every state, so that calls can use it. */
function withStranger(machine: Machine, target: TestFunction, { drivers }: BindState) {
  const stranger = strangerTo(machine, target)
  return stranger === undefined ? drivers : { ...drivers, [stranger.address]: 'vfio-pci' }
}

/** What the answers for a target depend on besides drivers and calls. */
function relationOf(machine: Machine, target: TestFunction): string {
  const relative = (one: TestFunction) =>
    `${one.group === target.group ? 'same' : 'other'}-group ${one.isVirtual ? 'vf' : 'pf'} ${one.fixedDriver}`
  return [
    target.isOnRootBus ? 'root' : 'below',
    relative(target),
    ...siblingsOf(machine, target).map(relative),
    distantGroupMembers(machine, target).length > 0 ? 'distant' : '',
  ].join(', ')
}
