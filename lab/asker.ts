import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedTree, Survey } from './agent/protocol.js'
import { decodeSteps, type StepAnswer, type VerifiedStep } from './answers.js'
import type { LabCase } from './cases/enumerate.js'
import { bootGuest, type Guest, type GuestHost } from './guest/guest.js'
import { type CaseOutcome, failedCase, judgeCase, type Place } from './outcome.js'
import type { Predictor } from './predictor.js'
import { writeScenario } from './scenario.js'
import type { Tool } from './tool.js'
import type { Bench } from './topology.js'

/** What asking a kernel came to. `answers` null: it was never asked, or broke down. */
export interface Asked {
  readonly outcome: CaseOutcome
  readonly answers: readonly (StepAnswer | null)[] | null
}

/** Puts scenarios to one machine under one kernel. The guest is booted when it is first needed. */
export interface Asker {
  /** The machine before any scenario: what there is, and what the tool's reader reads of it. */
  look(): Promise<{ readonly survey: Survey; readonly tree: RecordedTree }>
  ask(one: LabCase, predict: Predictor): Promise<Asked>
  close(): Promise<void>
}

export interface AskerOptions {
  readonly host: GuestHost
  readonly tool: Tool
  /** Folder for the guest's share and logs. */
  readonly folder: string
  /** The machine as recorded: what the prediction outside is made from. */
  readonly tree: string
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
  let asked = 0

  const boot = async (): Promise<{ guest: Guest; survey: Survey }> => {
    guest ??= await bootGuest(kernel, topology, join(options.folder, 'guest'), options.host)
    survey ??= await guest.ask({ do: 'prepare', setup })
    return { guest, survey }
  }

  const close = async (): Promise<void> => {
    await guest?.stop()
    guest = null
    survey = null
  }

  const askOpen = async (one: LabCase, predict: Predictor, current: Guest): Promise<Asked> => {
    const file = join(current.share, 'scenario.yaml')
    const text = writeScenario(one.scenario, one.name)
    await writeFile(file, text)
    // What users start is put to the test once a bench, inside and outside: its start would cost more than all else.
    const isFirst = asked === 0
    const run = await current.ask({
      do: 'tool',
      drivers: one.scenario.drivers,
      args: ['verify', join(current.mount, 'scenario.yaml'), '--json', '--yes'],
      how: isFirst ? 'process' : 'server',
      env: {},
      timeoutMs: TOOL_LIMIT_MS,
    })
    asked += 1
    const obstacle = obstacleIn(run)
    if (obstacle !== null) return { outcome: failedCase(place, one, obstacle), answers: null }
    const predicted = isFirst ? await options.tool.simulate(file, options.tree) : predict(text)
    const verified = decodeSteps<VerifiedStep>(run.stdout)
    const outcome = judgeCase(place, one, predicted, verified)
    return { outcome, answers: verified.map(({ actual }) => actual) }
  }

  return {
    async look() {
      const current = await boot()
      return { survey: current.survey, tree: await current.guest.ask({ do: 'record' }) }
    },
    async ask(one, predict) {
      if (lost >= LOST_GUESTS) {
        const outcome = failedCase(place, one, 'not asked: too many guests were lost')
        return { outcome, answers: null }
      }
      try {
        return await askOpen(one, predict, (await boot()).guest)
      } catch (error) {
        lost += 1
        await close()
        const reason = error instanceof Error ? error.message : String(error)
        return { outcome: failedCase(place, one, reason), answers: null }
      }
    },
    close,
  }
}

export function placeOf({ kernel, topology, setup }: Bench): Place {
  return { kernel: kernel.id, topology: topology.name, setup: setup.name }
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
