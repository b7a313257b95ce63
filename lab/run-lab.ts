import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.js'
import { type RunSummary, renderConformance } from './conformance.js'
import { type KeptAnswers, type KeptBench, openKeptAnswers } from './kept-answers.js'
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
import { openTool } from './tool.js'
import { ensureGuestTools } from './tools.js'
import { type Bench, readTopologies, type Topology } from './topology.js'
import type { Walk } from './walk.js'
import { runWalks } from './walks.js'

/** What a run needs from outside. */
export interface LabHost {
  readonly repository: string
  readonly node: string
  /** Folder of the bundled scripts that run in guests. */
  readonly scripts: string
  readonly say: Say
}

/** Kernels that a push waits for: the oldest in wide use and the newest, with every way of opening on either side. */
const SMOKE_KERNELS = ['debian-6.1', 'debian-newest', 'lab-6.12', 'lab-newest']

/** Machines that a push waits for: every kind of reset, of opening, and of refusal that differs between releases. */
const SMOKE_MACHINES = ['ports/plain', 'slots/plain', 'sriov/vfio-pf', 'noiommu/plain']

/** The machine on which resets are watched. */
const WATCHED_TOPOLOGY = 'ports'

/** Runs the lab. True: model and kernels agreed wherever they were asked. */
export async function runLab(options: LabOptions, host: LabHost): Promise<boolean> {
  const { repository, say } = host
  const topologies = await readTopologies(join(repository, 'lab/topologies'))
  const tool = openTool(join(host.scripts, 'tool-server.cjs'), repository)
  const kept = openKeptAnswers(join(options.cache, 'answers'))
  try {
    const guests = await prepareGuests(options, host)
    const isTimeUp = startClock(options.minutes)
    const asked = topologies.filter(({ name }) => isNamed(name, options.topologies))
    const benches = planBenches(guests.kernels, asked).filter((bench) => isWanted(bench, options))
    const results = await runBenches(benches, options.jobs, {
      ...benchOptionsOf(options, host),
      tool,
      kept,
      isTimeUp,
    })
    if (results.length === 0 && benches.length > 0)
      say('NO KERNEL WAS ASKED: the time was up before')
    const earlier = options.smoke ? [] : await earlierBenches(kept, results, guests.kernels)
    const native = await checkNative(options, host, { ...guests, topologies, isTimeUp })
    const walks = await checkWalks(options, host, { ...guests, topologies, isTimeUp })
    const benchesKept = [...results.flatMap((result) => result.kept ?? []), ...earlier]
    if (options.record) await record(benchesKept, repository)
    const folder = join(options.cache, 'replay')
    const outcomes = [
      ...results.flatMap((result) => result.outcomes),
      ...(await replayAll(earlier, folder)),
      ...(await replayMissing(guests.missing, folder, host)),
    ]
    const summary: RunSummary = {
      benches: benchesKept,
      missing: [...guests.missing, ...notAsked(benchesKept, guests.missing)],
      topologies,
      outcomes,
      qemu: guests.qemu,
      native,
      walks,
    }
    const report = renderConformance(summary)
    if (!options.smoke) await writeFile(join(repository, 'docs/conformance.md'), report)
    say(report)
    return isAgreed(summary, options)
  } finally {
    tool.stop()
  }
}

/** Downloads and builds do not count. `minutes` null: never up. */
function startClock(minutes: number | null): () => boolean {
  const started = performance.now()
  return () => minutes !== null && performance.now() - started > minutes * 60_000
}

/** What guests are made of. `qemu` null: there is none here, so that no kernel can be asked. */
interface GuestSupplies {
  readonly qemu: string | null
  readonly kernels: readonly Kernel[]
  readonly missing: readonly MissingKernel[]
}

/** A smoke run without QEMU is still worth its replays; any other run fails. */
async function prepareGuests(
  { cache, kernels, smoke }: LabOptions,
  { repository, say }: LabHost,
): Promise<GuestSupplies> {
  const names = smoke && kernels.length === 0 ? SMOKE_KERNELS : kernels
  const wanted = WANTED_KERNELS.filter(({ id }) => isNamed(id, names))
  const qemu = await ensureGuestTools(cache).catch((error: Error) => {
    if (!smoke) throw error
    say(`NO GUEST WAS BOOTED: ${error.message}`)
    return null
  })
  if (qemu === null) {
    const missing = wanted.map(({ id }) => ({ id, reason: 'QEMU could not be installed' }))
    return { qemu, kernels: [], missing }
  }
  const scripts = join(repository, 'lab/kernels')
  const obtained = await obtainKernels(wanted, { cache, scripts, mayBuild: !smoke, say })
  if (obtained.kernels.length === 0) say('NO GUEST WAS BOOTED: there is no kernel to boot')
  return { qemu, ...obtained }
}

function isWanted({ topology, setup }: Bench, { topologies, smoke }: LabOptions): boolean {
  return (
    !smoke || topologies.length > 0 || SMOKE_MACHINES.includes(`${topology.name}/${setup.name}`)
  )
}

