import { UsageError } from './errors.js'

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
])

/** Bytes that `--max-size` allows: a number, with K, M or G. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text) ?? []
  const factor = UNITS.get((unit ?? '').toUpperCase())
  const size = factor === undefined ? Number.NaN : Number(digits) * factor
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new UsageError(`"${text}" is no size.`, {
    hint: 'Write it as --max-size 500K, 64M or 2G.',
  })
}
