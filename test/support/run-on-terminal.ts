import { vi } from 'vitest'
import { type Run, runMain } from './run-main.js'

/** Runs one command line as on a terminal of 80 columns, without colour. */
export async function runOnTerminal(...argv: readonly string[]): Promise<Run> {
  const { stdout } = process
  const { isTTY, columns, getWindowSize } = stdout
  const before = { isTTY, columns, getWindowSize }
  vi.stubEnv('NO_COLOR', '1')
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  vi.stubEnv('TERM', 'xterm')
  Object.assign(stdout, { isTTY: true, columns: 80, getWindowSize: () => [80, 24] })
  try {
    return await runMain(...argv)
  } finally {
    Object.assign(stdout, before)
    vi.unstubAllEnvs()
  }
}
