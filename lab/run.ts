import { type ExecaError, execa } from 'execa'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What goes to standard input. */
  readonly input?: string | Uint8Array
  /** Milliseconds after which the program is ended. */
  readonly timeoutMs?: number
}

export interface RunOutput {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. Throws when it fails, with the last lines that it wrote to standard error. */
export async function run(
  file: string,
  args: readonly string[],
  { timeoutMs = 0, env = {}, ...options }: RunOptions = {},
): Promise<RunOutput> {
  try {
    const { stdout, stderr } = await execa(file, args, {
      ...options,
      env: { ...env },
      timeout: timeoutMs,
    })
    return { stdout, stderr }
  } catch (error) {
    const { shortMessage, stderr } = error as ExecaError
    const tail = String(stderr ?? '')
      .split('\n')
      .slice(-20)
      .join('\n')
    throw new Error(`${shortMessage}\n${tail}`, { cause: error })
  }
}
