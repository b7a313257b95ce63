import { fileURLToPath } from 'node:url'
import { main } from '../../src/main.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What one command line gave. */
export interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Runs one command line in this process, from the sources; streams that are no terminal take what it writes. */
export async function runMain(...argv: readonly string[]): Promise<Run> {
  const stdout = divert(process.stdout)
  const stderr = divert(process.stderr)
  try {
    const { exitCode } = await main(argv, ROOT)
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode }
  } finally {
    stdout.restore()
    stderr.restore()
  }
}

export function divert(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  const { write } = stream
  let text = ''
  stream.write = (chunk: unknown, ...rest: readonly unknown[]): boolean => {
    text += String(chunk)
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  }
  return {
    text: () => text,
    restore: () => {
      stream.write = write
    },
  }
}
