import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.js'
import { type RunSummary, renderConformance } from './conformance.js'
import type { GuestHost } from './guest/guest.js'
import { isNamed, type LabHost, prepareGuests } from './guest-supplies.js'
import { type KeptAnswers, type KeptBench, openKeptAnswers } from './kept-answers.js'
import type { Kernel, MissingKernel } from './kernels/kernel.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import { isKnown, isOpen, readKnownOpen, writeKnownOpen } from './known-open.js'
import { type NativeChecks, runNativeChecks } from './native/watch.js'
import type { LabOptions } from './options.js'
import type { CaseOutcome } from './outcome.js'
import { readAllRecordings, readWatched, writeRecording, writeWatched } from './recordings.js'
import { replay } from './replay.js'
import { planBenches, runBenches } from './run-benches.js'
import { openTool } from './tool.js'
import { ensureLibvirt } from './tools.js'
import { type Bench, readTopologies, suits, type Topology } from './topology.js'
import { type Walk, withEarlier } from './walk.js'
import { runWalks } from './walks.js'

/** Answers that are checked in, and what the model is known to get wrong of them. */
const RECORDINGS = 'fixtures/lab'
const KNOWN_OPEN = `${RECORDINGS}/known-open.json`

/** Machines that a push waits for: every kind of reset, of opening, and of refusal that differs between releases. */
const SMOKE_MACHINES = ['ports/plain', 'slots/plain', 'sriov/vfio-pf', 'noiommu/plain']

/** The machine on which resets are watched. */
const WATCHED_TOPOLOGY = 'ports'

/** Runs the lab. True: model and kernels agreed wherever they were asked. */
export async function runLab(options: LabOptions, host: LabHost): Promise<boolean> {
  const { repository, say } = host
  const topologies = await readTopologies(join(repository, 'lab/topologies'))
  const recorded = await readAllRecordings(join(repository, RECORDINGS))
  const facts = options.replay
    ? await replayRecorded(recorded, host)
    : await askKernels(options, host, { topologies, recorded })
  if (options.record) await record(facts, repository)
  const list = join(repository, KNOWN_OPEN)
  const isListed = options.record || options.replay
  const known = await (isListed ? writeKnownOpen(list, facts.outcomes) : readKnownOpen(list))
  const missing = notAsked(facts.benches, facts.missing)
  const summary: RunSummary = { ...facts, missing, topologies, known }
  const report = renderConformance(summary)
  if (!options.smoke) await writeFile(join(repository, 'docs/conformance.md'), report)
  say(report)
  return isAgreed(summary, options)
}

/** What a run found out. */
type Facts = Omit<RunSummary, 'benches' | 'topologies' | 'known'> & {
  readonly benches: readonly KeptBench[]
}

/** Asks no kernel. */
async function replayRecorded(
  recorded: readonly KeptBench[],
  { repository }: LabHost,
): Promise<Facts> {
  const outcomes = await replayAll(recorded)
  const watched = await readWatched(join(repository, RECORDINGS))
  return { benches: recorded, missing: [], outcomes, ...watched }
}

async function askKernels(
  options: LabOptions,
  host: LabHost,
  known: { readonly topologies: readonly Topology[]; readonly recorded: readonly KeptBench[] },
): Promise<Facts> {
  const { repository, say } = host
  const { topologies, recorded } = known
  const tool = openTool(join(host.scripts, 'tool-server.cjs'), repository)
  const kept = openKeptAnswers(join(options.cache, 'answers'), recorded)
  try {
    const guests = await prepareGuests(options, host)
    const isTimeUp = startClock(options.minutes)
    const asked = topologies.filter(({ name }) => isNamed(name, options.topologies))
    const benches = planBenches(guests.kernels, asked).filter((bench) => isWanted(bench, options))
    const results = await runBenches(benches, options.jobs, {
      ...benchOptionsOf(options, host),
      host: guests.guestHost,
      tool,
      kept,
      isTimeUp,
    })
    if (results.length === 0 && benches.length > 0)
      say('NO KERNEL WAS ASKED: the time was up before')
    const earlier = options.smoke ? [] : await earlierBenches(kept, results)
    const watched = options.onlyAnswers
      ? await readWatched(join(repository, RECORDINGS))
      : await watch(options, host, { ...guests, topologies, isTimeUp })
    return {
      benches: [...results.flatMap((result) => result.kept ?? []), ...earlier],
      missing: guests.missing,
      outcomes: [
        ...results.flatMap((result) => result.outcomes),
        ...(await replayAll(earlier)),
        ...(options.smoke ? await replayMissing(guests.missing, recorded, host) : []),
      ],
      ...watched,
      qemu: guests.qemu,
    }
  } finally {
    tool.stop()
  }
}

/** Downloads and builds do not count. `minutes` null: never up. */
function startClock(minutes: number | null): () => boolean {
  const started = performance.now()
  return () => minutes !== null && performance.now() - started > minutes * 60_000
}

function isWanted({ topology, setup }: Bench, { topologies, smoke }: LabOptions): boolean {
  return (
    !smoke || topologies.length > 0 || SMOKE_MACHINES.includes(`${topology.name}/${setup.name}`)
  )
}

