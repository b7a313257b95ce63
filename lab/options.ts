import { parseArgs } from 'node:util'

/** What a run of the lab is to do. */
export interface LabOptions {
  /** Folder of kernels, package lists and logs, which outlives a run. */
  readonly cache: string
  /** Kernels to ask, by id; empty: all. */
  readonly kernels: readonly string[]
  /** Topologies to ask about; empty: all. */
  readonly topologies: readonly string[]
  readonly seed: number
  /** Random scenarios a bench. */
  readonly count: number
  /** Guests at a time. */
  readonly jobs: number
  /** The part that a push waits for: builds no kernel, and is not kept. */
  readonly smoke: boolean
  /** Minutes after which no further scenario is begun; null: no limit. */
  readonly minutes: number | null
  /** Keeps the answers of built kernels in `fixtures/lab`. */
  readonly record: boolean
  /** Asks no kernel: judges all recorded answers by the model of today, and strikes off `known-open.json` what agrees. */
  readonly replay: boolean
  /** Asks scenarios and nothing else: what was seen of resets and walks is taken from the recordings. */
  readonly onlyAnswers: boolean
  /** Makes scenarios on which model and kernel part smaller. */
  readonly shrinks: boolean
  /** Asks also what was answered in an earlier run. */
  readonly again: boolean
  /** Only so many of the enumerated scenarios for each machine; null: all. */
  readonly most: number | null
  /** Asks nothing, and records messages by these scripts of `lab/messages`, all if empty; null: asks. */
  readonly messages: readonly string[] | null
}

export const USAGE = `Usage: npm run test:vm -- [OPTIONS]
  --kernel ID      ask only this kernel (repeatable): debian-6.1, lab-newest, ...
  --topology NAME  ask only about this machine (repeatable): ports, sriov, ...
  --seed N         seed of the random scenarios (1)
  --count N        random scenarios for each machine (8)
  --jobs N         guests at a time (2)
  --minutes N      begin no scenario after so many minutes
  --again          ask also what was answered in an earlier run
  --most N         only N of the enumerated scenarios for each machine (40; 0: all)
  --smoke          the part for every push: no kernel is built, 8 minutes
  --record         keep the answers of built kernels in fixtures/lab
  --only-answers   ask scenarios alone: resets and walks are as they were recorded
  --replay         ask no kernel: judge what is recorded by the model of today
  --no-shrink      leave disagreements as they are
  --cache DIR      where kernels are kept ($XDG_CACHE_HOME/vfio-reset-lab)
  --messages [NAME ...]  no scenarios: record what programs print in the scripts of lab/messages
Answers are kept, so that a long run can be made in parts: each run, --smoke left out, writes all that
is known so far into docs/conformance.md, judged by the model of today.
`

/** Minutes of a smoke run after which no scenario is begun; downloads come before them. */
const SMOKE_MINUTES = '8'

/** Scenarios for each machine of a smoke run: enough for every machine to get its turn. */
const SMOKE_SHARE = { most: '10', count: '2' }

/** 0 stands for no limit. All scenarios of every machine would take most of a day under emulation. */
const NUMBERS = { seed: '1', count: '8', jobs: '2', minutes: '0', most: '40' }

/** Reads the command line; a text to be printed when it is not understood or asks for help. */
export function readOptions(args: readonly string[], defaultCache: string): LabOptions | string {
  const values = parse(args)
  if (typeof values === 'string') return `${values}\n${USAGE}`
  const { kernel, topology, smoke, help, ...given } = {
    kernel: [],
    topology: [],
    smoke: false,
    ...NUMBERS,
    ...(values.smoke === true ? { ...SMOKE_SHARE, minutes: SMOKE_MINUTES } : {}),
    ...values,
  }
  const wrong = Object.keys(NUMBERS).find(
    (name) => !isWholeNumber(given[name as keyof typeof NUMBERS]),
  )
  if (help === true) return USAGE
  if (wrong !== undefined) return `--${wrong} takes a whole number.\n${USAGE}`
  return {
    cache: given.cache ?? defaultCache,
    kernels: kernel,
    topologies: topology,
    seed: Number(given.seed),
    count: Number(given.count),
    jobs: Math.max(1, Number(given.jobs)),
    smoke,
    minutes: Number(given.minutes) || null,
    most: Number(given.most) || null,
    again: smoke || given.again === true,
    record: given.record === true,
    replay: given.replay === true,
    onlyAnswers: given['only-answers'] === true,
    shrinks: !smoke && given['no-shrink'] !== true,
    messages: given.messages === true ? given.names : null,
  }
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: args.includes('--messages'),
      options: {
        again: { type: 'boolean' },
        cache: { type: 'string' },
        count: { type: 'string' },
        help: { type: 'boolean' },
        jobs: { type: 'string' },
        kernel: { type: 'string', multiple: true },
        messages: { type: 'boolean' },
        minutes: { type: 'string' },
        most: { type: 'string' },
        'no-shrink': { type: 'boolean' },
        'only-answers': { type: 'boolean' },
        record: { type: 'boolean' },
        replay: { type: 'boolean' },
        seed: { type: 'string' },
        smoke: { type: 'boolean' },
        topology: { type: 'string', multiple: true },
      },
    })
    return { ...values, names: positionals }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function isWholeNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}
