import { type Gap, unknown } from '../../src/host/gap.js'
import type { RawFunction, RawHost } from '../../src/host/raw-host.js'
import { fullAddress } from './ask.js'

/** Facts of a function that a reader can fail to get. */
export const FIELDS = [
  'vendorId',
  'deviceId',
  'classCode',
  'driver',
  'iommuGroup',
  'physfn',
  'enabled',
  'vfioDev',
  'config',
] as const

export type Field = (typeof FIELDS)[number]

/** The host as a reader would have it that was denied these facts of a function. */
export function hide(raw: RawHost, target: string, ...fields: readonly Field[]): RawHost {
  const address = fullAddress(target)
  const functions = raw.functions.map((each) =>
    each.address === address ? fields.reduce(hideField, each) : each,
  )
  return { ...raw, functions }
}

function hideField(each: RawFunction, field: Field): RawFunction {
  return { ...each, [field]: unknown(gapAt(`${each.path}/${field}`)) }
}

export function gapAt(path: string): Gap {
  return { path, why: 'denied', detail: 'EACCES' }
}
