import type { InspectReport } from '../../inspect/document.js'
import { counted } from '../../text/english.js'
import { bullet, finish, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import { ORIGIN_WORDS } from '../catalogue/words/origin-words.js'
import { OMITTED_LIMIT } from '../log/kept-messages.js'
import type { ExplainedMessage, ExplainReport, UnknownEntry } from './document.js'
import { explainScreen, type ToldLog } from './first-screen.js'
import { hostLines } from './host-text.js'
import { messageLines, placeText } from './message-text.js'
import { byGravity, nothingText, unknownFirst } from './summary-text.js'

/** `explain` for people: the answer to each message, what matters first, then what is true now of the functions named. */
export function renderExplain(
  report: ExplainReport,
  host: InspectReport | null,
  style: Style,
): Printable {
  const log = sorted(report)
  const lines =
    style.extent === 'first-screen'
      ? explainScreen(report, toldLog(report, log, style), style)
      : wholeLines(report, log, host, style)
  return finish(lines, style)
}

interface SortedLog {
  /** What is told, what matters first. */
  readonly told: readonly ExplainedMessage[]
  /** What is only listed, since it does no harm beside something that is told. */
  readonly listed: readonly ExplainedMessage[]
}

function sorted({ messages }: ExplainReport): SortedLog {
  const harmless = messages.filter(({ matters }) => matters === false)
  const isMixed = harmless.length < messages.length
  const listed = isMixed ? harmless.filter(({ why }) => why === 'harmless') : []
  return { told: byGravity(messages.filter((message) => !listed.includes(message))), listed }
}

function toldLog(report: ExplainReport, { told, listed }: SortedLog, style: Style): ToldLog {
  return {
    told,
    harmless: listed,
    before: isFirstHarmless(report) ? unknownFirstLines(report, style) : [],
    instead: told.length > 0 ? [] : insteadLines(report, style),
    elsewhere: report.elsewhere ? elsewhereLines(report, style) : [],
  }
}

function insteadLines(report: ExplainReport, style: Style): string[] {
  return [
    ...(report.listing !== null ? listingLines(report, style) : nothingLines(report, style)),
    ...unknownSections(report, style).flat(),
  ]
}

function wholeLines(
  report: ExplainReport,
  { told, listed }: SortedLog,
  host: InspectReport | null,
  style: Style,
): readonly string[] {
  const sections = [
    ...(isFirstHarmless(report) ? [unknownFirstLines(report, style)] : []),
    ...toldSections(report, told, style),
    ...(listed.length > 0 ? [harmlessLines(listed, style)] : []),
    ...(report.listing !== null ? [listingLines(report, style)] : []),
    ...unknownSections(report, style),
    ...(told.length === 0 && report.listing === null ? [nothingLines(report, style)] : []),
    ...(report.omitted > 0 ? [omittedLines(report, style)] : []),
    ...(host === null ? [] : [hostLines(told, host, style)]),
    ...(report.elsewhere ? [elsewhereLines(report, style)] : []),
  ].filter((lines) => lines.length > 0)
  return sections.flatMap((lines, at) => (at === 0 || lines[0] === '' ? lines : ['', ...lines]))
}

function toldSections(
  report: ExplainReport,
  told: readonly ExplainedMessage[],
  style: Style,
): string[][] {
  const { lines } = report
  const asksForHost = report.source === null && !report.elsewhere
  const place = placeOf(report)
  return told.map((message, at) => {
    const isFirst = told.findIndex(({ id }) => id === message.id) === at
    const isNewHint =
      told.findIndex(({ id, hint }) => id === message.id && hint === message.hint) === at
    return messageLines(message, { lines, isFirst, isNewHint, asksForHost, place, style })
  })
}

function placeOf({ source }: ExplainReport): string {
  if (source === null || source.kind === 'live') return 'on this host'
  // The file's name stands below, where lines are not wrapped at another place for each folder.
  return source.path === null ? 'on the demo host' : 'on the host of this copy'
}

/** Nothing that is known matters; what is not known may. */
function isFirstHarmless({ messages, unknown, unlisted }: ExplainReport): boolean {
  return (
    messages.length > 0 &&
    messages.every(({ matters }) => matters === false) &&
    unknown.length + unlisted > 0
  )
}

function unknownFirstLines({ unknown, unlisted }: ExplainReport, style: Style): string[] {
  return paragraph(unknownFirst(unknown.length + unlisted), style, { tone: 'strong' })
}

function elsewhereLines({ messages }: ExplainReport, style: Style): string[] {
  const named = [...new Set(messages.flatMap(({ devices }) => devices))].slice(0, 4)
  const what = named.length === 0 ? 'What this names' : named.join(', ')
  const verb = named.length > 1 ? 'are' : 'is'
  return paragraph(
    `The log is of another host: ${what} ${verb} not on the one looked at, or ${named.length > 1 ? 'other devices' : 'another device'} there. So nothing is said of what is true there now. With a capture of that host: --capture FILE.`,
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

const LISTINGS = {
  'iommu-groups': 'a list of IOMMU groups',
  lspci: 'a list of functions, as lspci prints it',
} as const

function listingLines({ listing }: ExplainReport, style: Style): string[] {
  if (listing === null) return []
  return paragraph(
    `This is ${LISTINGS[listing]}, not a message: there is nothing to explain in it. Save it to a file: \`vfio-reset inspect --capture FILE\` shows which of these functions share a group and a reset, as far as a list tells. A capture of the host tells the rest (vfio-reset capture -o host.tar.gz).`,
    style,
  )
}

/** Lines that say something went wrong are told each with its nearest; of the others it is enough that they are there. */
function unknownSections(report: ExplainReport, style: Style): string[][] {
  const { unknown, unlisted, lines } = report
  const alike = unknown.filter(({ nearest }) => nearest.length > 0)
  const plain = unknown.filter(({ nearest }) => nearest.length === 0)
  if (lines === 1) return unknown.map((entry) => unknownLines(entry, report, style))
  const rest = [
    ...plain.flatMap((entry) => bullet(`${entry.text} (${placeText(entry)})`, style)),
    ...(unlisted > 0
      ? bullet(
          `and ${counted(unlisted, 'more kind')} of line that name a function or an error`,
          style,
        )
      : []),
  ]
  return [
    ...alike.map((entry) => unknownLines(entry, report, style)),
    ...(rest.length === 0
      ? []
      : [[...paragraph('Not known, and like nothing known:', style, { tone: 'strong' }), ...rest]]),
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
  return paragraph(nothingText(unknown.length, lines), style)
}
