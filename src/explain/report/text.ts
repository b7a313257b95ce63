import type { InspectReport } from '../../inspect/document.js'
import { counted } from '../../text/english.js'
import { bullet, finish, paragraph } from '../../text/layout.js'
import type { Style } from '../../text/style.js'
import { ORIGIN_WORDS } from '../catalogue/diagnosis-words.js'
import { OMITTED_LIMIT } from '../log/kept-messages.js'
import type { ExplainedMessage, ExplainReport, UnknownEntry } from './document.js'
import { hostLines } from './host-text.js'
import { messageLines, placeText } from './message-text.js'

/** `explain` for people: each message in turn, then what is true now of the functions that they name. */
export function renderExplain(
  report: ExplainReport,
  host: InspectReport | null,
  style: Style,
): string {
  const harmless = report.messages.filter(({ why }) => why === 'harmless')
  const isMixed = harmless.length < report.messages.length
  const told = isMixed ? report.messages.filter(({ why }) => why !== 'harmless') : report.messages
  const asksForHost = report.source === null && !report.elsewhere
  const sections = [
    ...(report.elsewhere ? [elsewhereLines(style)] : []),
    ...told.map((message, place) => {
      const isFirst = told.findIndex(({ id }) => id === message.id) === place
      const isNewHint =
        told.findIndex(({ id, hint }) => id === message.id && hint === message.hint) === place
      return messageLines(message, { lines: report.lines, isFirst, isNewHint, asksForHost, style })
    }),
    ...(isMixed && harmless.length > 0 ? [harmlessLines(harmless, style)] : []),
    ...report.unknown.map((entry) => unknownLines(entry, report, style)),
    ...(told.length === 0 ? [nothingLines(report, style)] : []),
    ...(report.omitted > 0 ? [omittedLines(report, style)] : []),
  ]
  return finish(
    [
      ...sections.flatMap((lines, place) => (place === 0 ? lines : ['', ...lines])),
      ...(host === null ? [] : hostLines(told, host, style)),
    ],
    style,
  )
}

function elsewhereLines(style: Style): string[] {
  return paragraph(
    'Most of what this names is not on this host: it is from another one, or the functions are gone. --root or --capture names another host; without it nothing is said of what is true there now.',
    style,
  )
}

function omittedLines({ omitted, omittedKinds }: ExplainReport, style: Style): string[] {
  return [
    ...paragraph(
      omitted < OMITTED_LIMIT
        ? `${counted(omitted, 'more message')} left out:`
        : `${omitted} messages or more left out:`,
      style,
      { tone: 'strong' },
    ),
    ...omittedKinds.flatMap(({ title, count }) => bullet(`${title} (${count})`, style)),
  ]
}

function harmlessLines(messages: readonly ExplainedMessage[], style: Style): string[] {
  return [
    ...paragraph('Also there, and harmless:', style, { tone: 'strong' }),
    ...messages.flatMap((message) =>
      bullet(`${ORIGIN_WORDS[message.origin]}: ${message.title} (${placeText(message)})`, style),
    ),
  ]
}

function unknownLines(entry: UnknownEntry, { lines }: ExplainReport, style: Style): string[] {
  const where = lines > 1 ? ` (${placeText(entry)})` : ''
  return [
    ...paragraph(`Not known${where}:`, style, { tone: 'strong' }),
    ...paragraph(entry.text, style, { by: 2, tone: 'faint' }),
    ...(entry.nearest.length === 0
      ? paragraph('No known message is like it.', style, { by: 2 })
      : [
          ...paragraph('The nearest that are known:', style, { by: 2 }),
          ...entry.nearest.flatMap(({ text, origin, id }) =>
            bullet(`${ORIGIN_WORDS[origin]}: ${text} [${id}]`, style, 4),
          ),
        ]),
  ]
}

function nothingLines({ unknown, lines }: ExplainReport, style: Style): string[] {
  return paragraph(
    unknown.length > 0 && lines === 1
      ? 'This message is not in the catalogue. `vfio-reset inspect DEVICE` shows what is true of a function now.'
      : `None of the ${counted(lines, 'line')} is a message that is known here.`,
    style,
  )
}
