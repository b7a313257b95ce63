import { isPartial, LINE_LIMIT } from './clean-line.js'

/** What one physical line made whole. */
export interface WholeLine {
  readonly text: string
  /** Number of the physical line that it begins in, from 1. */
  readonly number: number
}

interface Pending extends WholeLine {
  readonly pieces: number
  readonly how: 'runtime' | 'bytes'
}

/** Physical lines that one line may be cut into by what carried it. */
const MOST_PIECES = { runtime: 64, bytes: 16_384 } as const

/**
 * Undoes what carries text line by line: records that container runtimes cut, `journalctl -o json-pretty`, which writes each
 * byte of a message on a line of its own, and the escapes of quoted-printable mail.
 */
export function wholeLines(take: (line: WholeLine) => void) {
  let pending: Pending | null = null
  const flush = (): void => {
    if (pending === null) return
    const { text, number, how } = pending
    pending = null
    take({ text: how === 'bytes' ? closeBytes(text) : text, number })
  }
  return {
    take(text: string, number: number): void {
      if (pending !== null) {
        const next = continued(pending, text)
        pending = next.pending
        if (next.isOver || pending.pieces >= MOST_PIECES[pending.how]) flush()
        return
      }
      const how = howCut(text)
      if (how === null) take({ text: isMailed(text) ? fromMail(text) : text, number })
      else pending = { text, number, pieces: 1, how }
    },
    end: flush,
  }
}

function howCut(text: string): Pending['how'] | null {
  if (isPartial(text)) return 'runtime'
  return BYTES_BEGIN.test(text) ? 'bytes' : null
}

function continued(
  { text: before, number, pieces, how }: Pending,
  text: string,
): { readonly pending: Pending; readonly isOver: boolean } {
  const piece = how === 'runtime' ? text.replace(RUNTIME, '') : text.trim()
  return {
    pending: { text: (before + piece).slice(0, LINE_LIMIT), number, pieces: pieces + 1, how },
    isOver: how === 'runtime' ? !isPartial(text) : !BYTE.test(text),
  }
}

/** A line of mail in which `=` itself is written as quoted-printable has it. */
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
