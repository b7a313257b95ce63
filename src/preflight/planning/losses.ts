import type { PciAddress } from '../../host/pci-address.js'
import { hostLosses } from '../../plan/host-use.js'
import type { Loss, PlanStep } from '../../plan/step.js'
import { restingOn } from '../../simulation/rebind.js'
import type { Situation } from '../situation.js'

/** What a step takes from the host or from others. */
export function lossesOf(step: PlanStep, situation: Situation): readonly Loss[] {
  const { raw } = situation
  switch (step.do) {
    case 'bind':
      return step.from === null
        ? hostLosses(raw, step.device)
        : driverLosses(step.device, step.from, situation)
    case 'unbind':
      return driverLosses(step.device, step.from, situation)
    case 'unbind-other':
      return [{ kind: 'driver', driver: step.from, names: [step.name] }]
    case 'disable-vfs':
      return [{ kind: 'vfs', vfs: step.vfs }, ...step.vfs.flatMap((vf) => hostLosses(raw, vf))]
    case 'give':
      return [{ kind: 'exclusive' }]
    case 'withhold':
      return [{ kind: 'other-vm', vm: step.vm }]
    case 'end-holder':
      return [{ kind: 'process', pid: step.pid, command: step.command }]
    case 'allow-unsafe-interrupts':
      return [{ kind: 'forged-interrupts' }]
    case 'add-parameter':
    case 'remove-parameter':
    case 'enable-in-firmware':
      return [{ kind: 'reboot' }]
    case 'use-way':
    case 'give-once':
    case 'state-token':
    case 'omit-token':
      return []
  }
}

function driverLosses(address: PciAddress, driver: string, situation: Situation): readonly Loss[] {
  const names = situation.facts.names.get(address)
  const { raw } = situation
  const virtfns = situation.byAddress.get(address)?.virtfns ?? []
  const functions = restingOn(raw, address).filter((each) => !virtfns.includes(each))
  const domain: readonly Loss[] = functions.length === 0 ? [] : [{ kind: 'domain', functions }]
  const loss: Loss = { kind: 'driver', driver, names: names ?? [] }
  return [loss, ...domain, ...hostLosses(raw, address)]
}
