import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One system call of one thread, as strace writes it. */
export interface SystemCall {
  readonly name: string
  /** Everything between the parentheses. */
  readonly args: string
  /** Strings among the arguments: paths, in the first place. */
  readonly strings: readonly string[]
  /** Result; null: the call did not return. */
  readonly result: number | null
}

export interface Trace {
  /** Calls of each thread, in order. */
  readonly threads: readonly (readonly SystemCall[])[]
  readonly calls: readonly SystemCall[]
  /** Calls of the process that was begun last: the one that answers, where a busy machine made the first one hand over. */
  readonly answering: readonly SystemCall[]
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Whether this machine has strace (Debian package `strace`) and lets us trace. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-o', '/dev/null', process.execPath, '--version']).status === 0
}

/** Runs Node with these arguments under strace, every thread in a file of its own so that no call is torn in two. */
export function traceNode(...argv: readonly string[]): Trace {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-strace-'))
  try {
    const options = ['-ff', '-qq', '-s', '4096', '-o', join(folder, 'thread')]
    const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env
    const { status, stdout, stderr } = spawnSync(
      'strace',
      [...options, process.execPath, ...argv],
      {
        encoding: 'utf8',
        env,
        maxBuffer: 64 * 1024 * 1024,
      },
    )
    const byId = new Map(
      readdirSync(folder).map((name) => [
        Number(name.split('.').at(-1)),
        readFileSync(join(folder, name), 'utf8').split('\n').flatMap(parseCall),
      ]),
    )
    const threads = [...byId.values()]
    const answering = callsOfLast(byId)
    return { threads, calls: threads.flat(), answering, exitCode: status, stdout, stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Threads belong to the process that made them with `CLONE_THREAD`; whoever was made without it is a process. */
function callsOfLast(byId: ReadonlyMap<number, readonly SystemCall[]>): readonly SystemCall[] {
  const made = (id: number, wanted: 'processes' | 'threads') =>
    (byId.get(id) ?? []).flatMap(({ name, args, result }) => {
      const isMaking = /^v?fork$|^clone3?$/.test(name) && result !== null && result > 0
      const kind = args.includes('CLONE_THREAD') ? 'threads' : 'processes'
      return isMaking && kind === wanted ? [result] : []
    })
  const ids = [...byId.keys()]
  const children = new Set(ids.flatMap((id) => [...made(id, 'processes'), ...made(id, 'threads')]))
  const first = ids.filter((id) => !children.has(id))
  const last = ids.flatMap((id) => made(id, 'processes')).sort((a, b) => a - b)
  const start = last.at(-1) ?? first[0]
  const calls: SystemCall[] = []
  const queue = start === undefined ? [] : [start]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    calls.push(...(byId.get(id) ?? []))
    queue.push(...made(id, 'threads'))
  }
  return calls
}

function parseCall(line: string): SystemCall[] {
  const match = /^(\w+)\((.*)\)\s+= (\?|-?\d+|0x[0-9a-f]+)/.exec(line)
  if (match === null) return []
  const [, name = '', args = '', result = '?'] = match
  const strings = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text)
  return [{ name, args, strings, result: result === '?' ? null : Number(result) }]
}
