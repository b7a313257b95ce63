import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { VfioNodes } from '../../src/execution/nodes.js'
import { performScenario } from '../../src/execution/perform-scenario.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { callsAlone, isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import type { KernelCalls } from '../../src/uapi/kernel-calls.js'
import { linuxCalls } from '../../src/uapi/linux-calls.js'
import type { StepAnswer } from '../answers.js'
import { DEVICES } from './drivers.js'

let kernel: KernelCalls | null = null

/**
 * Performs a scenario as `verify` does, without reading the host and predicting anything, which takes most of its time in a
 * guest. A step for which there was nothing to call is null, as in `verify`'s document.
 */
export async function playScenario(text: string): Promise<readonly (StepAnswer | null)[]> {
  const parsed = parseScenario(text)
  const scenario = isScenarioProblem(parsed) ? parsed : callsAlone(parsed)
  if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
  kernel ??= await linuxCalls()
  const performed = await performScenario(scenario, { kernel, nodesOf, goesOn: () => true })
  // Through JSON: what the document of `verify` would hold.
  return JSON.parse(JSON.stringify(performed))
}

/** Where the files of one function are now. */
function nodesOf(address: string): VfioNodes {
  const folder = `${DEVICES}/${address}`
  const link = `${folder}/iommu_group`
  const group = existsSync(link) ? Number(basename(readlinkSync(link))) : null
  const noiommu = group !== null && groupName(group) === 'vfio-noiommu'
  return {
    group: group === null ? null : `/dev/vfio/${noiommu ? 'noiommu-' : ''}${group}`,
    noiommu,
    cdev: cdevOf(`${folder}/vfio-dev`),
  }
}

function groupName(group: number): string | null {
  const file = `/sys/kernel/iommu_groups/${group}/name`
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null
}

function cdevOf(folder: string): string | null {
  const name = existsSync(folder) ? readdirSync(folder)[0] : undefined
  return name !== undefined && existsSync(`${folder}/${name}/dev`)
    ? `/dev/vfio/devices/${name}`
    : null
}
