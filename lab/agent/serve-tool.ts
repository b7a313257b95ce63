import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { ServedPlay, ServedRequest, ServedRun } from './protocol.js'

/** The tool in a process that stays, so that only its first command line pays for its start. */
export interface ServedTool {
  /** Runs one command line after those before it. null: no answer in time, or the process died; the next one gets a new one. */
  run(args: readonly string[], timeoutMs: number): Promise<ServedRun | null>
  /** Performs a scenario on the running kernel, in the same way. */
  play(scenario: string, timeoutMs: number): Promise<ServedPlay | null>
  stop(): void
}

/** `server`: bundled `tool-server.ts`. `root`: folder of the tool. */
export function serveTool(server: string, root: string): ServedTool {
  let child: ChildProcessWithoutNullStreams | null = null
  let lines: AsyncIterator<string> | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const start = (): ChildProcessWithoutNullStreams => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      NO_COLOR: '1',
      // The server stands alone, and takes koffi from the tool.
      NODE_PATH: join(root, 'node_modules'),
    }
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
  const askNow = async (request: ServedRequest, timeoutMs: number): Promise<unknown> => {
    child ??= start()
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await inTime(lines?.next(), timeoutMs)
    if (line === undefined || line.done === true) {
      stop()
      return null
    }
    return JSON.parse(line.value)
  }
  const ask = (request: ServedRequest, timeoutMs: number): Promise<unknown> => {
    const answer = turn.then(() => askNow(request, timeoutMs))
    turn = answer.catch(() => undefined)
    return answer
  }

  return {
    run: async (args, timeoutMs) => (await ask({ args }, timeoutMs)) as ServedRun | null,
    play: async (scenario, timeoutMs) => (await ask({ scenario }, timeoutMs)) as ServedPlay | null,
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
