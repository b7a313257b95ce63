import { readdirSync } from 'node:fs'
import { fixturePath } from './fixtures.js'

/** Driver states of a lab for which a tree was recorded, `boot` among them. */
export function labStates(lab: string): string[] {
  return readdirSync(fixturePath(lab))
    .flatMap((name) => /^sysfs-(\w+)\.tar\.gz$/.exec(name)?.[1] ?? [])
    .sort()
}
