import { isYes, known } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost, RawSystem } from '../../host/raw-host.js'
import type { PlanStep } from '../../plan/step.js'
import { rebind, withoutFunctions } from '../../simulation/rebind.js'
import { isVfioBound } from '../../vfio/driver.js'
import type { PreflightHost, PreflightQuestion, VmRequest, WantedFunction } from '../question.js'

/** A host and what is asked of it: what a plan changes. */
export interface Plannable extends PreflightHost {
  readonly question: PreflightQuestion
}

export interface Planned extends Plannable {
  /** Functions that the steps have bound. */
  readonly fresh: ReadonlySet<PciAddress>
}

/** The same host and question after the steps were taken. `vm`: index of the VM that the plan is for. */
export function applySteps(start: Plannable, steps: readonly PlanStep[], vm: number): Planned {
  const drivers = new Map<PciAddress, string | null>()
  for (const step of steps) {
    if (step.do === 'bind') drivers.set(step.device, 'vfio-pci')
    if (step.do === 'unbind') drivers.set(step.device, null)
  }
  const { host, facts, question } = steps.reduce((each, step) => applyStep(each, step, vm), start)
  return { host: rebind(host, drivers), facts, question, fresh: new Set(drivers.keys()) }
}

function applyStep(planned: Plannable, step: PlanStep, vm: number): Plannable {
  const { host, question } = planned
  const { raw } = host
  const onRaw = (after: RawHost): Plannable => ({ ...planned, host: host.whatIf(after) })
  const onVm = (change: (request: VmRequest, index: number) => VmRequest): Plannable => ({
    ...planned,
    question: { ...question, vms: question.vms.map(change) },
  })
  const own = (change: (request: VmRequest) => VmRequest): Plannable =>
    onVm((request, index) => (index === vm ? change(request) : request))
  switch (step.do) {
    case 'bind':
    case 'unbind':
      // Applied together in the end, in one go over all functions.
      return planned
    case 'unbind-other':
      return onRaw(withoutDriver(raw, step.name))
    case 'disable-vfs':
      return onRaw(withoutFunctions(raw, new Set(step.vfs)))
    case 'give':
      return own((request) => given(request, step.device))
    case 'withhold':
      return onVm((request, index) =>
        index !== vm && request.name === step.vm ? withheld(request, step.device) : request,
      )
    case 'end-holder':
      return onRaw(withoutHolder(raw, step))
    case 'use-way':
      return question.via === 'auto' && question.policy === null
        ? own((request) => ({
            ...request,
            functions: request.functions.map((each) => ({ ...each, via: step.way })),
          }))
        : { ...planned, question: { ...question, via: step.way, policy: null } }
    case 'give-once':
      return own((request) => changed(request, step.device, { times: 1 }))
    case 'state-token':
      return own((request) => changed(request, step.device, { token: 'stated' }))
    case 'omit-token':
      return own((request) => changed(request, step.device, { token: null }))
    default:
      return onKernel(planned, step)
  }
}

function onKernel(planned: Plannable, step: PlanStep): Plannable {
  const { raw } = planned.host
  const onSystem = (change: Partial<RawSystem>): Plannable => ({
    ...planned,
    host: planned.host.whatIf({ ...raw, system: { ...raw.system, ...change } }),
  })
  switch (step.do) {
    case 'allow-unsafe-interrupts':
      return onSystem({
        unsafeInterrupts: { ...raw.system.unsafeInterrupts, [step.way]: known(true) },
      })
    case 'remove-parameter': {
      const { commandLine } = raw.system
      const words = commandLine.known ? commandLine.value.split(/\s+/) : []
      const left = words.filter((word) => word !== step.parameter).join(' ')
      // Only what switches interrupt remapping off can be undone in the model: see `isBeyondModel`.
      return onSystem({
        commandLine: commandLine.known ? known(left) : commandLine,
        interrupts: known('remapped'),
      })
    }
    default:
      return planned
  }
}

/** After these steps the host has other groups, which nothing here can foresee. */
export function isBeyondModel(step: PlanStep): boolean {
  if (step.do === 'add-parameter' || step.do === 'enable-in-firmware') return true
  return step.do === 'remove-parameter' && /iommu=/.test(step.parameter)
}

function given(request: VmRequest, address: PciAddress): VmRequest {
  if (request.functions.some((each) => each.address === address)) return request
  // What the VM is given by a plan is bound as the VM's other functions are.
  const managed = request.functions.every((each) => each.managed === true)
  const { via = null, along } = request.functions[0] ?? {}
  const whole = along === undefined ? {} : { along }
  return {
    ...request,
    functions: [
      ...request.functions,
      { address, managed, ...whole, via, token: null, mapped: null, times: 1 },
    ],
  }
}

function withheld(request: VmRequest, address: PciAddress): VmRequest {
  return { ...request, functions: request.functions.filter((each) => each.address !== address) }
}

function changed(
  request: VmRequest,
  address: PciAddress,
  change: Partial<WantedFunction>,
): VmRequest {
  const functions = request.functions.map((each) =>
    each.address === address ? { ...each, ...change } : each,
  )
  return { ...request, functions }
}

function withoutDriver(raw: RawHost, name: string): RawHost {
  const groups = raw.groups.map((group) => ({
    ...group,
    others: group.others.map((each) =>
      each.name === name ? { ...each, driver: known(null) } : each,
    ),
  }))
  return { ...raw, groups }
}

/** What the process had open is closed; functions that nobody else holds count no opens any more. */
function withoutHolder(
  raw: RawHost,
  { pid, device }: Extract<PlanStep, { do: 'end-holder' }>,
): RawHost {
  const holders = raw.holders.filter((each) => each.pid !== pid)
  const group = raw.groups.find(({ devices }) => devices.includes(device))
  const freed = new Set<PciAddress>([device, ...(group === undefined ? [] : group.devices)])
  for (const each of raw.holders)
    if (each.pid === pid && each.device !== null) freed.add(each.device)
  const functions = raw.functions.map((each) =>
    freed.has(each.address) &&
    each.enabled.known &&
    each.enabled.value !== null &&
    isYes(isVfioBound(each, raw.system))
      ? { ...each, enabled: known(0) }
      : each,
  )
  return { ...raw, holders, functions }
}
