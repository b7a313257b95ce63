/**
 * What a process that does the work tells the one that waits for it, one line each (`docs/adr/0007-a-process-to-leave-behind.md`).
 * A line of the first three kinds is written while thousands of files are read, so they are single characters.
 */
export type Message =
  /** A path is about to be touched, as JSON: should no other line follow, this is what hangs. */
  | { readonly kind: 'enter'; readonly path: string }
  /** Still reading; without the path, since saying it before every read would cost as much as the read. */
  | { readonly kind: 'reading' }
  /** What comes next waits for no file: it ends by itself, or a person ends it. */
  | { readonly kind: 'working' }
  /** From here on something is written or done: it must not be begun anew. */
  | { readonly kind: 'acting' }
  /** What came through a pipe, as base64: nobody can read it a second time. */
  | { readonly kind: 'keep'; readonly kept: KeptInput }
  /** What is to be told in place of an answer that does not come. */
  | { readonly kind: 'reserve'; readonly reserve: Reserve }
  /** All that was to be written is out. */
  | { readonly kind: 'end'; readonly end: End }

/** An answer that is kept in case the real one does not come. */
export interface Reserve {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface KeptInput {
  /** The file, or `-` for standard input. */
  readonly path: string
  readonly base64: string
}

export interface End {
  readonly exitCode: number
  /** A call into the kernel does not return: the process cannot end by itself. */
  readonly stuck: boolean
}

/** What the working process is told when it starts. */
export interface Wish {
  /** Every path is told before it is touched. */
  readonly careful: boolean
  /** Absolute paths that gave no answer to an earlier process: they are not touched again. */
  readonly silent: readonly string[]
  /** Everything that is called like one of them is left alone too: there is no time to find out one by one. */
  readonly byName: boolean
  /** Bytes of `KeptInput`s, as a JSON array, that stand in the channel for it. */
  readonly keptLength: number
}

const READING = '.'
const WORKING = '-'
const ACTING = '!'
const ENTER = '>'
const KEEP = '+'
const RESERVE = '='
const END = '#'

export function encodeMessage(message: Message): string {
  switch (message.kind) {
    case 'enter':
      return `${ENTER}${JSON.stringify(message.path)}\n`
    case 'reading':
      return `${READING}\n`
    case 'working':
      return `${WORKING}\n`
    case 'acting':
      return `${ACTING}\n`
    case 'keep':
      return `${KEEP}${JSON.stringify(message.kept)}\n`
    case 'reserve':
      return `${RESERVE}${JSON.stringify(message.reserve)}\n`
    case 'end':
      return `${END}${JSON.stringify(message.end)}\n`
  }
}

/** undefined: no message. Both ends are of one package, so what follows the first character is believed. */
export function decodeMessage(line: string): Message | undefined {
  const rest = line.slice(1)
  switch (line[0]) {
    case READING:
      return { kind: 'reading' }
    case WORKING:
      return { kind: 'working' }
    case ACTING:
      return { kind: 'acting' }
    case ENTER:
      return { kind: 'enter', path: JSON.parse(rest) }
    case KEEP:
      return { kind: 'keep', kept: JSON.parse(rest) }
    case RESERVE:
      return { kind: 'reserve', reserve: JSON.parse(rest) }
    case END:
      return { kind: 'end', end: JSON.parse(rest) }
    default:
      return undefined
  }
}
