import { type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import { type KernelRelease, parseKernelRelease } from '../../kernel/kernel-release.js'
import { POLICIES } from '../../policy/policies/index.js'
import { flag, isMismatch } from './fields.js'
import { parseStep } from './parse-step.js'
import {
  type DriverChoice,
  isScenarioProblem,
  type PolicyChoice,
  policyChoice,
  type Scenario,
  type ScenarioProblem,
  type StoryStep,
} from './scenario.js'
import { isYamlProblem, parseYaml, type YamlEntry, type YamlValue } from './yaml-value.js'

/** Reads a scenario file (`docs/reference/scenarios.md`). Whether its names fit a host is `checkScenario`'s question. */
export function parseScenario(text: string): Scenario | ScenarioProblem {
  const yaml = parseYaml(text)
  if (isYamlProblem(yaml)) return yaml
  if (yaml.kind !== 'map')
    return { line: yaml.line, problem: 'it must be a mapping with the key "steps"' }
  const values = new Map(yaml.entries.map(({ key, value }) => [key, value]))
  const stray = yaml.entries.find(({ key }) => !KEYS.includes(key))
  if (stray !== undefined) {
    return {
      line: stray.line,
      problem: `unknown key "${stray.key}"; the keys are ${KEYS.join(', ')}`,
    }
  }
  const parts = {
    kernel: orAbsent(values.get('kernel'), parseKernel),
    policy: orAbsent(values.get('policy'), parsePolicy),
    noiommu: orAbsent(values.get('noiommu'), parseFlag),
  }
  const drivers = parseDrivers(values.get('drivers'))
  const steps = parseSteps(values.get('steps'))
  const { kernel, policy, noiommu } = parts
  if (isProblem(kernel)) return kernel
  if (isProblem(policy)) return policy
  if (isProblem(noiommu)) return noiommu
  if (isScenarioProblem(drivers)) return drivers
  if (isScenarioProblem(steps)) return steps
  return { kernel, policy, noiommu, drivers, steps }
}

const KEYS: readonly string[] = ['kernel', 'policy', 'drivers', 'noiommu', 'steps']

function orAbsent<T>(
  value: YamlValue | undefined,
  parse: (value: YamlValue) => T | ScenarioProblem,
): T | ScenarioProblem | null {
  const absent = value === undefined || (value.kind === 'scalar' && value.value === null)
  return absent ? null : parse(value)
}

function isProblem(result: unknown): result is ScenarioProblem {
  return typeof result === 'object' && result !== null && isScenarioProblem(result)
}

/** The text as it is written: 6.10 is a release, and no number. */
function parseKernel(value: YamlValue): KernelRelease | ScenarioProblem {
  const release = value.kind === 'scalar' ? parseKernelRelease(value.source) : undefined
  return release ?? { line: value.line, problem: '"kernel" must be a release such as 6.12.95' }
}

function parsePolicy(value: YamlValue): PolicyChoice | ScenarioProblem {
  const choice = value.kind === 'scalar' ? policyChoice(value.source) : undefined
  if (choice !== undefined) return choice
  const ids = ['kernel', ...POLICIES.map(({ id }) => id)].join(', ')
  return { line: value.line, problem: `"policy" must be one of ${ids}` }
}

function parseFlag(value: YamlValue): boolean | ScenarioProblem {
  const read = flag(value)
  return isMismatch(read)
    ? { line: read.line, problem: `"noiommu" must be ${read.expected}` }
    : read
}

function parseDrivers(
  value: YamlValue | undefined,
): ReadonlyMap<PciAddress, DriverChoice> | ScenarioProblem {
  const drivers = new Map<PciAddress, DriverChoice>()
  if (value === undefined || (value.kind === 'scalar' && value.value === null)) return drivers
  if (value.kind !== 'map') {
    return { line: value.line, problem: '"drivers" must be a mapping of addresses to drivers' }
  }
  for (const entry of value.entries) {
    const driver = parseDriver(entry)
    if (isProblem(driver)) return driver
    const { address, ...choice } = driver
    if (drivers.has(address)) {
      return { line: entry.line, problem: `${address} is given twice in "drivers"` }
    }
    drivers.set(address, choice)
  }
  return drivers
}

function parseDriver({
  key,
  line,
  value,
}: YamlEntry): (DriverChoice & { readonly address: PciAddress }) | ScenarioProblem {
  const address = parsePciAddress(key.toLowerCase())
  if (address === undefined) return { line, problem: `"${key}" is no address such as 0000:01:00.0` }
  if (value.kind === 'scalar') {
    if (value.value === null) return { address, driver: null, line }
    if (DRIVER.test(value.source)) return { address, driver: value.source, line }
  }
  return { line: value.line, problem: `the driver of ${address} must be a name or null` }
}

const DRIVER = /^[\w.:-]{1,64}$/

function parseSteps(value: YamlValue | undefined): readonly StoryStep[] | ScenarioProblem {
  if (value === undefined) return { line: null, problem: 'it has no "steps"' }
  if (value.kind !== 'list') return { line: value.line, problem: '"steps" must be a list' }
  const steps: StoryStep[] = []
  for (const item of value.items) {
    const step = parseStep(item)
    if (isScenarioProblem(step)) return step
    steps.push(step)
  }
  return steps
}
