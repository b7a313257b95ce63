import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Asker, createAsker, placeOf } from './asker.js'
import { enumerateCases, type LabCase } from './cases/enumerate.js'
import { generateCases } from './cases/generate.js'
import { readNamedCases } from './cases/named.js'
import type { GuestHost } from './guest/guest.js'
import { type AnsweredCase, benchKey, type KeptAnswers, type KeptBench } from './kept-answers.js'
import { hasEveryDoor } from './kernels/kernel.js'
import { machineOf } from './machine.js'
import { type CaseOutcome, judgeRecorded, type Place } from './outcome.js'
import { createPredictor, type Predictor } from './predictor.js'
import type { Say } from './say.js'
import { boundBy, isVacuous, type LabScenario, scenarioKey, writeScenario } from './scenario.js'
import { shrink } from './shrink.js'
import type { Tool } from './tool.js'
import type { Bench } from './topology.js'

export interface BenchOptions {
  readonly host: GuestHost
  readonly tool: Tool
  readonly kept: KeptAnswers
  /** Whether scenarios that were answered in an earlier run are asked again. */
  readonly again: boolean
  /** Only so many of the enumerated scenarios, evenly spread; null: all. */
  readonly most: number | null
  /** Folder for the guests' shares, trees and logs. */
  readonly runs: string
  /** Folder of the scenarios written by hand. */
  readonly scenarios: string
  readonly random: { readonly seed: number; readonly count: number }
  /** Whether a case that differs is made smaller. */
  readonly shrinks: boolean
  /** Whether no further scenario may be begun. */
  readonly isTimeUp: () => boolean
  readonly say: Say
}

export interface BenchResult {
  readonly outcomes: readonly CaseOutcome[]
  /** Scenarios that the time was not enough for. */
  readonly left: number
  /** Everything that this kernel answered, now and earlier; null: the bench broke down. */
  readonly kept: KeptBench | null
}

/** Answers after which they are written down, so that a run that is stopped loses little. */
const KEPT_EVERY = 10

/** A bench at work. */
interface Session {
  readonly place: Place
  readonly folder: string
  readonly predictor: Predictor
  readonly asker: Asker
  readonly book: Book
  readonly options: BenchOptions
}

/** Puts every case to the kernel, unless it was answered in an earlier run, and to the model. */
export async function runBench(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const place = placeOf(bench)
  const folder = join(options.runs, place.kernel, `${place.topology}-${place.setup}`)
  const asker = createAsker(bench, { ...options, folder })
  try {
    const book = await openBook(bench, asker, options)
    const predictor = createPredictor(book.current().tree)
    return await runCases(bench, { place, folder, predictor, asker, book, options })
  } finally {
    await asker.close()
  }
}

async function runCases(bench: Bench, session: Session): Promise<BenchResult> {
  const { book, options } = session
  const cases = await casesOf(bench, book.current(), options)
  const outcomes: CaseOutcome[] = []
  for (const one of cases) {
    const outcome = await settle(one, session)
    if (outcome === null) continue
    outcomes.push(outcome)
    if (outcome.verdict !== 'agreed') await report(one, outcome, session)
  }
  await book.save()
  return { outcomes, left: cases.length - outcomes.length, kept: book.current() }
}

/** What a case comes to; null: there is no time left to ask. */
async function settle(
  one: LabCase,
  { place, predictor, asker, book, options }: Session,
): Promise<CaseOutcome | null> {
  const known = book.answerTo(one)
  if (known !== undefined) return recall(known, place, predictor)
  if (options.isTimeUp()) return null
  const { outcome, answered } = await asker.ask(one, book.current().tree, predictor)
  if (answered !== null) await book.note(answered)
  return outcome
}

/** Tells of a case that did not agree; one that differs is made smaller by asking the guest again and again. */
async function report(one: LabCase, outcome: CaseOutcome, session: Session): Promise<void> {
  const { asker, predictor, book, options } = session
  options.say(describe(outcome))
  if (outcome.verdict !== 'differs' || !options.shrinks) return
  const smallest = await shrink(one.scenario, async (scenario) => {
    const smaller = { name: one.name, scenario }
    const asked = await asker.ask(smaller, book.current().tree, predictor)
    return asked.outcome.verdict === 'differs'
  })
  options.say(`smallest scenario: ${await keepDisagreement(one, smallest, session)}`)
}

/** What is known of a bench: from earlier runs, and from this one as it goes. */
interface Book {
  current(): KeptBench
  /** undefined: to be asked. */
  answerTo(one: LabCase): AnsweredCase | undefined
  note(answered: AnsweredCase): Promise<void>
  save(): Promise<void>
}

