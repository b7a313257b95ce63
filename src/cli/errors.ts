/** What a person needs besides the message; each is left out where it does not apply. */
export interface ErrorFacts {
  /** One sentence: what to do about it. */
  readonly hint?: string | undefined
  /** The file or folder it is about, as the user knows it. */
  readonly path?: string | undefined
  /** The system's errno by name, such as `EACCES`. */
  readonly errno?: string | undefined
  /** What could have been meant, such as the functions that a name fits. */
  readonly choices?: readonly string[] | undefined
  readonly cause?: unknown
}

/** An error that is nobody's bug: told in one sentence, without a stack. The message is that sentence, no more. */
export abstract class ExpectedError extends Error {
  abstract readonly exitCode: 2 | 3
  readonly hint: string | null
  readonly path: string | null
  readonly errno: string | null
  readonly choices: readonly string[]

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause })
    this.hint = facts.hint ?? null
    this.path = facts.path ?? null
    this.errno = facts.errno ?? null
    this.choices = facts.choices ?? []
  }
}

/** The user can fix the call: wrong flag, unknown device, unreadable or invalid capture. */
export class UsageError extends ExpectedError {
  override readonly name = 'UsageError'
  readonly exitCode = 2
}

/** The host will not let us look or act. */
export class HostError extends ExpectedError {
  override readonly name = 'HostError'
  readonly exitCode = 3
}

/** How the system calls what went wrong; undefined: it was not the system. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
