import { type Bench, type BenchOptions, type BenchResult, runBench } from './bench.js'
import type { Kernel } from './kernels/kernel.js'
import type { Topology } from './topology.js'

/** Every machine in every state under every kernel that has an opinion on it; one machine after the other. */
export function planBenches(
  kernels: readonly Kernel[],
  topologies: readonly Topology[],
): readonly Bench[] {
  return topologies.flatMap((topology) =>
    topology.setups.flatMap((setup) =>
      kernels
        .filter(({ kind }) => kind === 'built' || !topology.builtOnly)
        .map((kernel) => ({ kernel, topology, setup })),
    ),
  )
}

export interface BenchLimits {
  /** Guests at a time. */
  readonly jobs: number
  /** Minutes after which no further bench is begun; null: no limit. */
  readonly minutes: number | null
}

/** Runs benches side by side until all are through or the time is up; a bench that breaks down is said and left out. */
export async function runBenches(
  benches: readonly Bench[],
  { jobs, minutes }: BenchLimits,
  options: BenchOptions,
): Promise<readonly BenchResult[]> {
  const started = performance.now()
  const isTimeUp = () => minutes !== null && performance.now() - started > minutes * 60_000
  const waiting = [...benches]
  const results: BenchResult[] = []
  const work = async (): Promise<void> => {
    for (let bench = waiting.shift(); bench !== undefined; bench = waiting.shift()) {
      if (isTimeUp()) options.say(`${nameOf(bench)}: not asked, the time is up`)
      else results.push(await runTimed(bench, options))
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return results
}

async function runTimed(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const started = performance.now()
  const result = await runBench(bench, options).catch((error: Error) => {
    throw new Error(`${nameOf(bench)}: ${error.message}`, { cause: error })
  })
  const agreed = result.outcomes.filter(({ verdict }) => verdict === 'agreed').length
  const seconds = Math.round((performance.now() - started) / 1000)
  options.say(`${nameOf(bench)}: ${agreed}/${result.outcomes.length} agreed, ${seconds} s`)
  return result
}

function nameOf({ kernel, topology, setup }: Bench): string {
  return `${kernel.id} ${topology.name}/${setup.name}`
}
