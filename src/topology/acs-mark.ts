import { isStated } from '../document/stated.js'
import type { SceneAcs } from '../drawing/scene.js'
import type { RelatedFunction } from '../inspect/document.js'
import { acsText } from '../inspect/text/acs-text.js'
import { tellIsolation } from '../iommu/finding-words.js'

/** Only ports that lead somewhere are asked for ACS by everything below them. */
export function acsOf(each: RelatedFunction): SceneAcs | null {
  const { portType, acs, isolation, address } = each
  if (!isStated(portType) || !ASKED.has(portType)) return null
  const text = acsText(each)
  if (!isStated(acs.present) && acs.quirk === null) return { text, state: 'unread' }
  const against = isolation.findings.some(
    (finding) =>
      'at' in finding &&
      finding.at === address &&
      finding.kind !== 'strict-sibling-leak' &&
      tellIsolation(finding).words.speaks === 'against',
  )
  return {
    text,
    state: against || (acs.present === false && acs.quirk === null) ? 'open' : 'enforced',
  }
}

const ASKED: ReadonlySet<string> = new Set(['root-port', 'downstream-port'])
