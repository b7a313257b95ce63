import { readdirSync, readlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { playScenario } from './play.js'
import type { ServedPlay, ServedRequest, ServedRun } from './protocol.js'

/**
 * Runs command lines of the built tool, and performs scenarios, one after the other, in one process: where every start costs
 * seconds, as in a guest. One line of JSON in, the request; one out, what came of it. The first argument is the folder of the
 * tool.
 */
const [root = ''] = process.argv.slice(2)
type Main = (argv: readonly string[], root: string) => Promise<{ readonly exitCode: number }>
let main: Main | null = null
const reply = process.stdout.write.bind(process.stdout)
void serve()

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as ServedRequest
    const answer = 'args' in request ? await runTool(request.args) : await play(request.scenario)
    reply(`${JSON.stringify(answer)}\n`)
  }
}

async function play(scenario: string): Promise<ServedPlay> {
  const outcome = await playScenario(scenario).then(
    (answers) => ({ answers, failure: null }),
    (error: unknown) => ({ answers: null, failure: String(error) }),
  )
  return { ...outcome, leaked: openVfioFiles() }
}

async function runTool(args: readonly string[]): Promise<ServedRun> {
  main ??= (createRequire(__filename)(join(root, 'dist/main.cjs')) as { readonly main: Main }).main
  const started = performance.now()
  const stdout = capture(process.stdout)
  const stderr = capture(process.stderr)
  const { exitCode } = await main(args, root)
  return {
    exitCode,
    stdout: stdout.release(),
    stderr: stderr.release(),
    durationMs: Math.round(performance.now() - started),
    leaked: openVfioFiles(),
  }
}

/** Keeps what is written to a stream instead of writing it, until released. */
function capture(stream: NodeJS.WriteStream): { release(): string } {
  const { write } = stream
  let text = ''
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    const done = rest.find((one) => typeof one === 'function')
    if (done !== undefined) queueMicrotask(() => done(null))
    return true
  }
  return {
    release() {
      stream.write = write
      return text
    },
  }
}

/** VFIO files that are still open although the command has ended. */
function openVfioFiles(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => linkOf(`/proc/self/fd/${fd}`))
    .filter((target) => /vfio|iommu/.test(target))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // The descriptor of the listing itself.
    return ''
  }
}
