import { tellIsolation } from '../iommu/finding-words.js'
import type { IsolationFinding } from '../iommu/findings.js'

/** Facts of one kind beyond this many are told once, with a list. */
const SENTENCES = 2

/** Beyond this many, the places of a list are counted. */
const LISTED = 24

/** Findings in words. What is in `told` is left out, and what is told here is added to it. */
export function findingSentences(
  findings: readonly IsolationFinding[],
  told: Set<string>,
): readonly string[] {
  const byKind = new Map<IsolationFinding['kind'], IsolationFinding[]>()
  for (const finding of findings) {
    const key = findingKey(finding)
    if (told.has(key)) continue
    told.add(key)
    byKind.set(finding.kind, [...(byKind.get(finding.kind) ?? []), finding])
  }
  return [...byKind.values()].flatMap(tellKind)
}

/** Two findings with the same key say the same: functions of one slot say it of each other. */
export function findingKey(finding: IsolationFinding): string {
  return finding.kind === 'multifunction-not-isolated'
    ? [finding.at, ...finding.with].sort().join(' ')
    : JSON.stringify(finding)
}

function tellKind(findings: readonly IsolationFinding[]): readonly string[] {
  const [first] = findings
  if (first === undefined || findings.length <= SENTENCES) {
    return findings.map((finding) => tellIsolation(finding).sentence)
  }
  const places = [...new Set(findings.flatMap((each) => ('at' in each ? [each.at] : [])))]
  const more = places.length - LISTED
  const rest = more > 0 ? ` and ${more} more` : ''
  return [`${tellIsolation(first).words.title}: ${places.slice(0, LISTED).join(', ')}${rest}`]
}
