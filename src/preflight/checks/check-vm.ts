import type { BareCheck, CheckId, WantedFunction } from '../model.js'
import type { Asked, Situation, Vm } from '../situation.js'
import { checkConflicts } from './check-conflicts.js'
import { checkAnswers, checkAssignable, checkDriver } from './check-function.js'
import { checkGroup, checkIommu, checkNoiommu, checkStrangers } from './check-group.js'
import { checkHolders } from './check-holders.js'
import { checkHostNeeds } from './check-host-needs.js'
import { checkInterface, checkInterrupts, checkReservedRegions } from './check-interface.js'
import { checkIsolation } from './check-isolation.js'
import {
  checkResetAtStart,
  checkResetOwnership,
  checkResetSet,
  checkWithinGroup,
} from './check-reset.js'
import { checkVfToken } from './check-vf-token.js'
import { type Finding, fail, pass } from './finding.js'

/** Every check of every function of one VM, function by function in the order of the input. */
export function checkVm(situation: Situation, vm: Vm): readonly BareCheck[] {
  return vm.request.functions.flatMap((wanted) => checkFunction(situation, vm, wanted))
}

/** Checks that need the function; null: the question does not arise. In the order of `CHECK_IDS`. */
const CHECKS: readonly (readonly [CheckId, (asked: Asked) => Finding | null])[] = [
  ['answers', checkAnswers],
  ['assignable', checkAssignable],
  ['driver', checkDriver],
  ['iommu', checkIommu],
  ['noiommu', checkNoiommu],
  ['interface', checkInterface],
  ['group', checkGroup],
  ['strangers', checkStrangers],
  ['isolation', checkIsolation],
  ['reserved-regions', checkReservedRegions],
  ['interrupts', checkInterrupts],
  ['holders', checkHolders],
  ['vf-token', checkVfToken],
  ['host-needs', checkHostNeeds],
  ['reset-set', checkResetSet],
  ['reset-ownership', checkResetOwnership],
  ['reset-at-start', checkResetAtStart],
  ['within-group', checkWithinGroup],
  ['conflicts', checkConflicts],
]

/** No driver, group or reset makes a function of what vfio-pci does not take. */
const OF_BRIDGES = CHECKS.filter(([id]) => id === 'answers' || id === 'assignable')

function checkFunction(situation: Situation, vm: Vm, wanted: WantedFunction): readonly BareCheck[] {
  const { address } = wanted
  const of = (id: CheckId, finding: Finding): BareCheck => {
    return { id, vm: vm.request.name, device: address, ...finding }
  }
  const raw = situation.byAddress.get(address)
  const device = situation.host.topology.byAddress.get(address)
  if (raw === undefined || device === undefined) {
    return [of('exists', fail([{ kind: 'no-such-function', address }]))]
  }
  const asked: Asked = { situation, vm, wanted, raw, device }
  const isBridge = device.header.known && device.header.value !== 'normal'
  const found = (isBridge ? OF_BRIDGES : CHECKS).flatMap(([id, check]) => {
    const finding = check(asked)
    return finding === null ? [] : [of(id, finding)]
  })
  return [of('exists', pass()), ...found]
}