function benchOptionsOf(
  { cache, seed, count, shrinks, again, most }: LabOptions,
  host: LabHost,
): Omit<BenchOptions, 'host' | 'tool' | 'kept' | 'isTimeUp'> {
  const { repository, say } = host
  return {
    runs: join(cache, 'runs'),
    scenarios: join(repository, 'lab/scenarios'),
    random: { seed, count },
    again,
    most,
    shrinks,
    say,
  }
}

/** Answers of earlier runs that this one did not ask for, recordings of replaced kernels among them: they stay in the report. */
async function earlierBenches(
  kept: KeptAnswers,
  results: readonly BenchResult[],
): Promise<readonly KeptBench[]> {
  const nameOf = ({ kernel, topology, setup }: KeptBench) =>
    [kernel.release, topology, setup].join()
  const asked = new Set(results.flatMap((result) => result.kept ?? []).map(nameOf))
  return (await kept.all()).filter((bench) => !asked.has(nameOf(bench)))
}

/** Kernels of which nothing is known: the report names them all the same. */
function notAsked(
  benches: readonly KeptBench[],
  missing: readonly MissingKernel[],
): readonly MissingKernel[] {
  const told = new Set(benches.map(({ kernel }) => kernel.id))
  const reasons = new Map(missing.map(({ id, reason }) => [id, reason]))
  return WANTED_KERNELS.filter(({ id }) => !told.has(id)).map(({ id }) => ({
    id,
    reason: reasons.get(id) ?? 'not asked so far',
  }))
}

async function replayAll(benches: readonly KeptBench[]): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const bench of benches) outcomes.push(...(await replay(bench)))
  return outcomes
}

/** What kernels that are not to be had today answered earlier. */
async function replayMissing(
  missing: readonly MissingKernel[],
  recorded: readonly KeptBench[],
  { say }: LabHost,
): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const { id } of missing) {
    const recordings = recorded.filter(({ kernel }) => kernel.id === id)
    const replayed = await replayAll(recordings)
    say(`${id}: ${replayed.length} recorded answers from ${recordings.length} machines`)
    outcomes.push(...replayed)
  }
  return outcomes
}

/** What is left for guests that are watched, after those that were asked. */
interface Watched {
  readonly guestHost: GuestHost
  readonly kernels: readonly Kernel[]
  readonly topologies: readonly Topology[]
  readonly isTimeUp: () => boolean
}

async function watch(
  options: LabOptions,
  host: LabHost,
  watched: Watched,
): Promise<Pick<Facts, 'native' | 'walks'>> {
  const native = await checkNative(options, host, watched)
  const walks = await checkWalks(options, host, watched)
  if (options.smoke) return { native, walks }
  const { walks: earlier } = await readWatched(join(host.repository, RECORDINGS))
  return { native, walks: withEarlier(walks, earlier) }
}

async function checkNative(
  { cache, smoke, again }: LabOptions,
  host: LabHost,
  { kernels, topologies, isTimeUp, guestHost }: Watched,
): Promise<NativeChecks> {
  const topology = topologies.find(({ name }) => name === WATCHED_TOPOLOGY)
  if (topology === undefined) throw new Error(`no topology ${WATCHED_TOPOLOGY}`)
  const { repository, say } = host
  const able = kernels.filter((kernel) => suits(kernel, topology))
  return runNativeChecks({
    cache,
    sources: join(repository, 'lab/native'),
    // A smoke run watches one kernel that has both interfaces, or whichever there is.
    kernels: smoke ? able.slice(-1) : able,
    again: again || smoke,
    topology,
    host: guestHost,
    isTimeUp,
    say,
  })
}

/** A smoke run leaves walks out: they boot guests of their own, and their parts are tested without. */
async function checkWalks(
  { cache, smoke, again }: LabOptions,
  { say }: LabHost,
  { kernels, topologies, isTimeUp, guestHost }: Watched,
): Promise<readonly Walk[]> {
  const topology = topologies.find(({ name }) => name === WATCHED_TOPOLOGY)
  if (smoke || topology === undefined) return []
  const able = kernels.filter((kernel) => suits(kernel, topology))
  await ensureLibvirt(cache)
  return runWalks({ cache, kernels: able, again, topology, host: guestHost, isTimeUp, say })
}

async function record(facts: Facts, repository: string): Promise<void> {
  const folder = join(repository, RECORDINGS)
  for (const bench of facts.benches) await writeRecording(folder, bench)
  const { qemu, native, walks } = facts
  await writeWatched(folder, { qemu, native, walks })
}

/** A smoke run on a slow machine may lose a guest: its report names what was not asked. Losing most of them is a failure. */
function isAgreed({ outcomes, known, native, walks }: RunSummary, { smoke }: LabOptions): boolean {
  const lost = outcomes.filter(({ verdict }) => verdict === 'failed').length
  return (
    lost <= (smoke ? outcomes.length / 4 : 0) &&
    outcomes.every((outcome) => !isOpen(outcome) || isKnown(outcome, known)) &&
    (native.layoutDifferences ?? []).length === 0 &&
    native.proofs.every(({ holds }) => holds) &&
    walks.every(({ holds }) => holds)
  )
}
