import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** Variables that change how long Node takes to start, whatever is measured. */
const DISTURBING = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE']

export const CLEAN_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !DISTURBING.includes(name)),
)

/**
 * bash's `time` knows milliseconds, of processes and of their own that they waited for; GNU time knows the peak memory. What is
 * short is run `TIMES` times, so that a millisecond is little.
 */
const SCRIPT = `TIMEFORMAT="%U %S"
{ time for ((run = 0; run < TIMES; run++)); do
  "$TIME" -f %M -o "$SCRATCH/rss" "$@" <"$INPUT" >"$SCRATCH/out" 2>"$SCRATCH/err" || exit
done; } 2>"$SCRATCH/time"`

/**
 * Runs one command to its end, `times` times, with a file as input and output into files, and says what a whole process took:
 * processor time in ms, peak resident memory in MiB, bytes of output. Throws when it fails.
 */
export function runProcess(argv, scratch, { input = '/dev/null', times = 1 } = {}) {
  const settings = { SCRATCH: scratch, TIME: '/usr/bin/time', TIMES: String(times), INPUT: input }
  const { status } = spawnSync('bash', ['-c', SCRIPT, 'bash', ...argv], {
    env: { ...CLEAN_ENVIRONMENT, LC_ALL: 'C', ...settings },
    stdio: 'ignore',
  })
  const text = (name) => readFileSync(`${scratch}/${name}`, 'utf8').trim()
  if (status !== 0)
    throw new Error(`${argv.join(' ')} ended with ${status}: ${text('err').slice(0, 500)}`)
  const [user, system] = text('time')
    .split(' ')
    .map((seconds) => (Number(seconds) * 1000) / times)
  return {
    cpuMs: user + system,
    peakMiB: Number(text('rss')) / 1024,
    outputBytes: statSync(`${scratch}/out`).size,
  }
}

/** Runs named commands in turns, after one unmeasured run of each: for each turn what each of them took. */
export function runInTurns(commands, { runs, scratch }) {
  const run = () =>
    Object.fromEntries(
      Object.entries(commands).map(([name, argv]) => [name, runProcess(argv, scratch)]),
    )
  run()
  return Array.from({ length: runs }, run)
}

export function median(values) {
  const sorted = [...values].sort((x, y) => x - y)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The quarter or half of all values that is below: `part` is 0.25 or 0.75. */
export function quantile(values, part) {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.floor((sorted.length - 1) * part)]
}
