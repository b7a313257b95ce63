import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../inspect/document.js'
import { bugFacts } from './bug-report-facts.js'
import { TRACKERS, type TrackerId } from './bug-report-trackers.js'

/** What a bug report states beyond the document of `inspect`. */
export interface BugContext {
  readonly report: InspectReport
  /** Functions named on the command line; empty: it is about the whole host. */
  readonly asked: readonly PciAddress[]
  /** `reset_method` of every function, as the host has it. */
  readonly resetMethods: ReadonlyMap<PciAddress, DeviceReport['resetMethods']>
  /** `/proc/cmdline`; null: not read. */
  readonly commandLine: string | null
  /** Name of the capture that goes with the report; null: none was read, so one is to be made. */
  readonly capture: string | null
  /** Whether what could identify a machine or a person was taken out. */
  readonly redacted: boolean
}

/**
 * A bug report in Markdown as one tracker wants it: what the host says is filled in, what only the reporter knows is
 * asked for in comments (`users.md` 4, bug templates).
 */
export function bugReport(context: BugContext, tracker: TrackerId): string {
  const lines = TRACKERS[tracker].sections.flatMap(({ title, body }) => [
    `## ${title}`,
    '',
    ...(body === 'facts' ? bugFacts(context) : body(context)),
    '',
  ])
  return `${lines.join('\n').trimEnd()}\n`
}
