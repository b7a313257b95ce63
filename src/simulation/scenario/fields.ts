import { type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import type { Expectation } from './scenario.js'
import type { YamlValue } from './yaml-value.js'

/** Reads one value of a scenario, or says in a phrase what it should have been. */
export type Read<T> = (value: YamlValue) => T | Mismatch

export interface Mismatch {
  readonly line: number
  readonly expected: string
}

export function isMismatch(result: unknown): result is Mismatch {
  return typeof result === 'object' && result !== null && 'expected' in result
}

/** What may stand below a key; with `absent` the key may be left out and then counts as that. */
export interface Field<T> {
  readonly read: Read<T>
  readonly absent?: { readonly value: T }
}

export function required<T>(read: Read<T>): Field<T> {
  return { read }
}

export function optional<T>(read: Read<T>, value: T): Field<T> {
  return { read, absent: { value } }
}

/** A word: the name of an actor or of a file. Numbers are taken as they are written. */
export const word: Read<string> = (value) => {
  const expected = 'a name of at most 64 characters'
  if (value.kind !== 'scalar' || value.value === null) return { line: value.line, expected }
  return /^\S(?:.{0,62}\S)?$/u.test(value.source) ? value.source : { line: value.line, expected }
}

/** The address of a function in the kernel's form. */
export const address: Read<PciAddress> = (value) => {
  const text = value.kind === 'scalar' ? value.source.toLowerCase() : ''
  return parsePciAddress(text) ?? { line: value.line, expected: 'an address such as 0000:01:00.0' }
}

/** What an unsigned field of 32 bits can hold. */
export const u32: Read<number> = (value) => {
  const number = value.kind === 'scalar' ? value.value : null
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < 2 ** 32
    ? number
    : { line: value.line, expected: 'a whole number from 0 to 4294967295' }
}

/** How many files a step may name beyond those it lists. */
export const count: Read<number> = (value) => {
  const number = u32(value)
  return isMismatch(number) || number > MOST_FILES
    ? { line: value.line, expected: `a whole number from 0 to ${MOST_FILES}` }
    : number
}

const MOST_FILES = 65_536

export const flag: Read<boolean> = (value) => {
  const given = value.kind === 'scalar' ? value.value : null
  return typeof given === 'boolean' ? given : { line: value.line, expected: 'true or false' }
}

/** A UUID in lower case. */
export const uuid: Read<string> = (value) => {
  const text = value.kind === 'scalar' ? value.source.toLowerCase() : ''
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
    ? text
    : { line: value.line, expected: 'a UUID such as 5a5a0000-0000-4000-8000-000000000001' }
}

/** `{outcome, errno}`: an errno alone is that of a refusal. */
export const expectation: Read<Expectation> = (value) => {
  const expected = 'such as {outcome: ok} or {outcome: refused, errno: EINVAL}'
  if (value.kind !== 'map') return { line: value.line, expected }
  const known = new Map(value.entries.map(({ key, value: each }) => [key, each]))
  const stray = [...known.keys()].find((key) => key !== 'outcome' && key !== 'errno')
  const outcome = known.get('outcome')
  const errno = known.get('errno')
  if (stray !== undefined || (outcome ?? errno) === undefined) return { line: value.line, expected }
  const named = outcome === undefined ? 'refused' : outcomeOf(outcome)
  const number = errno === undefined ? undefined : errnoName(errno)
  if (named === undefined || isMismatch(number)) return { line: value.line, expected }
  return number === undefined ? { outcome: named } : { outcome: named, errno: number }
}

function outcomeOf(value: YamlValue): Expectation['outcome'] | undefined {
  const text = value.kind === 'scalar' ? value.source : ''
  return OUTCOMES.find((each) => each === text)
}

const OUTCOMES = ['ok', 'refused', 'undetermined'] as const

/** The name of an errno in capitals. */
const errnoName = orNull((value): string | Mismatch => {
  const text = value.kind === 'scalar' ? value.source : ''
  return /^E[A-Z0-9]{2,14}$/.test(text) ? text : { line: value.line, expected: 'an errno' }
})

/** null where null is written, else what `read` reads. */
export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value) => (value.kind === 'scalar' && value.value === null ? null : read(value))
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value) => {
    if (value.kind !== 'list') return { line: value.line, expected: 'a list' }
    const items: T[] = []
    for (const each of value.items) {
      const item = read(each)
      if (isMismatch(item)) return item
      items.push(item)
    }
    return items
  }
}
