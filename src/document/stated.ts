import type { Observed } from '../host/gap.js'
import { hex } from '../text/hex.js'
import type { Stated } from './values.js'

/** A value as the JSON documents state it: itself, or `{unknown: why}`. */
export function stated<T>(observed: Observed<T>): Stated<T> {
  return observed.known ? observed.value : { unknown: observed.gap.why }
}

/** As `stated`, for a number that users know as hex digits. */
export function statedHex(observed: Observed<number>, digits: number): Stated<string> {
  return observed.known ? hex(observed.value, digits) : { unknown: observed.gap.why }
}

export function isStated<T>(value: Stated<T>): value is T {
  return !(typeof value === 'object' && value !== null && 'unknown' in value)
}
