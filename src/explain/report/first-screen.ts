import { wholeCommands } from '../../plan/report/document.js'
import { counted } from '../../text/english.js'
import { firstScreen, ONE_ANSWER, type Piece, SEVERAL } from '../../text/first-screen.js'
import { bullet, command, paragraph } from '../../text/layout.js'
import type { Style } from '../../text/style.js'
import { ORIGIN_WORDS } from '../catalogue/words/origin-words.js'
import type { ExplainedMessage, ExplainReport } from './document.js'
import { MATTER_WORDS } from './matters.js'
import { placeText } from './message-text.js'

/** What the frame of the text has made of a log. */
export interface ToldLog {
  /** Messages that are told, the gravest first. */
  readonly told: readonly ExplainedMessage[]
  /** Messages that are only listed, since they do no harm. */
  readonly harmless: readonly ExplainedMessage[]
  /** Said before all messages, whatever they are; empty: nothing. */
  readonly before: readonly string[]
  /** Said where there is no message, of what the text is instead. */
  readonly instead: readonly string[]
  /** Said last, of the host that the messages are not about. */
  readonly elsewhere: readonly string[]
}

/** `explain` on one screen: the answer to the gravest message, why and what to do; of the others what they come to. */
export function explainScreen(
  report: ExplainReport,
  log: ToldLog,
  style: Style,
): readonly string[] {
  const { told, harmless, before, instead, elsewhere } = log
  const [first, ...others] = told
  const isAlone = others.length === 0 && harmless.length === 0
  const pieces: Piece[] = [
    { lines: before, rank: 0, called: 'the answer' },
    ...(first === undefined ? [] : gravest(first, report, style)),
    ...others.map((message) => otherPiece(message, style)),
    { lines: harmlessLine(harmless, style), rank: 4, called: 'harmless messages' },
    { lines: unknownLine(report, before, style), rank: 3, called: 'unknown lines' },
    { lines: instead, rank: 0, called: 'the answer' },
    { lines: elsewhere, rank: 4, called: 'whose log it is' },
  ]
  const most = isAlone ? ONE_ANSWER : SEVERAL
  return firstScreen(pieces, { most, more: MORE }, style)
}

const MORE = '--why shows it all, with causes and sources.'

function gravest(message: ExplainedMessage, { lines }: ExplainReport, style: Style): Piece[] {
  const { answer, origin, title, text, meaning, why, hint, plan, matters } = message
  const where = lines > 1 ? ` (${placeText(message)})` : ''
  const isNeeded = matters !== false || why === 'harmless'
  const reason = [meaning, MATTER_WORDS[why]].filter((part) => part !== null).join(' ')
  return [
    { lines: paragraph(answer, style, { tone: 'strong' }), rank: 0, called: 'the answer' },
    {
      lines: paragraph(`${ORIGIN_WORDS[origin]}: ${title}${where}`, style),
      rank: 1,
      called: 'the message',
    },
    { lines: paragraph(text, style, { by: 2, tone: 'faint' }), rank: 5, called: 'its line' },
    { ...sentences('Why', reason, style), rank: 2, called: 'the rest of why' },
    ...(hint === null || plan !== null || !isNeeded
      ? []
      : [{ ...sentences('What to do', hint, style), rank: 2, called: 'the rest of what to do' }]),
    ...planPieces(message, style),
  ]
}

/** A text, or its first sentence where there is no room for all. */
function sentences(label: string, text: string, style: Style): Pick<Piece, 'lines' | 'orElse'> {
  const [first = text] = text.split(/(?<=[.:]) (?=[A-Z])/)
  return {
    lines: paragraph(`${label}: ${text}`, style),
    orElse: paragraph(`${label}: ${first}`, style),
  }
}

/** What each step does comes before how it is typed; half of the commands would help nobody. */
function planPieces({ plan }: ExplainedMessage, style: Style): Piece[] {
  if (plan === null || plan.length === 0) return []
  return [
    {
      lines: [
        ...paragraph('What to do:', style),
        ...plan.flatMap(({ what }) => bullet(what, style)),
      ],
      rank: 2,
      called: 'what to do',
    },
    { lines: wholeCommands(plan).map(command), rank: 3, called: 'the commands' },
  ]
}

function otherPiece(message: ExplainedMessage, style: Style): Piece {
  const { answer, origin, title, matters } = message
  return {
    lines: bullet(`${answer} ${ORIGIN_WORDS[origin]}: ${title} (${placeText(message)})`, style),
    rank: matters === true ? 2 : 3,
    called: 'more messages',
  }
}

function harmlessLine(harmless: readonly ExplainedMessage[], style: Style): string[] {
  if (harmless.length === 0) return []
  return paragraph(`Also there, and harmless: ${counted(harmless.length, 'message')}.`, style)
}

function unknownLine(
  { unknown, unlisted, messages }: ExplainReport,
  before: readonly string[],
  style: Style,
): string[] {
  const count = unknown.length + unlisted
  if (count === 0 || before.length > 0 || messages.length === 0) return []
  const what = count === 1 ? '1 kind of line is' : `${count} kinds of line are`
  return paragraph(`${what} not known, and may matter.`, style)
}
