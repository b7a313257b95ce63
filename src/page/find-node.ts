import { cellText, describeFunction } from '../document/function-text.js'
import type { SceneMark } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import type { PolicyId } from '../policy/policies/index.js'
import { resetMark } from '../topology/reset-mark.js'

/** A function that a search found, and which one of how many it is. */
export interface Found {
  readonly address: PciAddress
  /** `2 of 7`. */
  readonly place: string
}

/**
 * The next function after `from` whose address, name, IDs (`10de:2204`), driver, group (`group 25`) or verdict
 * (`refused`) is what is written; null: none.
 */
export function findNode(
  text: string,
  { index, policy }: { readonly index: ReportIndex; readonly policy: PolicyId },
  from: string | null,
): Found | null {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return null
  const isMatch = matcher(wanted, index, policy)
  const matches = [...index.functions.values()].filter(isMatch)
  const next = matches.findIndex(({ address }) => address === from) + 1
  const place = next < matches.length ? next : 0
  const found = matches[place]
  return found === undefined
    ? null
    : { address: found.address, place: `${place + 1} of ${matches.length}` }
}

function matcher(wanted: string, { devices }: ReportIndex, policy: PolicyId) {
  const [, group] = /^group (\d+)$/.exec(wanted) ?? []
  if (group !== undefined) return (each: RelatedFunction) => String(each.iommuGroup) === group
  const kinds = VERDICTS.get(wanted)
  if (kinds !== undefined) {
    return ({ address }: RelatedFunction) => {
      const device = devices.get(address)
      if (device === undefined || !isEndpoint(device)) return false
      return kinds.includes(resetMark(device, verdictOf(device, policy)))
    }
  }
  return (each: RelatedFunction) =>
    wordsOf(each).some((word) => word.toLowerCase().includes(wanted))
}

const VERDICTS: ReadonlyMap<string, readonly SceneMark['kind'][]> = new Map([
  ['permitted', ['yes']],
  ['refused', ['no', 'harmless']],
  ['harmless', ['harmless']],
  ['unknown', ['unsure']],
  ['cannot tell', ['unsure']],
])

function wordsOf(each: RelatedFunction): readonly string[] {
  const { address, driver, vendorId, deviceId } = each
  return [
    address,
    describeFunction(each),
    `${cellText(vendorId)}:${cellText(deviceId)}`,
    typeof driver === 'string' ? driver : '',
  ]
}
