import { isStated } from '../../document/stated.js'
import type { AcsBit } from '../../iommu/acs.js'
import { acsBitNames, REQ_ACS_FLAGS } from '../../iommu/acs.js'
import type { RelatedFunction } from '../document.js'

/** ACS of a function in a few words: what is on, and what IOMMU groups ask for and do not get. */
export function acsText({ address, acs, isolation }: RelatedFunction): string {
  const { present, capabilities, enabled, quirk } = acs
  const own = isolation.findings.filter((finding) => 'at' in finding && finding.at === address)
  const denied = own.find(({ kind }) => kind === 'quirk-denies')
  if (quirk !== null) return denied === undefined ? `quirk ${quirk}` : `denied by quirk ${quirk}`
  if (!isStated(present)) return 'ACS not read'
  if (!present) return 'no ACS'
  if (capabilities.length === 0) return 'ACS empty'
  const missing = REQUIRED.filter((bit) => capabilities.includes(bit) && !enabled.includes(bit))
  const on = enabled.length > 0 ? enabled.join(' ') : '-'
  return missing.length === 0 ? `ACS ${on}` : `ACS ${on} missing ${missing.join(' ')}`
}

const REQUIRED: readonly AcsBit[] = acsBitNames(REQ_ACS_FLAGS)
