// node scripts/fuzz.mjs [--count N] [--seed N] [--kind NAME] [--index N] [--workers N] [--minutes N]
// Hostile inputs of every kind through the built tool (docs/security.md). Each case follows from seed, kind and number.
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { KINDS } from './fuzz/kinds.mjs'
import { PROCESS_KINDS } from './fuzz/process-kinds.mjs'

const WORKER = fileURLToPath(new URL('fuzz/worker.mjs', import.meta.url))

/** Cases after which a worker is replaced, so that memory is judged anew. */
const CASES_PER_WORKER = 300
/** Processor time and time by the clock after which a case counts as one that does not end, in milliseconds. */
const HUNG_CPU_MS = 30_000
const HUNG_MS = 300_000
/** A process of its own costs as much as twenty cases. */
const PROCESS_SHARE = 20

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    kind: { type: 'string' },
    index: { type: 'string' },
    workers: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
  },
})
const seed = values.seed
const names = Object.keys({ ...KINDS, ...PROCESS_KINDS }).filter(
  (name) => values.kind === undefined || name === values.kind,
)
if (names.length === 0 || !/^\d+$/.test(values.count)) {
  console.error(
    `usage: node scripts/fuzz.mjs [--count N] [--seed N] [--kind ${Object.keys({ ...KINDS, ...PROCESS_KINDS }).join('|')}] [--index N] [--workers N] [--minutes N]`,
  )
  process.exit(2)
}

const started = performance.now()
const until = started + Number(values.minutes) * 60_000
const counts = new Map(names.map((name) => [name, 0]))
const found = []
const slowest = { cpuMs: 0 }
const queue = cases()
await Promise.all(Array.from({ length: Number(values.workers) }, work))

const total = [...counts.values()].reduce((sum, each) => sum + each, 0)
console.log([...counts].map(([name, count]) => `${name} ${count}`).join(', '))
console.log(
  `${total} cases, seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s; slowest ${slowest.kind} ${slowest.index}: ${Math.round(slowest.cpuMs)} ms; found ${found.length}`,
)
process.exitCode = found.length === 0 ? 0 : 1

/** The kinds in turn, so that a run that is ended early has seen all of them. */
function* cases() {
  if (values.index !== undefined) return yield { kind: names[0], index: Number(values.index) }
  const share = Math.ceil(Number(values.count) / names.length)
  for (let index = 0; index < share; index++) {
    for (const kind of names) {
      if (KINDS[kind] === undefined && index % PROCESS_SHARE !== 0 && values.kind === undefined)
        continue
      if (performance.now() < until) yield { kind, index }
    }
  }
}

async function work() {
  let worker = null
  let run = 0
  for (const { kind, index } of queue) {
    worker ??= fork(WORKER, {
      execArgv: ['--max-old-space-size=1024'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const answer = await ask(worker, { kind, index, seed })
    counts.set(kind, counts.get(kind) + 1)
    if (answer.cpuMs > slowest.cpuMs) Object.assign(slowest, { kind, index, cpuMs: answer.cpuMs })
    for (const problem of answer.problems) {
      found.push(problem)
      console.log(
        `FOUND ${kind} ${index} (--seed ${seed} --kind ${kind} --index ${index}): ${problem}\n  ${JSON.stringify(answer.argv).slice(0, 400)}`,
      )
    }
    run += 1
    if (answer.isGone || run % CASES_PER_WORKER === 0) {
      worker.kill('SIGKILL')
      worker = null
    }
  }
  worker?.kill('SIGKILL')
}

/** Puts a case to a worker. One that dies or does not answer is an answer too. */
function ask(worker, question) {
  const begun = performance.now()
  const before = cpuOf(worker.pid)
  return new Promise((resolve) => {
    const settle = (answer) => {
      clearInterval(timer)
      worker.removeAllListeners()
      resolve(answer)
    }
    const lost = (problem) => settle({ cpuMs: 0, argv: [], problems: [problem], isGone: true })
    const timer = setInterval(() => {
      const isBusy = cpuOf(worker.pid) - before > HUNG_CPU_MS
      if (isBusy || performance.now() - begun > HUNG_MS)
        lost(isBusy ? 'it does not end' : 'it hangs')
    }, 1_000)
    worker.once('message', (answer) => settle({ ...answer, isGone: false }))
    worker.once('exit', (code, signal) => lost(`it ended the process: ${code ?? signal}`))
    worker.send(question)
  })
}

/** Processor time of a process in milliseconds: user and system (proc(5), fields 14 and 15, at 100 a second). */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return 0
  }
}
