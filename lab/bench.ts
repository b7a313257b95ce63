import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedTree } from './agent/protocol.js'
import { decodeSteps, type StepAnswer, type VerifiedStep } from './answers.js'
import { enumerateCases, type LabCase } from './cases/enumerate.js'
import { generateCases } from './cases/generate.js'
import { readNamedCases } from './cases/named.js'
import { bootGuest, type Guest, type GuestHost } from './guest/guest.js'
import { hasEveryDoor, type Kernel } from './kernels/kernel.js'
import { machineOf } from './machine.js'
import { type CaseOutcome, failedCase, judgeCase, type Place } from './outcome.js'
import type { Say } from './say.js'
import { type LabScenario, scenarioKey, writeScenario } from './scenario.js'
import { shrink } from './shrink.js'
import type { Tool } from './tool.js'
import type { Setup, Topology } from './topology.js'
import { writeTree } from './tree-folder.js'

/** One machine in one state under one kernel: what is asked of one guest. */
export interface Bench {
  readonly kernel: Kernel
  readonly topology: Topology
  readonly setup: Setup
}

export interface BenchOptions {
  readonly host: GuestHost
  readonly tool: Tool
  /** Folder for the guests' shares, trees and logs. */
  readonly runs: string
  /** Folder of the scenarios written by hand. */
  readonly scenarios: string
  readonly random: { readonly seed: number; readonly count: number }
  /** Whether a case that differs is made smaller. */
  readonly shrinks: boolean
  readonly say: Say
}

/** What the kernel answered, to be replayed where no such kernel is at hand. */
export interface Recording {
  readonly kernel: string
  readonly release: string
  readonly topology: string
  readonly setup: string
  readonly tree: RecordedTree
  readonly cases: readonly (LabCase & { readonly answers: readonly (StepAnswer | null)[] })[]
}

export interface BenchResult {
  readonly place: Place
  readonly release: string
  readonly outcomes: readonly CaseOutcome[]
  readonly recording: Recording
  /** Smallest scenarios on which model and kernel part, as files. */
  readonly disagreements: readonly string[]
}

/** One run of the tool in the guest, on what is a matter of seconds. */
const TOOL_LIMIT_MS = 90_000

/** Guests that may be lost before the rest of a bench is given up. */
const LOST_GUESTS = 3

/** Boots a guest and puts every case to its kernel and to the model. */
export async function runBench(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const { kernel, topology, setup } = bench
  const place = { kernel: kernel.id, topology: topology.name, setup: setup.name }
  const folder = join(options.runs, kernel.id, `${topology.name}-${setup.name}`)
  const asker = createAsker(bench, folder, options)
  const { survey, tree } = await asker.open()
  const hasCdev = hasEveryDoor(kernel)
  const machine = machineOf(survey, { targets: setup.targets, hasCdev })
  const cases = distinct([
    ...(await readNamedCases(options.scenarios, { ...place, hasCdev })),
    ...enumerateCases(machine),
    ...generateCases(machine, options.random),
  ])

  const outcomes: CaseOutcome[] = []
  const answered: (LabCase & { answers: readonly (StepAnswer | null)[] })[] = []
  const disagreements: string[] = []
  for (const one of cases) {
    const asked = await asker.ask(one)
    outcomes.push(asked.outcome)
    if (asked.answers !== null) answered.push({ ...one, answers: asked.answers })
    if (asked.outcome.verdict !== 'agreed') options.say(describe(asked.outcome))
    if (asked.outcome.verdict === 'differs' && options.shrinks) {
      const smallest = await shrink(one.scenario, async (scenario) => {
        const { outcome } = await asker.ask({ name: one.name, scenario })
        return outcome.verdict === 'differs'
      })
      disagreements.push(await keepDisagreement(folder, place, one, smallest))
      options.say(`smallest scenario: ${disagreements.at(-1)}`)
    }
  }
  await asker.close()
  const recording = { ...place, release: survey.release, tree, cases: answered }
  return { place, release: survey.release, outcomes, recording, disagreements }
}

