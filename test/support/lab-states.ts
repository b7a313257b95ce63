import { readdirSync } from 'node:fs'
import { fixturePath, type LABS } from './fixtures.js'

/** Driver states of a lab for which a tree was recorded, `boot` among them. */
export function labStates(lab: (typeof LABS)[number]): string[] {
  return readdirSync(fixturePath(lab))
    .flatMap((name) => /^sysfs-(\w+)\.tar\.gz$/.exec(name)?.[1] ?? [])
    .sort()
}
