import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.js'
import { type RunSummary, renderConformance } from './conformance.js'
import type { Kernel, MissingKernel } from './kernels/kernel.js'
import { obtainKernels } from './kernels/obtain.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import { type NativeChecks, runNativeChecks } from './native/watch.js'
import type { LabOptions } from './options.js'
import type { CaseOutcome } from './outcome.js'
import { readRecordings, writeRecording } from './recordings.js'
import { replay } from './replay.js'
import { planBenches, runBenches } from './run-benches.js'
import type { Say } from './say.js'
import { openTool, type Tool } from './tool.js'
import { ensureGuestTools } from './tools.js'
import { readTopologies, type Topology } from './topology.js'

/** What a run needs from outside. */
export interface LabHost {
  readonly repository: string
  readonly node: string
  /** Folder of the bundled scripts that run in guests. */
  readonly scripts: string
  readonly say: Say
}

/** Machines that a push waits for: every kind of reset, of opening, and of refusal that differs between releases. */
const SMOKE_TOPOLOGIES = ['ports', 'slots', 'sriov', 'noiommu']

/** The machine on which resets are watched. */
const WATCHED_TOPOLOGY = 'ports'

/** Runs the lab. True: model and kernels agreed wherever they were asked. */
export async function runLab(options: LabOptions, host: LabHost): Promise<boolean> {
  const { repository, say } = host
  const qemu = await ensureGuestTools(options.cache)
  const wanted = WANTED_KERNELS.filter(({ id }) => isNamed(id, options.kernels))
  const { kernels, missing } = await obtainKernels(wanted, {
    cache: options.cache,
    scripts: join(repository, 'lab/kernels'),
    mayBuild: !options.smoke,
    say,
  })
  const topologies = await readTopologies(join(repository, 'lab/topologies'))
  const asked = topologies.filter((topology) => isWanted(topology, options))
  const tool = openTool(join(host.scripts, 'tool-server.cjs'), repository)
  try {
    const benchOptions = benchOptionsOf(options, host, tool)
    const results = await runBenches(planBenches(kernels, asked), options, benchOptions)
    const recorded = await replayMissing(missing, options, host, tool)
    const native = await checkNative(options, host, { kernels, topologies })
    if (options.record) await record(results, kernels, repository)
    const summary: RunSummary = {
      kernels,
      missing,
      topologies: asked,
      outcomes: [...results.flatMap((result) => result.outcomes), ...recorded],
      random: benchOptions.random,
      qemu,
      native,
    }
    const report = renderConformance(summary)
    if (options.writesReport) await writeFile(join(repository, 'docs/conformance.md'), report)
    say(report)
    return isAgreed(summary)
  } finally {
    tool.stop()
  }
}

function isWanted({ name }: Topology, { topologies, smoke }: LabOptions): boolean {
  return (
    isNamed(name, topologies) &&
    (!smoke || topologies.length > 0 || SMOKE_TOPOLOGIES.includes(name))
  )
}

/** No names at all stand for every name. */
function isNamed(name: string, names: readonly string[]): boolean {
  return names.length === 0 || names.includes(name)
}

function benchOptionsOf(
  { cache, seed, count, shrinks }: LabOptions,
  host: LabHost,
  tool: Tool,
): BenchOptions {
  const { repository, say } = host
  return {
    host: { ...host, init: join(repository, 'lab/guest/init.sh') },
    tool,
    runs: join(cache, 'runs'),
    scenarios: join(repository, 'lab/scenarios'),
    random: { seed, count },
    shrinks,
    say,
  }
}

/** What kernels that are not to be had today answered earlier. */
async function replayMissing(
  missing: readonly MissingKernel[],
  { cache }: LabOptions,
  { repository, say }: LabHost,
  tool: Tool,
): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const { id } of missing) {
    for (const recording of await readRecordings(join(repository, 'fixtures/lab'), id)) {
      const answers = await replay(recording, { tool, folder: join(cache, 'replay') })
      say(`${id} ${recording.topology}/${recording.setup}: ${answers.length} recorded answers`)
      outcomes.push(...answers)
    }
  }
  return outcomes
}

async function checkNative(
  { cache }: LabOptions,
  host: LabHost,
  { kernels, topologies }: { kernels: readonly Kernel[]; topologies: readonly Topology[] },
): Promise<NativeChecks> {
  const topology = topologies.find(({ name }) => name === WATCHED_TOPOLOGY)
  if (topology === undefined) throw new Error(`no topology ${WATCHED_TOPOLOGY}`)
  const { repository, say } = host
  return runNativeChecks({
    cache,
    sources: join(repository, 'lab/native'),
    kernels,
    topology,
    host: { ...host, init: join(repository, 'lab/guest/init.sh') },
    say,
  })
}

/** Keeps what built kernels answered: others can be had from the archive at any time. */
async function record(
  results: readonly BenchResult[],
  kernels: readonly Kernel[],
  repository: string,
): Promise<void> {
  const built = kernels.filter(({ kind }) => kind === 'built').map(({ id }) => id)
  for (const { place, recording } of results) {
    if (built.includes(place.kernel)) {
      await writeRecording(join(repository, 'fixtures/lab'), recording)
    }
  }
}

function isAgreed({ outcomes, native }: RunSummary): boolean {
  return (
    outcomes.every(({ verdict }) => verdict === 'agreed') &&
    (native.layoutDifferences ?? []).length === 0 &&
    native.proofs.every(({ holds }) => holds)
  )
}
