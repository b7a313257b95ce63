import { isPartial, LINE_LIMIT } from './clean-line.js'

/** What one physical line made whole. */
export interface WholeLine {
  readonly text: string
  /** Number of the physical line that it begins in, from 1. */
  readonly number: number
}

/** Physical lines that one line may be cut into by what carried it. */
const MOST_PIECES = 64

interface Pending extends WholeLine {
  readonly pieces: number
  readonly how: 'mail' | 'runtime' | 'bytes'
}

/**
 * Undoes what carries text line by line: soft breaks of quoted-printable mail, records that container runtimes cut, and
 * `journalctl -o json-pretty`, which writes each byte of a message on a line of its own.
 */
export function wholeLines(take: (line: WholeLine) => void) {
  let pending: Pending | null = null
  const flush = (): void => {
    if (pending === null) return
    const { text, number, how } = pending
    pending = null
    take({
      text: how === 'mail' ? fromMail(text) : how === 'bytes' ? closeBytes(text) : text,
      number,
    })
  }
  return {
    take(text: string, number: number): void {
      if (pending !== null) {
        const next = continued(pending, text)
        pending = next.pending
        if (next.isOver || pending.pieces >= LIMITS[pending.how]) flush()
        return
      }
      const how = howCut(text)
      if (how === null) take({ text: isMailed(text) ? fromMail(text) : text, number })
      else pending = begun(text, number, how)
    },
    end: flush,
  }
}

function begun(text: string, number: number, how: Pending['how']): Pending {
  return { text: how === 'mail' ? text.slice(0, -1) : text, number, pieces: 1, how }
}

const LIMITS = { mail: MOST_PIECES, runtime: MOST_PIECES, bytes: 16_384 } as const

function howCut(text: string): Pending['how'] | null {
  if (isSoftBreak(text)) return 'mail'
  if (isPartial(text)) return 'runtime'
  return BYTES_BEGIN.test(text) ? 'bytes' : null
}

function continued(
  { text: before, number, pieces, how }: Pending,
  text: string,
): { readonly pending: Pending; readonly isOver: boolean } {
  const joined = (piece: string): Pending => ({
    text: (before + piece).slice(0, LINE_LIMIT),
    number,
    pieces: pieces + 1,
    how,
  })
  switch (how) {
    case 'mail': {
      const plain = text.replace(/^(?:>\s?)+/, '')
      return isSoftBreak(text)
        ? { pending: joined(plain.slice(0, -1)), isOver: false }
        : { pending: joined(plain), isOver: true }
    }
    case 'runtime':
      return { pending: joined(text.replace(RUNTIME, '')), isOver: !isPartial(text) }
    case 'bytes':
      return { pending: joined(text.trim()), isOver: !BYTE.test(text) }
  }
}

/** Mail breaks a line of quoted-printable at 76 characters at the latest, and says so with `=`. */
function isSoftBreak(text: string): boolean {
  return text.length >= 40 && text.length <= 80 && text.endsWith('=')
}

/** A line that was not broken, and in which `=` itself is written as quoted-printable has it. */
function isMailed(text: string): boolean {
  return text.length <= 80 && text.includes('=3D')
}

function fromMail(text: string): string {
  return text.replace(/=([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

const RUNTIME = /^\s*\d{4}-\d\d-\d\dT\S{8,30} std(?:out|err) [FP] /
const BYTES_BEGIN = /^\s{0,8}"MESSAGE" ?: ?\[\s*$/
const BYTE = /^\s*\d{1,3},?\s*$/

/** The record around the list of bytes is not needed. */
function closeBytes(text: string): string {
  return `{${text.trim().replace(/\],?$/, '')}]}`
}
