import { counted } from '../../text/english.js'
import type { ExplainReport } from './document.js'

/** What the log comes to: the answer to what matters most in it, and how much more there is. */
export function explainSummary({
  messages,
  unknown,
  unlisted,
  listing,
  lines,
}: Pick<ExplainReport, 'messages' | 'unknown' | 'unlisted' | 'listing' | 'lines'>): string {
  const strange = unknown.length + unlisted
  const [first, ...others] = byGravity(messages)
  if (first === undefined) return listing === null ? nothingText(unknown.length, lines) : LISTING
  const more = others.filter(({ matters }) => matters !== false).length
  return [
    ...(first.matters === false && strange > 0 ? [unknownFirst(strange)] : []),
    first.answer,
    ...(more === 0 ? [] : [`${counted(more, 'more message')} may matter.`]),
  ].join(' ')
}

/** What matters comes before what may, and that before what does not; else the order of the log. */
export function byGravity<Message extends { readonly matters: boolean | null }>(
  messages: readonly Message[],
): readonly Message[] {
  const rank = ({ matters }: Message): number => (matters === true ? 0 : matters === null ? 1 : 2)
  return [...messages].sort((a, b) => rank(a) - rank(b))
}

/** Nothing that is known matters; what is not known may. */
export function unknownFirst(count: number): string {
  const what = count === 1 ? '1 kind of line is' : `${count} kinds of line are`
  return `${what} not known, and may matter. What is known is harmless.`
}

/** That no message is known. */
export function nothingText(strange: number, lines: number): string {
  return strange > 0 && lines === 1
    ? 'This message is not in the catalogue.'
    : `None of the ${counted(lines, 'line')} is a message that is known here.`
}

const LISTING = 'This is a listing, not a message: there is nothing to explain in it.'