/** No names at all stand for every name. */
function isNamed(name: string, names: readonly string[]): boolean {
  return names.length === 0 || names.includes(name)
}

function benchOptionsOf(
  { cache, seed, count, shrinks, again, most }: LabOptions,
  host: LabHost,
): Omit<BenchOptions, 'tool' | 'kept' | 'isTimeUp'> {
  const { repository, say } = host
  return {
    host: { ...host, init: join(repository, 'lab/guest/init.sh') },
    runs: join(cache, 'runs'),
    scenarios: join(repository, 'lab/scenarios'),
    random: { seed, count },
    again,
    most,
    shrinks,
    say,
  }
}

/** Answers of earlier runs that this one did not ask for: they stay in the report, unless their kernel has been replaced. */
async function earlierBenches(
  kept: KeptAnswers,
  results: readonly BenchResult[],
  kernels: readonly Kernel[],
): Promise<readonly KeptBench[]> {
  const nameOf = ({ kernel, topology, setup }: KeptBench) => [kernel.id, topology, setup].join()
  const asked = new Set(results.flatMap((result) => result.kept ?? []).map(nameOf))
  return (await kept.all()).filter((bench) => {
    const today = kernels.find(({ id }) => id === bench.kernel.id)
    return (
      !asked.has(nameOf(bench)) && (today?.version ?? bench.kernel.version) === bench.kernel.version
    )
  })
}

/** Kernels of which nothing is known, and which nobody missed: the report names them all the same. */
function notAsked(
  benches: readonly KeptBench[],
  missing: readonly MissingKernel[],
): readonly MissingKernel[] {
  const told = new Set([...benches.map(({ kernel }) => kernel.id), ...missing.map(({ id }) => id)])
  return WANTED_KERNELS.filter(({ id }) => !told.has(id)).map(({ id }) => ({
    id,
    reason: 'not asked so far',
  }))
}

async function replayAll(
  benches: readonly KeptBench[],
  folder: string,
): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const bench of benches) outcomes.push(...(await replay(bench, folder)))
  return outcomes
}

/** What kernels that are not to be had today answered earlier. */
async function replayMissing(
  missing: readonly MissingKernel[],
  folder: string,
  { repository, say }: LabHost,
): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const { id } of missing) {
    const recordings = await readRecordings(join(repository, 'fixtures/lab'), id)
    const replayed = await replayAll(recordings, folder)
    say(`${id}: ${replayed.length} recorded answers from ${recordings.length} machines`)
    outcomes.push(...replayed)
  }
  return outcomes
}

/** What is left for guests that are watched, after those that were asked. */
interface Watched {
  readonly kernels: readonly Kernel[]
  readonly topologies: readonly Topology[]
  readonly isTimeUp: () => boolean
}

async function checkNative(
  { cache, smoke, again }: LabOptions,
  host: LabHost,
  { kernels, topologies, isTimeUp }: Watched,
): Promise<NativeChecks> {
  const topology = topologies.find(({ name }) => name === WATCHED_TOPOLOGY)
  if (topology === undefined) throw new Error(`no topology ${WATCHED_TOPOLOGY}`)
  const { repository, say } = host
  return runNativeChecks({
    cache,
    sources: join(repository, 'lab/native'),
    // A smoke run watches one kernel that has both interfaces, or whichever there is.
    kernels: smoke ? kernels.slice(-1) : kernels,
    again: again || smoke,
    topology,
    host: { ...host, init: join(repository, 'lab/guest/init.sh') },
    isTimeUp,
    say,
  })
}

/** A smoke run leaves walks out: they boot guests of their own, and their parts are tested without. */
async function checkWalks(
  { cache, smoke, again }: LabOptions,
  host: LabHost,
  { kernels, topologies, isTimeUp }: Watched,
): Promise<readonly Walk[]> {
  const topology = topologies.find(({ name }) => name === WATCHED_TOPOLOGY)
  if (smoke || topology === undefined) return []
  const { repository, say } = host
  const guests = { ...host, init: join(repository, 'lab/guest/init.sh') }
  return runWalks({ cache, kernels, again, topology, host: guests, isTimeUp, say })
}

/** Keeps what built kernels answered: others can be had from the archive at any time. */
async function record(benches: readonly KeptBench[], repository: string): Promise<void> {
  for (const bench of benches) {
    if (bench.kernel.kind === 'built') {
      await writeRecording(join(repository, 'fixtures/lab'), bench)
    }
  }
}

/** A smoke run on a slow machine may lose a guest: its report names what was not asked. Losing most of them is a failure. */
function isAgreed({ outcomes, native, walks }: RunSummary, { smoke }: LabOptions): boolean {
  const lost = outcomes.filter(({ verdict }) => verdict === 'failed').length
  return (
    lost <= (smoke ? outcomes.length / 4 : 0) &&
    outcomes.every(({ verdict }) => verdict === 'agreed' || verdict === 'failed') &&
    (native.layoutDifferences ?? []).length === 0 &&
    native.proofs.every(({ holds }) => holds) &&
    walks.every(({ holds }) => holds)
  )
}
