import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedTree, Survey } from './agent/protocol.js'
import { decodeSteps, type VerifiedStep } from './answers.js'
import type { LabCase } from './cases/enumerate.js'
import { bootGuest, type Guest, type GuestHost } from './guest/guest.js'
import type { AnsweredCase } from './kept-answers.js'
import { type CaseOutcome, failedCase, judgeCase, judgeRecorded, type Place } from './outcome.js'
import type { Predictor } from './predictor.js'
import { boundBy, writeScenario } from './scenario.js'
import type { Tool } from './tool.js'
import type { Bench } from './topology.js'
import { compareTrees } from './tree-change.js'
import { writeTree } from './tree-folder.js'

/** What asking a kernel came to. `answered` null: it was never asked, or broke down. */
export interface Asked {
  readonly outcome: CaseOutcome
  readonly answered: AnsweredCase | null
}

/** The machine before any scenario: what there is, and what the tool's reader reads of it. */
export interface Looked {
  readonly survey: Survey
  readonly tree: RecordedTree
}

/** Puts scenarios to one machine under one kernel. The guest is booted when it is first needed. */
export interface Asker {
  look(): Promise<Looked>
  /** `tree`: the machine as it was recorded, which is what predictions are made from. */
  ask(one: LabCase, tree: RecordedTree, predictor: Predictor): Promise<Asked>
  close(): Promise<void>
}

export interface AskerOptions {
  readonly host: GuestHost
  readonly tool: Tool
  /** Folder for the guest's share, trees and logs. */
  readonly folder: string
}

/** Longest time for one run of the tool in the guest, which is a matter of seconds. */
const TOOL_LIMIT_MS = 90_000

/** Guests that may be lost before the rest of a bench is given up. */
const LOST_GUESTS = 3

export function createAsker(bench: Bench, options: AskerOptions): Asker {
  const { kernel, topology, setup } = bench
  const place = placeOf(bench)
  let guest: Guest | null = null
  let survey: Survey | null = null
  let lost = 0
  let wasVerified = false
  /** Functions that had a driver since the guest was booted. */
  const touched = new Set<string>()

  const boot = async (): Promise<{ guest: Guest; survey: Survey }> => {
    guest ??= await bootGuest(kernel, topology, join(options.folder, 'guest'), options.host)
    survey ??= await guest.ask({ do: 'prepare', setup })
    return { guest, survey }
  }

  const close = async (): Promise<void> => {
    await guest?.stop()
    guest = null
    survey = null
    touched.clear()
  }

  /** `bound`: functions that the next scenario binds. */
  const bootAnewIfSpoilt = async (bound: readonly string[]): Promise<void> => {
    if (setup.neverBound !== true) return
    if (bound.some((address) => touched.has(address))) await close()
    for (const address of bound) touched.add(address)
  }

  /** What users start is put to the test once a bench, inside and outside: it costs more than all else. */
  const askVerify = async (one: LabCase, tree: RecordedTree, current: Guest): Promise<Asked> => {
    const file = join(current.share, 'scenario.yaml')
    await writeFile(file, writeScenario(one.scenario, one.name))
    const run = await current.ask({
      do: 'tool',
      drivers: one.scenario.drivers,
      args: ['verify', join(current.mount, 'scenario.yaml'), '--json', '--yes'],
      how: 'process',
      env: {},
      timeoutMs: TOOL_LIMIT_MS,
    })
    const obstacle = obstacleIn(run)
    if (obstacle !== null) return notAsked(one, obstacle)
    const folder = join(options.folder, 'tree')
    await writeTree(tree, folder)
    const predicted = await options.tool.simulate(file, folder)
    const verified = decodeSteps<VerifiedStep>(run.stdout)
    const outcome = judgeCase(place, one, predicted, verified)
    return { outcome, answered: { ...one, answers: verified.map(({ actual }) => actual) } }
  }

  const askPlay = async (
    one: LabCase,
    tree: RecordedTree,
    predictor: Predictor,
    current: Guest,
  ): Promise<Asked> => {
    const { before = [], drivers } = one.scenario
    const played = await current.ask({
      do: 'play',
      before,
      drivers,
      scenario: writeScenario(one.scenario, one.name),
      timeoutMs: TOOL_LIMIT_MS,
    })
    const { answers, failure, leaked } = played
    if (leaked.length > 0) return notAsked(one, `left open: ${leaked.join(' ')}`)
    if (answers === null) return notAsked(one, failure ?? 'no answers')
    const change = played.tree === null ? undefined : compareTrees(tree, played.tree)
    const answered = { ...one, answers, ...(change === undefined ? {} : { change }) }
    const predicted = await predictor.predict(one.scenario, change)
    return { outcome: judgeRecorded(place, one, predicted, answers), answered }
  }

  const notAsked = (one: LabCase, reason: string): Asked => ({
    outcome: failedCase(place, one, reason),
    answered: null,
  })

  return {
    async look() {
      const current = await boot()
      return { survey: current.survey, tree: await current.guest.ask({ do: 'record' }) }
    },
    async ask(one, tree, predictor) {
      if (lost >= LOST_GUESTS) return notAsked(one, 'not asked: too many guests were lost')
      try {
        await bootAnewIfSpoilt(boundBy(one.scenario))
        const current = (await boot()).guest
        if (wasVerified || one.scenario.before !== undefined) {
          return await askPlay(one, tree, predictor, current)
        }
        wasVerified = true
        return await askVerify(one, tree, current)
      } catch (error) {
        lost += 1
        await close()
        return notAsked(one, error instanceof Error ? error.message : String(error))
      }
    },
    close,
  }
}

export function placeOf({ kernel, topology, setup }: Bench): Place {
  return { kernel: kernel.release, topology: topology.name, setup: setup.name }
}

/** Why a run of `verify` says nothing about the kernel; null: it does. */
function obstacleIn(run: {
  readonly leaked: readonly string[]
  readonly bindFailures: readonly string[]
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stderr: string
}): string | null {
  if (run.leaked.length > 0) return `left open: ${run.leaked.join(' ')}`
  if (run.bindFailures.length > 0) return run.bindFailures.join('; ')
  if (run.exitCode === 0 || run.exitCode === 4) return null
  return `verify ended with ${run.exitCode ?? run.signal}: ${run.stderr}`
}
