import type { LabScenario } from './scenario.js'

/**
 * The smallest scenario that still shows what `stillFails` looks for: steps are taken out in ever smaller runs (delta
 * debugging, Zeller and Hildebrandt), then what happened before, then drivers one by one. Every candidate is asked of a real kernel, so a candidate
 * that is no valid scenario any more simply does not fail.
 */
export async function shrink(
  scenario: LabScenario,
  stillFails: (candidate: LabScenario) => Promise<boolean>,
): Promise<LabScenario> {
  const steps = await minimize(scenario.steps, (some) => stillFails({ ...scenario, steps: some }))
  const before = await minimize(scenario.before ?? [], (some) =>
    stillFails(sequence(some, { ...scenario, steps })),
  )
  const rest = sequence(before, { ...scenario, steps })
  const entries = await minimize(Object.entries(scenario.drivers), (some) =>
    stillFails({ ...rest, drivers: Object.fromEntries(some) }),
  )
  return { ...rest, drivers: Object.fromEntries(entries) }
}

/** A scenario before which nothing happens says nothing of it. */
function sequence(
  before: NonNullable<LabScenario['before']>,
  { drivers, steps }: LabScenario,
): LabScenario {
  return before.length === 0 ? { drivers, steps } : { before, drivers, steps }
}

async function minimize<T>(
  items: readonly T[],
  stillFails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items
  let size = Math.ceil(kept.length / 2)
  while (size >= 1 && kept.length > 0) {
    const smaller = await withoutOneRun(kept, size, stillFails)
    if (smaller === undefined) size = size === 1 ? 0 : Math.ceil(size / 2)
    else {
      kept = smaller
      size = Math.min(size, Math.ceil(kept.length / 2))
    }
  }
  return kept
}

/** The first candidate that fails without one run of `size` items; undefined when all runs are needed. */
async function withoutOneRun<T>(
  items: readonly T[],
  size: number,
  stillFails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (let start = 0; start < items.length; start += size) {
    const candidate = [...items.slice(0, start), ...items.slice(start + size)]
    if (await stillFails(candidate)) return candidate
  }
  return undefined
}
