import type { StepAnswer } from '../answers.js'
import type { HostChange } from '../scenario.js'
import type { Setup } from '../topology.js'

/** What the host asks of the agent inside a guest: one numbered file each, answered by a file of the same number. */
export type AgentRequest =
  | { readonly do: 'prepare'; readonly setup: Setup }
  | { readonly do: 'record' }
  | {
      readonly do: 'tool'
      /** Bind state of the functions that matter to this call; all others are unbound. */
      readonly drivers: Drivers
      /** What follows `vfio-reset` on the command line. */
      readonly args: readonly string[]
      /** `process`: `bin/run.js`, in a process of its own. `server`: the same in one that stays, which is far quicker. */
      readonly how: 'process' | 'server'
      /** Environment of the process. */
      readonly env: Readonly<Record<string, string>>
      readonly timeoutMs: number
    }
  | {
      readonly do: 'play'
      readonly before: readonly HostChange[]
      readonly drivers: Drivers
      /** The scenario as a file's text. */
      readonly scenario: string
      readonly timeoutMs: number
    }
  /** A shell script of the tool, such as a plan; `modprobe` does nothing there, since all modules are loaded. */
  | { readonly do: 'shell'; readonly script: string; readonly timeoutMs: number }
  | { readonly do: 'stop' }

/** Driver of each function; null: none. */
export type Drivers = Readonly<Record<string, string | null>>

export interface AgentAnswers {
  readonly prepare: Survey
  readonly record: RecordedTree
  readonly tool: ToolRun
  readonly play: Played
  readonly shell: ShellRun
  readonly stop: null
}

/** What went wrong inside the agent itself; never what the tool answered. */
export interface AgentFailure {
  readonly failed: string
}

/** The machine as its kernel sees it, before any driver is bound to the functions under test. */
export interface Survey {
  readonly release: string
  readonly functions: readonly SurveyedFunction[]
}

export interface SurveyedFunction {
  readonly address: string
  /** `8086:10d3`. */
  readonly id: string
  readonly isBridge: boolean
  /** Neither a bridge nor part of the emulated chipset or of the file share: a function that scenarios may use. */
  readonly isTested: boolean
  /** Address of the bridge that it stands below; null on the root bus. */
  readonly parent: string | null
  readonly group: number | null
  readonly physfn: string | null
  /** pciehp has made a slot below this bridge; absent in the cache of older runs. */
  readonly hasSlot?: boolean
  /** Keeps its driver for the whole boot. */
  readonly fixedDriver: string | null
}

export type RecordedEntry =
  | readonly [path: string, kind: 'file', base64: string]
  | readonly [path: string, kind: 'link', target: string]
  | readonly [path: string, kind: 'folder']

export interface RecordedTree {
  readonly entries: readonly RecordedEntry[]
  /** Paths in the order in which the kernel made them, as far as the reader asked (`HostTree.madeAt`); absent in older recordings. */
  readonly made?: readonly string[]
}

/** A scenario, performed by the code of `verify`. */
export interface Played {
  /** null: something went wrong outside the kernel, see `failure`. */
  readonly answers: readonly (StepAnswer | null)[] | null
  readonly failure: string | null
  /** The tree after what happened before the scenario; null: it is as it was recorded first. */
  readonly tree: RecordedTree | null
  readonly leaked: readonly string[]
}

/** What the process that stays is asked: to run a command line, or to perform a scenario. */
export type ServedRequest = { readonly args: readonly string[] } | { readonly scenario: string }

/** A scenario, performed by the process that stays. */
export interface ServedPlay {
  readonly answers: readonly (StepAnswer | null)[] | null
  readonly failure: string | null
  readonly leaked: readonly string[]
}

/** One command line, run by the tool that stays. */
export interface ServedRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  /** VFIO files that the tool left open. */
  readonly leaked: readonly string[]
}

export interface ToolRun {
  readonly exitCode: number | null
  /** Signal that ended it, as when it ran longer than it may. */
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  /** Bindings that did not come about, and why: the scenario was then never put to the kernel. */
  readonly bindFailures: readonly string[]
  readonly leaked: readonly string[]
}

export interface ShellRun {
  readonly exitCode: number | null
  readonly stderr: string
}
