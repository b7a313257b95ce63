import { counted, listed } from '../../text/english.js'
import { bullet, paragraph } from '../../text/layout.js'
import type { Style } from '../../text/style.js'
import { CALL_WORDS } from '../catalogue/words/cause-words.js'
import { ORIGIN_WORDS } from '../catalogue/words/origin-words.js'
import type { Cause, EvidenceLine, ExplainedMessage } from './document.js'
import { MATTER_WORDS, NAME_HOST } from './matters.js'

/** How a message stands in its log. */
export interface Telling {
  /** Lines of the log: where there is but one, its number says nothing. */
  readonly lines: number
  /** The first message with this diagnosis: the others need not explain it again. */
  readonly isFirst: boolean
  /** What helps was not said yet: it can depend on the errno. */
  readonly isNewHint: boolean
  /** No host was read, and nothing else says how to name one. */
  readonly asksForHost: boolean
  /** The host compared with, as a place: “on this host”. */
  readonly place: string
  readonly style: Style
}

/** Lines of an event that are shown beside its first. */
const EVIDENCE = 4

/** One message, the answer first: then what it says, why, its causes, and what to do. */
export function messageLines(
  message: ExplainedMessage,
  { lines, isFirst, isNewHint, asksForHost, place, style }: Telling,
): string[] {
  const { answer, origin, title, text, hint, plan, matters, known, evidence } = message
  const where = lines > 1 ? ` (${placeText(message)})` : ''
  const why = whyText(message, isFirst, asksForHost)
  // A plan stands below, where the host is described; what does no harm on this host needs none.
  const isNeeded = plan === null && (matters !== false || message.why === 'harmless')
  const isTold = hint !== null && isNewHint && isNeeded
  return [
    ...paragraph(answer, style, { tone: 'strong' }),
    ...paragraph(`${ORIGIN_WORDS[origin]}: ${title}${where}`, style),
    ...paragraph(text, style, { by: 2, tone: 'faint' }),
    ...evidenceLines(evidence, style),
    ...(why === '' ? [] : ['', ...paragraph(`Why: ${why}`, style, { by: 2 })]),
    ...causeLines(message, place, style),
    ...(isTold ? paragraph(`What to do: ${hint}`, style, { by: 2 }) : []),
    ...placeLines(message, place, style),
    ...(isFirst ? paragraph(`Source: ${known.url}`, style, { by: 2, tone: 'faint' }) : []),
  ]
}

/** What happened, where it was not said before, and what of the function makes it matter or not; empty: neither. */
function whyText(
  { meaning, why, known }: ExplainedMessage,
  isFirst: boolean,
  asksForHost: boolean,
): string {
  const matter = MATTER_WORDS[why]
  const isOpen = why === 'no-host' || why === 'no-host-hot-reset'
  return [
    isFirst ? meaning + ERA_WORDS[known.era] : null,
    matter,
    isOpen && asksForHost ? NAME_HOST : null,
  ]
    .filter((part) => part !== null)
    .join(' ')
}

const ERA_WORDS = {
  current: '',
  old: ' Newer releases say it in other words.',
  proposed: ' The wording of a patch that was posted; releases print another.',
} as const satisfies Record<ExplainedMessage['known']['era'], string>

function evidenceLines(evidence: readonly EvidenceLine[], style: Style): string[] {
  const rest = evidence.length - EVIDENCE
  return [
    ...evidence
      .slice(0, EVIDENCE)
      .flatMap((each) =>
        paragraph(`${each.text} (${placeText(each)})`, style, { by: 2, tone: 'faint' }),
      ),
    ...(rest > 0
      ? paragraph(`and ${counted(rest, 'further line')} of the same event`, style, {
          by: 2,
          tone: 'faint',
        })
      : []),
  ]
}

/** Where a text stands, as far as a log has places. */
export function placeText({ count, line }: Pick<ExplainedMessage, 'count' | 'line'>): string {
  return count > 1 ? `${count} times, first in line ${line}` : `line ${line}`
}

function causeLines(
  { id, causes, errno, call }: ExplainedMessage,
  place: string,
  style: Style,
): string[] {
  const [only] = causes
  // A single cause that nothing could be said about is what the explanation said already.
  if (only === undefined || (causes.length === 1 && errno === null && only.holds === null))
    return []
  const open = causes.filter(({ holds }) => holds !== false)
  const ruled = causes.length - open.length
  const what =
    errno === null || call === null ? 'Causes' : `Causes of ${errno} from ${CALL_WORDS[call]}`
  const title =
    ruled > 0 && open.length > 0 ? `${what} (${ruled} of ${causes.length} ruled out)` : what
  return [
    ...paragraph(`${title}:`, style, { by: 2 }),
    ...(open.length === 0 ? causes : open).flatMap((cause) =>
      bullet(causeText(cause, place), style, 4),
    ),
    ...(open.length === 0 && id === 'node-missing'
      ? paragraph(
          `So the device file exists ${place} now: restart the device plugin and the container, which hold an older name or do not see it.`,
          style,
          { by: 2 },
        )
      : []),
  ]
}

function causeText({ meaning, holds, devices }: Cause, place: string): string {
  const which = devices.length === 0 ? '' : ` (${listed(devices.slice(0, 8))})`
  if (holds === true) return `${meaning} That is so ${place} now${which}.`
  if (holds === false) return `${meaning} That is not so ${place} now.`
  return devices.length === 0
    ? meaning
    : `${meaning} It would be about ${listed(devices.slice(0, 8))}.`
}

/** Where the message and the host do not belong together. */
function placeLines(
  { absent, strangeGroups, devices }: ExplainedMessage,
  place: string,
  style: Style,
): string[] {
  return [
    ...(absent.length === 0
      ? []
      : paragraph(
          `There is no ${listed(absent)} ${place}: the message is from another host, or the function is gone. --capture names another host.`,
          style,
          { by: 2 },
        )),
    ...(strangeGroups.length === 0 || devices.length === 0
      ? []
      : paragraph(
          `The reset of ${devices[0]} ${place} does not affect group ${listed(strangeGroups.map(String))}: the message is from another host, or the groups have changed since (they can with every boot).`,
          style,
          { by: 2 },
        )),
  ]
}