/** Asks a guest, and boots another one when it is lost. */
function createAsker(bench: Bench, folder: string, options: BenchOptions) {
  const { kernel, topology, setup } = bench
  const place = { kernel: kernel.id, topology: topology.name, setup: setup.name }
  const treeFolder = join(folder, 'tree')
  let guest: Guest | null = null
  let lost = 0
  let asked = 0

  const boot = async (): Promise<Guest> => {
    guest ??= await bootGuest(kernel, topology, join(folder, 'guest'), options.host)
    return guest
  }

  const lose = async (): Promise<void> => {
    lost += 1
    await guest?.stop()
    guest = null
  }

  const askOpen = async (one: LabCase, current: Guest) => {
    const file = join(current.share, 'scenario.yaml')
    await writeFile(file, writeScenario(one.scenario, one.name))
    const [run, predicted] = await Promise.all([
      current.ask({
        do: 'tool',
        drivers: one.scenario.drivers,
        args: ['verify', join(current.mount, 'scenario.yaml'), '--json', '--yes'],
        // The entry that users start is put to the test once a bench; its start would cost more than all else.
        how: asked === 0 ? 'process' : 'server',
        env: {},
        timeoutMs: TOOL_LIMIT_MS,
      }),
      options.tool.simulate(file, treeFolder),
    ])
    asked += 1
    if (run.leaked.length > 0) {
      return {
        outcome: failedCase(place, one, `left open: ${run.leaked.join(' ')}`),
        answers: null,
      }
    }
    if (run.bindFailures.length > 0) {
      return { outcome: failedCase(place, one, run.bindFailures.join('; ')), answers: null }
    }
    if (run.exitCode !== 0 && run.exitCode !== 4) {
      const reason = `verify ended with ${run.exitCode ?? run.signal}: ${run.stderr}`
      return { outcome: failedCase(place, one, reason), answers: null }
    }
    const verified = decodeSteps<VerifiedStep>(run.stdout)
    const outcome = judgeCase(place, one, predicted, verified)
    return { outcome, answers: verified.map(({ actual }) => actual) }
  }

  return {
    async open() {
      const current = await boot()
      const survey = await current.ask({ do: 'prepare', setup })
      const tree = await current.ask({ do: 'record' })
      await writeTree(tree, treeFolder)
      return { survey, tree }
    },
    async ask(one: LabCase) {
      if (lost >= LOST_GUESTS) {
        return {
          outcome: failedCase(place, one, 'not asked: too many guests were lost'),
          answers: null,
        }
      }
      try {
        const isNew = guest === null
        const current = await boot()
        if (isNew) await current.ask({ do: 'prepare', setup })
        return await askOpen(one, current)
      } catch (error) {
        await lose()
        const reason = error instanceof Error ? error.message : String(error)
        return { outcome: failedCase(place, one, reason), answers: null }
      }
    },
    close: () => lose(),
  }
}

function distinct(cases: readonly LabCase[]): readonly LabCase[] {
  const seen = new Set<string>()
  return cases.filter(({ scenario }) => {
    const key = scenarioKey(scenario)
    return seen.has(key) ? false : seen.add(key)
  })
}

async function keepDisagreement(
  folder: string,
  { kernel, topology, setup }: Place,
  { name }: LabCase,
  scenario: LabScenario,
): Promise<string> {
  const place = join(folder, 'disagreements')
  await mkdir(place, { recursive: true })
  const file = join(place, `${name.replaceAll(/[/:]/g, '-')}.yaml`)
  await writeFile(file, writeScenario(scenario, `${kernel}, ${topology}, ${setup}: from ${name}`))
  return file
}

function describe({ kernel, topology, setup, name, verdict, remarks }: CaseOutcome): string {
  return `${kernel} ${topology}/${setup} ${name}: ${verdict}\n  ${remarks.join('\n  ')}`
}