async function openBook(
  bench: Bench,
  asker: Asker,
  { kept: shelf, again }: BenchOptions,
): Promise<Book> {
  const started = performance.now()
  const today = new Date().toISOString().slice(0, 10)
  const { kernel, topology, setup } = bench
  const earlier = await shelf.read(bench)
  const { survey, tree } = again || earlier === undefined ? await asker.look() : earlier
  const answered = new Map(earlier?.cases.map((one) => [scenarioKey(one.scenario), one]))
  const now = new Set<string>()

  const current = (): KeptBench => ({
    kernel,
    topology: topology.name,
    setup: setup.name,
    key: benchKey(bench),
    survey,
    tree,
    cases: [...answered.values()],
    days: [...new Set([...(earlier?.days ?? []), ...(now.size > 0 ? [today] : [])])],
    seconds:
      (earlier?.seconds ?? 0) +
      (now.size > 0 ? Math.round((performance.now() - started) / 1000) : 0),
  })
  const save = () => shelf.write(current())
  return {
    current,
    save,
    answerTo({ scenario }) {
      const key = scenarioKey(scenario)
      return again && !now.has(key) ? undefined : answered.get(key)
    },
    async note(one) {
      const key = scenarioKey(one.scenario)
      answered.set(key, one)
      now.add(key)
      if (now.size % KEPT_EVERY === 0) await save()
    },
  }
}

/** The cases of this run, and those of earlier ones. */
async function casesOf(
  { kernel, setup }: Bench,
  { survey, cases, topology }: KeptBench,
  { scenarios, random, most, again }: BenchOptions,
): Promise<readonly LabCase[]> {
  const hasCdev = hasEveryDoor(kernel)
  const machine = machineOf(survey, { ...setup, hasCdev })
  const named = await readNamedCases(scenarios, { topology, setup: setup.name, hasCdev })
  // Nearly all of the enumerated ones bind the same stranger.
  const enumerated = setup.neverBound === true ? [] : enumerateCases(machine)
  const all = [
    ...named,
    ...spread(enumerated, most),
    ...generateCases(machine, random),
    ...(again ? [] : cases),
  ]
  const wanted = distinct(all.filter(({ scenario }) => !isVacuous(scenario)))
  return setup.neverBound === true ? packed(wanted) : wanted
}

/**
 * Cases in an order that needs few boots where each wants functions that no driver had since the last one: boot by boot, those
 * that have no function in common.
 */
function packed(cases: readonly LabCase[]): readonly LabCase[] {
  const boots: { readonly used: Set<string>; readonly cases: LabCase[] }[] = []
  for (const one of cases) {
    const bound = boundBy(one.scenario)
    const boot = boots.find(({ used }) => bound.every((address) => !used.has(address)))
    const { used, cases: its } = boot ?? { used: new Set<string>(), cases: [] }
    if (boot === undefined) boots.push({ used, cases: its })
    for (const address of bound) used.add(address)
    its.push(one)
  }
  return boots.flatMap((boot) => boot.cases)
}

/** `most` of the items, at even distances. */
export function spread<T>(items: readonly T[], most: number | null): readonly T[] {
  if (most === null || items.length <= most) return items
  return Array.from({ length: most }, (_, index) => Math.floor((index * items.length) / most))
    .map((index) => items[index])
    .filter((item) => item !== undefined)
}

/** Judges an earlier answer by the model of today. */
async function recall(
  { name, scenario, answers, change }: AnsweredCase,
  place: Place,
  predictor: Predictor,
): Promise<CaseOutcome> {
  return judgeRecorded(place, { name }, await predictor.predict(scenario, change), answers)
}

function distinct(cases: readonly LabCase[]): readonly LabCase[] {
  const seen = new Set<string>()
  return cases.filter(({ scenario }) => {
    const key = scenarioKey(scenario)
    return seen.has(key) ? false : seen.add(key)
  })
}

/** Writes a scenario on which model and kernel part to a file of its own. Returns its path. */
async function keepDisagreement(
  { name }: LabCase,
  scenario: LabScenario,
  { place, folder }: Session,
): Promise<string> {
  const { kernel, topology, setup } = place
  const shelf = join(folder, 'disagreements')
  await mkdir(shelf, { recursive: true })
  const file = join(shelf, `${name.replaceAll(/[/:]/g, '-')}.yaml`)
  await writeFile(file, writeScenario(scenario, `${kernel}, ${topology}, ${setup}: from ${name}`))
  return file
}

function describe({ kernel, topology, setup, name, verdict, remarks }: CaseOutcome): string {
  return `${kernel} ${topology}/${setup} ${name}: ${verdict}\n  ${remarks.join('\n  ')}`
}
