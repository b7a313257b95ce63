import { valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawFunction } from '../../host/raw-host.js'
import { placeOf } from '../../pci/place.js'
import type { CheckResult } from '../answer.js'
import type { WantedFunction } from '../question.js'
import type { Asked, Situation, Vm } from '../situation.js'
import { assignable } from './assignable.js'
import { type Finding, fail, pass } from './check.js'
import { conflicts } from './conflicts.js'
import { exists } from './exists.js'
import { CHECKS, type CheckId } from './index.js'

/** Every check of every function of one VM, function by function in the order of the input. */
export function checkVm(situation: Situation, vm: Vm): readonly CheckResult[] {
  return vm.request.functions.flatMap((wanted) => checkFunction(situation, vm, wanted))
}

function checkFunction(
  situation: Situation,
  vm: Vm,
  wanted: WantedFunction,
): readonly CheckResult[] {
  const { address } = wanted
  const of = (id: CheckId, finding: Finding): CheckResult => {
    return { id, vm: vm.request.name, device: address, ...finding }
  }
  const raw = situation.byAddress.get(address)
  const device = situation.host.topology.byAddress.get(address)
  const opened = vm.opened.get(address)
  const owner = raw === undefined ? undefined : ownerOf(raw, situation)
  if (device === undefined && owner !== undefined) {
    return [of(exists.id, pass()), of(conflicts.id, fail([{ kind: 'gone-with', address, owner }]))]
  }
  if (raw === undefined || device === undefined || opened === undefined) {
    return [of(exists.id, fail([{ kind: 'no-such-function', address }]))]
  }
  const asked: Asked = { situation, vm, wanted, raw, device, ...opened }
  const results: CheckResult[] = []
  for (const { id, run } of CHECKS) {
    const finding = run(asked)
    if (finding !== null) results.push(of(id, finding))
    // No driver, group or reset makes a function of what vfio-pci does not bind to.
    if (id === assignable.id && finding?.outcome === 'fail') break
  }
  return results
}

/** The function on whose driver this one rests and which the same question takes from it, so that this one goes. */
function ownerOf(
  { address, path, physfn }: RawFunction,
  { vms }: Situation,
): PciAddress | undefined {
  const { dmaDevice } = placeOf(address, path)
  const owners = [valueOrNull(physfn), dmaDevice]
  return owners.find(
    (owner): owner is PciAddress =>
      owner !== null && vms.some(({ owned, taken }) => owned.has(owner) || taken.has(owner)),
  )
}
