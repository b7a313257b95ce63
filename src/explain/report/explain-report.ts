import { heading, type Tool } from '../../document/envelope.js'
import { isStated } from '../../document/stated.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../../inspect/document.js'
import { listOf } from '../../inspect/text/device/device-view.js'
import type { StepReport } from '../../plan/report/document.js'
import { SOURCE_URLS } from '../catalogue/message.js'
import { cureFor, type Platform, platformFrom, UNKNOWN_PLATFORM } from '../catalogue/platform.js'
import { readableText } from '../catalogue/template.js'
import { ERRNO_HINTS } from '../catalogue/words/cause-words.js'
import { DIAGNOSIS_WORDS } from '../catalogue/words/diagnosis-words.js'
import type { Gathered } from '../log/gathered.js'
import type { Counted } from '../log/kept-messages.js'
import type { LogReading } from '../log/read-log.js'
import type { UnknownMessage } from '../log/strange-lines.js'
import { answerTo } from './answer.js'
import { causesOf } from './causes.js'
import type { EvidenceLine, ExplainedMessage, ExplainReport, UnknownEntry } from './document.js'
import { matteringOf } from './matters.js'
import { explainSummary } from './summary-text.js'

/** What `explain` was asked, and what it found. */
export interface ExplainQuestion {
  readonly reading: LogReading
  /** The host, looked at where the messages point; null: there is none to compare with. */
  readonly host: ExplainHost | null
  /** Most of what the log names is not on the host that it was read on, so that `host` is null. */
  readonly isElsewhere: boolean
  readonly tool: Tool
}

export interface ExplainHost {
  /** `inspect` of every function that `functionsNamed` found. */
  readonly report: InspectReport
  /** Functions for each message, in the order of the reading: those named that the host has, and those behind a group or device file. */
  readonly named: ReadonlyMap<Counted, readonly PciAddress[]>
  /** What machine it is. */
  readonly platform: Platform
  /** What would help a function's VM to start and to reset it; null: nothing is known to. */
  readonly planFor: (device: PciAddress, counted: Counted) => readonly StepReport[] | null
}

/** The whole of `explain`: from what was recognised to the document. Pure. */
export function explainReport({
  reading,
  host,
  isElsewhere,
  tool,
}: ExplainQuestion): ExplainReport {
  const report = host?.report ?? null
  const platform = platformFrom(host?.platform ?? UNKNOWN_PLATFORM, reading.platform)
  const { unlisted, listing, lines } = reading
  const answers = {
    messages: reading.messages.map((gathered) => explained(gathered, host, platform)),
    unknown: reading.unknown.map(unknownEntry),
    unlisted,
    listing,
    lines,
  }
  return {
    ...heading('explain', tool),
    source: report?.source ?? null,
    gaps: report?.gaps ?? [],
    summary: explainSummary(answers),
    ...answers,
    platform,
    omitted: reading.omitted.reduce((sum, { count }) => sum + count, 0),
    omittedKinds: reading.omitted.map(({ id, count }) => ({
      id,
      title: DIAGNOSIS_WORDS[id].title,
      count,
    })),
    elsewhere: isElsewhere,
    inspected:
      report === null
        ? null
        : {
            devices: report.devices,
            related: report.related,
            groups: report.groups,
            devSets: report.devSets,
            warnings: report.warnings,
          },
  }
}

function explained(
  gathered: Gathered,
  host: ExplainHost | null,
  platform: Platform,
): ExplainedMessage {
  const { message, count, line, evidence } = gathered
  const { id, known, errno, call } = message
  const words = DIAGNOSIS_WORDS[id]
  const present = host?.named.get(gathered) ?? []
  const subject = subjectOf(message.device, present, host)
  const { matters, why } = matteringOf(message, subject)
  return {
    answer: answerTo(id, why),
    text: message.text,
    origin: known.origin,
    id,
    title: words.title,
    meaning: words.meaning,
    matters,
    why,
    causes: causesOf(message, { device: subject, named: present, host: host?.report ?? null }),
    devices: [...new Set([...message.devices, ...present])],
    plan:
      subject === null || matters === false
        ? null
        : (host?.planFor(subject.address, gathered) ?? null),
    hint: cureFor(ERRNO_HINTS[id]?.[errno ?? ''] ?? words.hint, platform),
    count,
    line,
    evidence: evidence.map(evidenceLine),
    errno,
    call,
    groups: message.groups,
    known: {
      text: readableText(known.text),
      era: known.era,
      project: known.project,
      file: known.file,
      url: SOURCE_URLS[known.project] + known.file,
    },
    absent: host === null ? [] : message.devices.filter((address) => !present.includes(address)),
    strangeGroups:
      subject === null || why === 'harmless' ? [] : strangeGroups(message.groups, subject),
  }
}

function evidenceLine({ message: { id, known, text }, count, line }: Counted): EvidenceLine {
  return { text, origin: known.origin, id, title: DIAGNOSIS_WORDS[id].title, count, line }
}

/** The function that the message names; where it names only a group, the first of that group. */
function subjectOf(
  device: PciAddress | null,
  present: readonly PciAddress[],
  host: ExplainHost | null,
): DeviceReport | null {
  const address = device ?? present[0]
  return host?.report.devices.find((each) => each.address === address) ?? null
}

/** Groups that the reset does not touch here: the message is from another host, or from before the groups changed. */
function strangeGroups(groups: readonly number[], { iommuGroup, hotReset }: DeviceReport) {
  const own = [iommuGroup, ...listOf(hotReset.groups)]
  return isStated(hotReset.groups) ? groups.filter((group) => !own.includes(group)) : []
}

function unknownEntry({ text, count, line, nearest }: UnknownMessage): UnknownEntry {
  return {
    text,
    count,
    line,
    nearest: nearest.map(({ known, likeness }) => ({
      text: readableText(known.text),
      origin: known.origin,
      id: known.id,
      likeness: Math.round(likeness * 100) / 100,
    })),
  }
}
