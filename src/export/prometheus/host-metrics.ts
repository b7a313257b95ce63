import { CHANGE_WORDS } from '../../diff/report/change-words.js'
import { isStated } from '../../document/stated.js'
import { fingerprintOf } from '../fingerprint.js'
import type { Metric, Sample } from './metric.js'

/** Each has a sample, also of 0: so that what changes is seen to change. */
const CHANGE_KINDS = Object.keys(CHANGE_WORDS).sort()

/** What is told of a host as a whole. */
export const HOST_METRICS: readonly Metric[] = [
  {
    name: 'build_info',
    help: 'The tool that made these samples, and the kernel of the host.',
    samples: ({ question: { tool }, report }) => {
      const { kernelRelease } = report.host
      const release = isStated(kernelRelease) ? kernelRelease : ''
      return [[{ version: tool.version, kernel_release: release }, 1]]
    },
  },
  {
    name: 'group_functions',
    help: 'PCI functions in an IOMMU group.',
    samples: ({ report: { groups } }) =>
      groups.map(({ id, devices }) => [{ iommu_group: `${id}` }, devices.length]),
  },
  {
    name: 'group_viable',
    help: 'Whether a member that is bound to vfio-pci could be opened now; no sample: unknown.',
    samples: ({ report: { groups } }) =>
      groups.flatMap(({ id, viable }): Sample[] =>
        isStated(viable) ? [[{ iommu_group: `${id}` }, Number(viable)]] : [],
      ),
  },
  {
    name: 'group_check_differences',
    help: 'Where the IOMMU groups are other than the registers predict; no sample: not comparable.',
    samples: ({ report: { groupCheck } }) =>
      groupCheck.comparable ? [[{}, groupCheck.differences.length]] : [],
  },
  {
    name: 'gaps',
    help: 'Facts that were wanted of the host and not had, by reason.',
    samples: ({ report: { gaps } }) =>
      counted(
        gaps.map(({ why }) => why),
        'why',
      ),
  },
  {
    name: 'baseline_changes',
    help: 'What changed since the baseline, by kind.',
    samples: ({ changes }) =>
      changes === null
        ? []
        : CHANGE_KINDS.map((kind): Sample => {
            return [{ kind }, changes.filter((change) => change.kind === kind).length]
          }),
  },
  {
    name: 'fingerprint_info',
    help: 'Hashes of the groups, of what hot resets affect, and of the verdicts.',
    samples: (host) => [[{ ...fingerprintOf(host) }, 1]],
  },
  {
    name: 'scan_duration_seconds',
    help: 'How long it took to read the host and to work this out.',
    samples: ({ question: { scanSeconds } }) => [[{}, scanSeconds]],
  },
]

function counted(words: readonly string[], label: string): readonly Sample[] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort().map(([word, count]) => [{ [label]: word }, count])
}
