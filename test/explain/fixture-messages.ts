import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** A line that some program printed, and what `explain` must make of it. */
export interface FixtureMessage {
  /** Where it was seen. */
  readonly from: string
  readonly id: string
  readonly line: string
  readonly device?: string
  readonly groups?: readonly number[]
  readonly errno?: string
}

const FOLDER = fileURLToPath(new URL('../../fixtures/messages/', import.meta.url))

/** All lines of `fixtures/messages`. */
export function fixtureMessages(): readonly FixtureMessage[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parse(readFileSync(FOLDER + name, 'utf8')))
}
