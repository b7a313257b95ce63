import { bugFacts } from './bug-report-facts.js'
import { TRACKERS, type TrackerId } from './bug-report-trackers.js'
import type { BugContext } from './context.js'

/**
 * A bug report in Markdown as one tracker wants it: what the host says is filled in, what only the reporter knows is
 * asked for in comments (`docs/report.md#bug-reports`).
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
