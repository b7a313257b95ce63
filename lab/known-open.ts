import { readFile, writeFile } from 'node:fs/promises'
import { groupBy } from './group-by.js'
import type { CaseOutcome } from './outcome.js'

/** Scenarios on which model and kernel are known to part, for one reason. */
export interface OpenCause {
  readonly cause: string
  /** What the kernel does that the model does not know. */
  readonly about: string
  /** `RELEASE TOPOLOGY/SETUP NAME`, in order. */
  readonly open: readonly string[]
}

/** Of scenarios that nobody has looked into. */
const UNEXPLAINED = { cause: 'unexplained', about: 'Not looked into.' }

/** `fixtures/lab/known-open.json`: what the model still has to learn, so that everything else must agree. */
export async function readKnownOpen(file: string): Promise<readonly OpenCause[]> {
  return JSON.parse(await readFile(file, 'utf8')) as readonly OpenCause[]
}

/** How the list calls a scenario. */
export function openName({ kernel, topology, setup, name }: CaseOutcome): string {
  return `${kernel} ${topology}/${setup} ${name}`
}

/** Whether model and kernel do not say the same. */
export function isOpen({ verdict }: CaseOutcome): boolean {
  return verdict === 'differs' || verdict === 'undetermined'
}

/** Scenarios that ought to be on the list and are not, and those on it that agree by now. */
export function compareWithList(
  outcomes: readonly CaseOutcome[],
  causes: readonly OpenCause[],
): { readonly missing: readonly string[]; readonly settled: readonly string[] } {
  const listed = new Set(causes.flatMap(({ open }) => open))
  const open = new Set(outcomes.filter(isOpen).map(openName))
  return {
    missing: [...open].filter((name) => !listed.has(name)),
    settled: [...listed].filter((name) => !open.has(name)),
  }
}

/**
 * Whether a scenario is known to be open under some release: a kernel that is newer than all recordings is expected to answer as
 * the others do.
 */
export function isKnown(outcome: CaseOutcome, causes: readonly OpenCause[]): boolean {
  const withoutRelease = (name: string) => name.slice(name.indexOf(' '))
  const wanted = withoutRelease(openName(outcome))
  return causes.some(({ open }) => open.some((name) => withoutRelease(name) === wanted))
}

/** The list as it is today: causes stay, and what has none is put under one of its own. */
export async function writeKnownOpen(
  file: string,
  outcomes: readonly CaseOutcome[],
): Promise<readonly OpenCause[]> {
  const causes = await readKnownOpen(file).catch(() => [])
  const causeOf = new Map(causes.flatMap((one) => one.open.map((name) => [name, one] as const)))
  const names = outcomes.filter(isOpen).map(openName)
  const byCause = groupBy(names, (name) => (causeOf.get(name) ?? UNEXPLAINED).cause)
  const known = [...causes, UNEXPLAINED].filter(
    ({ cause }, index, all) => all.findIndex((one) => one.cause === cause) === index,
  )
  const list = known.flatMap(({ cause, about }) => {
    const open = byCause.get(cause)?.toSorted() ?? []
    return open.length === 0 ? [] : [{ cause, about, open }]
  })
  await writeFile(file, `${JSON.stringify(list, null, 2)}\n`)
  return list
}
