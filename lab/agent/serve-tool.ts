import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { ServedRun } from './protocol.js'

/** The tool in a process that stays, so that only its first command line pays for its start. */
export interface ServedTool {
  /** Runs one command line after those before it. null: no answer in time, or the process died; the next one gets a new one. */
  run(args: readonly string[], timeoutMs: number): Promise<ServedRun | null>
  stop(): void
}

/** `server`: bundled `tool-server.ts`. `root`: folder of the tool. */
export function serveTool(server: string, root: string): ServedTool {
  let child: ChildProcessWithoutNullStreams | null = null
  let lines: AsyncIterator<string> | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const start = (): ChildProcessWithoutNullStreams => {
    const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', NO_COLOR: '1' }
    const started = spawn(process.execPath, [server, root], { env, stdio: 'pipe' })
    started.stderr.resume()
    started.stdin.on('error', () => undefined)
    lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
    return started
  }
  const stop = (): void => {
    child?.kill('SIGKILL')
    child = null
  }
  const runNow = async (args: readonly string[], timeoutMs: number): Promise<ServedRun | null> => {
    child ??= start()
    child.stdin.write(`${JSON.stringify(args)}\n`)
    const line = await inTime(lines?.next(), timeoutMs)
    if (line === undefined || line.done === true) {
      stop()
      return null
    }
    return JSON.parse(line.value) as ServedRun
  }

  return {
    run(args, timeoutMs) {
      const answer = turn.then(() => runNow(args, timeoutMs))
      turn = answer.catch(() => undefined)
      return answer
    },
    stop,
  }
}

async function inTime<T>(work: Promise<T> | undefined, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
