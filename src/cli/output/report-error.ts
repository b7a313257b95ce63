import { type Heading, heading } from '../../document/envelope.js'
import type { ErrnoName } from '../../host/scalars.js'
import { type Printable, printableSentences } from '../../text/printable.js'
import { ExpectedError, errnoOf, HostError } from '../errors.js'
import { type ErrorCode, exitCodeFor } from '../exit-code.js'
import { TOOL } from '../tool.js'
import { jsonText } from './json-text.js'
import { standardError, standardOutput } from './own-output.js'
import { writeOut } from './write-out.js'

const BUG_HINT =
  'This is a bug in vfio-reset: please report it with these lines, the command line and the kernel release (uname -r).'

/** What stands in place of an answer. The same sentence is told on standard error. */
export interface ErrorDocument extends Heading<'error'> {
  readonly error: ErrorReport
  readonly exitCode: ErrorCode
}

/** What went wrong. */
export interface ErrorReport {
  /** One sentence, for people. */
  readonly message: string
  /** What to do about it; null: nothing that is known. */
  readonly hint: string | null
  /** The file or folder that it is about; null: none. */
  readonly path: string | null
  /** What the system answered; null: it is not about the system. */
  readonly errno: ErrnoName | null
}

/**
 * Tells an error to the user, on stderr and with `json` on stdout too, and returns the exit code it stands for. When a
 * stream cannot be written, the exit code is what is left to tell.
 */
export async function reportError(
  thrown: unknown,
  { json }: { readonly json: boolean },
): Promise<ErrorCode> {
  const error = orShortage(thrown)
  const document = describeError(error)
  const written = [
    json ? writeOut(standardOutput(), jsonText(document)) : undefined,
    writeOut(standardError(), errorText(error, document)),
  ]
  await Promise.allSettled(written)
  return document.exitCode
}

/**
 * What happened as data. Of an error that nobody expected only the message is told: its other fields may hold anything.
 */
export function describeError(error: unknown): ErrorDocument {
  return { ...heading('error', TOOL), error: told(error), exitCode: exitCodeFor(error) }
}

function told(error: unknown): ErrorReport {
  if (error instanceof ExpectedError) {
    const { message, hint, path, errno, choices } = error
    const chosen = choices.length === 0 ? hint : [hint ?? '', choices.join('; ')].join(' ').trim()
    return { message, hint: chosen, path, errno }
  }
  const message = `Internal error: ${summaryOf(error)}`
  return { message, hint: BUG_HINT, path: null, errno: null }
}

/** The same in words: the sentence, for a bug also where it happened and in what, then what to do about it. */
export function errorText(error: unknown, { error: report }: ErrorDocument): Printable {
  const lines = [`${TOOL.name}: ${report.message}`]
  if (!(error instanceof ExpectedError)) {
    lines.push(...framesOf(error))
    lines.push(
      `  ${TOOL.name} ${TOOL.version}, node ${process.version}, ${process.platform}-${process.arch}`,
    )
  }
  const { hint, choices } = error instanceof ExpectedError ? error : { ...report, choices: [] }
  if (hint !== null) lines.push(`  ${hint}`)
  lines.push(...choices.map((choice) => `    ${choice}`))
  return printableSentences(...lines)
}

/** What the system gives every process only so much of. Whatever asks for it last fails, and that is nobody's bug. */
const SHORTAGES: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'this process may open no more files'],
  ['ENFILE', 'it can open no more files'],
  ['ENOMEM', 'it has no memory left'],
  ['ENOSPC', 'there is no space left'],
  ['EDQUOT', 'there is no space left for this user'],
])

/** The same error, or what it stands for if something ran short: some errors tell it only in their message. */
function orShortage(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ExpectedError) return error
  const errno = [errnoOf(error), /\bE(?:MFILE|NFILE|NOMEM)\b/.exec(error.message)?.[0]].find(
    (name) => name !== undefined && SHORTAGES.has(name),
  )
  if (errno === undefined) return error
  const why = SHORTAGES.get(errno)
  return new HostError(`The system refuses: ${why}.`, {
    errno,
    hint: errno === 'EMFILE' ? '`ulimit -n` says how many files that are.' : undefined,
    cause: error,
  })
}

function summaryOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.split('\n', 1).join('')
}

function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? error.stack : undefined
  return (stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
}
