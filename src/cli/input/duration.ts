import { UsageError } from '../errors.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }

/** The longest time that a timer of Node can wait for, 24 days. */
const LONGEST = 2 ** 31 - 1

/** Milliseconds in a flag's value: `30s`, `5m`, `1h`, `2d`; a bare number is seconds. */
export function parseDuration(flag: string, text: string): number {
  const [, digits = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text) ?? []
  const ms = Number(digits) * (UNITS[unit] ?? 0)
  if (digits !== '' && ms > 0 && ms <= LONGEST) return ms
  throw new UsageError(`${flag} is "${text}", which is no time.`, {
    hint: 'Write it as 30s, 5m, 1h or 2d; it is at most 24 days.',
  })
}
