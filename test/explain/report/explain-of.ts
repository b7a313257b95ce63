import { readLog } from '../../../src/explain/log/read-log.js'
import type { ExplainReport } from '../../../src/explain/report/document.js'
import { explainReport } from '../../../src/explain/report/explain-report.js'
import { hostPlatform } from '../../../src/explain/report/host-platform.js'
import { functionsNamed } from '../../../src/explain/report/named.js'
import type { InspectReport } from '../../../src/inspect/document.js'
import { inspectReport } from '../../../src/inspect/inspect-report.js'
import { POLICIES } from '../../../src/policy/policies/index.js'
import { analyseHost } from '../../../src/vfio/analysed-host.js'
import { buildHost } from '../../support/host-builder.js'
import type { HostSpec } from '../../support/host-spec.js'
import { loadFiles } from '../../support/load-host.js'

const TOOL = { name: 'vfio-reset', version: '0.0.0' }

/** What `explain` makes of some lines; `spec`: the host that they are compared with, null: none. */
export async function explained(
  spec: HostSpec | null,
  ...lines: readonly string[]
): Promise<{ readonly report: ExplainReport; readonly host: InspectReport | null }> {
  const log = readLog()
  for (const line of lines) log.take(line)
  const reading = log.finish()
  if (spec === null)
    return {
      report: explainReport({ reading, host: null, isElsewhere: false, tool: TOOL }),
      host: null,
    }
  const raw = await loadFiles(buildHost(spec))
  const named = functionsNamed(reading.messages, raw)
  const host = inspectReport({
    host: analyseHost(raw),
    targets: [...new Set([...named.values()].flat())],
    query: {
      policies: POLICIES.filter(({ id }) => id === 'group-fds' || id === 'iommufd'),
      owning: new Set(),
      brief: false,
    },
    tool: TOOL,
    names: new Map(),
  })
  const report = explainReport({
    reading,
    host: { report: host, named, planFor: () => null, platform: hostPlatform(raw) },
    isElsewhere: false,
    tool: TOOL,
  })
  return { report, host }
}
