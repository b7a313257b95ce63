import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** Variables that change how long Node takes to start, whatever is measured. */
const DISTURBING = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE']

export const CLEAN_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !DISTURBING.includes(name)),
)

/** bash's `time` knows milliseconds; GNU time knows the peak memory. */
const SCRIPT =
  'TIMEFORMAT="%R %U %S"; { time "$TIME" -f %M -o "$SCRATCH/rss" "$@" >"$SCRATCH/out" 2>"$SCRATCH/err"; } 2>"$SCRATCH/time"; '

/**
 * Runs one command to its end, output into files, and says what the whole process took: wall and processor time in ms,
 * peak resident memory in MiB, bytes of output. Throws when it fails.
 */
export function runProcess(argv, scratch, input = 'ignore') {
  const { status } = spawnSync('bash', ['-c', SCRIPT, 'bash', ...argv], {
    env: { ...CLEAN_ENVIRONMENT, LC_ALL: 'C', SCRATCH: scratch, TIME: '/usr/bin/time' },
    stdio: [input, 'ignore', 'ignore'],
  })
  const text = (name) => readFileSync(`${scratch}/${name}`, 'utf8').trim()
  if (status !== 0)
    throw new Error(`${argv.join(' ')} ended with ${status}: ${text('err').slice(0, 500)}`)
  const [wall, user, system] = text('time')
    .split(' ')
    .map((seconds) => Number(seconds) * 1000)
  return {
    wallMs: wall,
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
