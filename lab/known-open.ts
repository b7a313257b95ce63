import { readFile, writeFile } from 'node:fs/promises'
import { groupBy } from './group-by.js'
import type { CaseOutcome } from './outcome.js'

/** Scenarios on which model and kernel are known not to say the same, for one reason. */
export interface OpenCause {
  readonly cause: string
  /** What the kernel does that the model does not know. */
  readonly about: string
  /** `differs`: the model is wrong. `undetermined`: no file shows what decides, and the model says so. */
  readonly verdict: OpenVerdict
  /** `RELEASE TOPOLOGY/SETUP NAME`, in order. */
  readonly open: readonly string[]
}

type OpenVerdict = 'differs' | 'undetermined'

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
  const listed = new Set(causes.flatMap(({ verdict, open }) => open.map(entry(verdict))))
  const open = new Set(outcomes.filter(isOpen).map((one) => entry(one.verdict)(openName(one))))
  return {
    missing: [...open].filter((name) => !listed.has(name)),
    settled: [...listed].filter((name) => !open.has(name)),
  }
}

function entry(verdict: CaseOutcome['verdict']): (name: string) => string {
  return (name) => `${verdict}: ${name}`
}

/**
 * Whether a scenario is known to be open under some release: a kernel that is newer than all recordings is expected to answer as
 * the others do.
 */
export function isKnown(outcome: CaseOutcome, causes: readonly OpenCause[]): boolean {
  const withoutRelease = (name: string) => name.slice(name.indexOf(' '))
  const wanted = withoutRelease(openName(outcome))
  return causes.some(
    ({ verdict, open }) =>
      verdict === outcome.verdict && open.some((name) => withoutRelease(name) === wanted),
  )
}

/** The list as it is today: causes stay, and what has none is put under one of its own. */
export async function writeKnownOpen(
  file: string,
  outcomes: readonly CaseOutcome[],
): Promise<readonly OpenCause[]> {
  const causes = await readKnownOpen(file).catch(() => [])
  const unexplained = [
    { ...UNEXPLAINED, verdict: 'differs' } as const,
    { ...UNEXPLAINED, verdict: 'undetermined' } as const,
  ]
  const known = [...causes, ...unexplained].filter(
    (cause, index, all) => all.findIndex((one) => causeKey(one) === causeKey(cause)) === index,
  )
  const keys = new Map(
    causes.flatMap((cause) =>
      cause.open.map((name) => [entry(cause.verdict)(name), causeKey(cause)]),
    ),
  )
  const byCause = groupBy(outcomes.filter(isOpen), (outcome) => {
    const { verdict } = outcome
    return keys.get(entry(verdict)(openName(outcome))) ?? causeKey({ ...UNEXPLAINED, verdict })
  })
  const list = known.flatMap((one) => {
    const { cause, about, verdict } = one
    const open = byCause.get(causeKey(one))?.map(openName).toSorted() ?? []
    return open.length === 0 ? [] : [{ cause, about, verdict, open }]
  })
  await writeFile(file, `${JSON.stringify(list, null, 2)}\n`)
  return list
}

function causeKey({
  cause,
  verdict,
}: {
  readonly cause: string
  readonly verdict: string
}): string {
  return `${cause}, ${verdict}`
}
