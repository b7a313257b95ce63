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
  /** The part that a push waits for: builds no kernel, and stops at its time limit. */
  readonly smoke: boolean
  /** Minutes after which no further guest is started; null: no limit. */
  readonly minutes: number | null
  /** Keeps the answers of built kernels in `fixtures/lab`. */
  readonly record: boolean
  /** Makes scenarios on which model and kernel part smaller. */
  readonly shrinks: boolean
  /** Writes `docs/conformance.md`. */
  readonly writesReport: boolean
}

export const USAGE = `Usage: npm run test:vm -- [OPTIONS]
  --kernel ID      ask only this kernel (repeatable): debian-6.1, lab-newest, ...
  --topology NAME  ask only about this machine (repeatable): ports, sriov, ...
  --seed N         seed of the random scenarios (1)
  --count N        random scenarios for each machine (8)
  --jobs N         guests at a time (2)
  --minutes N      start no guest after so many minutes
  --smoke          the part for every push: no kernel is built, 20 minutes
  --record         keep the answers of built kernels in fixtures/lab
  --no-shrink      leave disagreements as they are
  --cache DIR      where kernels are kept ($XDG_CACHE_HOME/vfio-reset-lab)
Only a run without --kernel, --topology, --minutes and --smoke writes docs/conformance.md.
`

/** Minutes of a smoke run: what is left of 25 goes to downloads and to the last guests. */
const SMOKE_MINUTES = 18

const NUMBERS = { seed: '1', count: '8', jobs: '2', minutes: '0' }

/** Reads the command line; a text to be printed when it is not understood or asks for help. */
export function readOptions(args: readonly string[], defaultCache: string): LabOptions | string {
  const values = parse(args)
  if (typeof values === 'string') return `${values}\n${USAGE}`
  const { kernel, topology, smoke, help, ...given } = {
    kernel: [],
    topology: [],
    smoke: false,
    ...NUMBERS,
    ...values,
  }
  const wrong = Object.keys(NUMBERS).find(
    (name) => !isWholeNumber(given[name as keyof typeof NUMBERS]),
  )
  if (help === true) return USAGE
  if (wrong !== undefined) return `--${wrong} takes a whole number.\n${USAGE}`
  const minutes = Number(given.minutes)
  const hasLimit = smoke || minutes > 0
  return {
    cache: given.cache ?? defaultCache,
    kernels: kernel,
    topologies: topology,
    seed: Number(given.seed),
    count: Number(given.count),
    jobs: Math.max(1, Number(given.jobs)),
    smoke,
    minutes: hasLimit ? minutes || SMOKE_MINUTES : null,
    record: given.record === true,
    shrinks: given['no-shrink'] !== true,
    writesReport: !hasLimit && kernel.length === 0 && topology.length === 0,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cache: { type: 'string' },
        count: { type: 'string' },
        help: { type: 'boolean' },
        jobs: { type: 'string' },
        kernel: { type: 'string', multiple: true },
        minutes: { type: 'string' },
        'no-shrink': { type: 'boolean' },
        record: { type: 'boolean' },
        seed: { type: 'string' },
        smoke: { type: 'boolean' },
        topology: { type: 'string', multiple: true },
      },
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function isWholeNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}
