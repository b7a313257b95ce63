import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import { isBridge, type PciDevice } from '../../pci/device.js'
import type { Topology } from '../../pci/topology.js'
import { isVfioDriver } from '../../vfio/driver.js'
import type { Scenario, ScenarioProblem, StoryStep } from './scenario.js'

/**
 * Whether the names of a scenario fit a host: functions that are there, files that their actor opens or tries to open in
 * some step. null: they do. `topology` has the scenario's bind state, since fake groups count too.
 */
export function checkScenario(scenario: Scenario, topology: Topology): ScenarioProblem | null {
  return (
    driverProblem(scenario, topology) ??
    scenario.steps.reduce<ScenarioProblem | null>(
      (found, step) => found ?? functionProblem(step, topology),
      null,
    ) ??
    nameProblem(scenario.steps, topology)
  )
}

function driverProblem({ drivers }: Scenario, topology: Topology): ScenarioProblem | null {
  for (const [address, { driver, line }] of drivers) {
    const device = topology.byAddress.get(address)
    if (device === undefined) return missing(line, address, topology.raw)
    if (driver === null || !isVfioDriver(driver, topology.raw.system)) continue
    if (isBridge(device)) {
      return { line, problem: `${address} is a bridge, and ${driver} does not bind to bridges` }
    }
  }
  return null
}

function functionProblem(step: StoryStep, { byAddress, raw }: Topology): ScenarioProblem | null {
  const stranger = functionsOf(step).find((address) => !byAddress.has(address))
  return stranger === undefined ? null : missing(step.line, stranger, raw)
}

function functionsOf(step: StoryStep): readonly PciAddress[] {
  const own = 'device' in step ? [step.device] : []
  return step.do === 'hot-reset' ? [...own, ...step.groups, ...step.deviceFds] : own
}

function missing(line: number, address: PciAddress, { functions }: RawHost): ScenarioProblem {
  const near = functions
    .filter((each) => each.address.slice(0, -5) === address.slice(0, -5))
    .map((each) => each.address)
  const hint = near.length === 0 ? '' : `; on that bus there is ${near.slice(0, 4).join(', ')}`
  return { line, problem: `the host has no function ${address}${hint}` }
}

/** Containers, iommufds and group files are named only by who opens them, whether or not that works. */
function nameProblem(steps: readonly StoryStep[], topology: Topology): ScenarioProblem | null {
  const opened = new Set<string>()
  for (const step of steps) {
    if (step.do === 'open-container' || step.do === 'open-iommufd') {
      opened.add(key(step, 'file', step.as))
    }
    if (step.do === 'open-group' || step.do === 'take')
      opened.add(key(step, 'group', groupOf(step.device, topology)))
  }
  for (const step of steps) {
    const name = namesOf(step).find((each) => !opened.has(key(step, 'file', each)))
    if (name !== undefined) {
      return {
        line: step.line,
        problem: `"${name}" is no container or iommufd that ${step.actor} opens`,
      }
    }
    const address = groupFilesOf(step).find(
      (each) => !opened.has(key(step, 'group', groupOf(each, topology))),
    )
    if (address !== undefined) {
      return { line: step.line, problem: `${step.actor} opens no group file of ${address}` }
    }
  }
  return null
}

function key({ actor }: StoryStep, kind: 'file' | 'group', name: string): string {
  return `${kind} ${actor}\0${name}`
}

/** Functions of one group share its file. */
function groupOf(address: PciAddress, { byAddress }: Topology): string {
  const device: PciDevice | undefined = byAddress.get(address)
  const group = device?.raw.iommuGroup
  return group?.known === true && group.value !== null ? String(group.value) : address
}

function namesOf(step: StoryStep): readonly string[] {
  switch (step.do) {
    case 'open-group':
      return step.container === null ? [] : [step.container]
    case 'set-iommu':
      return [step.container]
    case 'bind-cdev':
      return step.iommufd === null ? [] : [step.iommufd]
    case 'hot-reset':
      return [...step.iommufds, ...step.containers]
    case 'close-container':
    case 'close-iommufd':
      return [step.name]
    default:
      return []
  }
}

function groupFilesOf(step: StoryStep): readonly PciAddress[] {
  switch (step.do) {
    case 'open-device':
    case 'close-group':
      return [step.device]
    case 'hot-reset':
      return step.groups
    default:
      return []
  }
}
