import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { isStated } from '../../document/stated.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../../inspect/document.js'
import { listOf } from '../../inspect/text/device/device-view.js'
import type { StepReport } from '../../plan/report/document.js'
import { ERRNO_HINTS } from '../catalogue/cause-words.js'
import { DIAGNOSIS_WORDS } from '../catalogue/diagnosis-words.js'
import { SOURCE_URLS } from '../catalogue/message.js'
import { readableText } from '../catalogue/template.js'
import type { Counted } from '../log/kept-messages.js'
import type { LogReading, UnknownMessage } from '../log/read-log.js'
import { causesOf } from './causes.js'
import type { ExplainedMessage, ExplainReport, UnknownEntry } from './document.js'
import { matteringOf } from './matters.js'

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
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'explain',
    tool,
    source: report?.source ?? null,
    gaps: report?.gaps ?? [],
    messages: reading.messages.map((counted) => explained(counted, host)),
    unknown: reading.unknown.map(unknownEntry),
    lines: reading.lines,
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

function explained(counted: Counted, host: ExplainHost | null): ExplainedMessage {
  const { message, count, line } = counted
  const { id, known, errno, call } = message
  const words = DIAGNOSIS_WORDS[id]
  const present = host?.named.get(counted) ?? []
  const subject = subjectOf(message.device, present, host)
  const { matters, why } = matteringOf(message, subject)
  return {
    text: message.text,
    origin: known.origin,
    id,
    title: words.title,
    meaning: words.meaning,
    matters,
    why,
    causes: causesOf(message, { device: subject, host: host?.report ?? null }),
    devices: [...new Set([...message.devices, ...present])],
    plan:
      subject === null || matters === false
        ? null
        : (host?.planFor(subject.address, counted) ?? null),
    hint: ERRNO_HINTS[id]?.[errno ?? ''] ?? words.hint,
    count,
    line,
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
