import { placeOf } from './asker.js'
import { type BenchOptions, type BenchResult, runBench } from './bench.js'
import type { Kernel } from './kernels/kernel.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import { failedCase } from './outcome.js'
import { type Bench, suits, type Topology } from './topology.js'

/** Every machine in every state under every kernel that has an opinion on it; one machine after the other. */
export function planBenches(
  kernels: readonly Kernel[],
  topologies: readonly Topology[],
): readonly Bench[] {
  return topologies.flatMap((topology) =>
    topology.setups.flatMap((setup) =>
      kernels
        .filter((kernel) => suits(kernel, topology) && isAskedAbout(kernel, topology))
        .map((kernel) => ({ kernel, topology, setup })),
    ),
  )
}

/** Some kernels stand near the border of one rule, and are asked about machines that show it. */
function isAskedAbout({ id }: Kernel, { name }: Topology): boolean {
  const wanted = WANTED_KERNELS.find((one) => one.id === id)
  return wanted?.topologies?.includes(name) ?? true
}

/** Runs benches, `jobs` at a time, until all are through or the time is up. One that breaks down is a failure, and the others go on. */
export async function runBenches(
  benches: readonly Bench[],
  jobs: number,
  options: BenchOptions,
): Promise<readonly BenchResult[]> {
  const waiting = [...benches]
  const results: BenchResult[] = []
  const work = async (): Promise<void> => {
    for (let bench = waiting.shift(); bench !== undefined; bench = waiting.shift()) {
      if (options.isTimeUp()) options.say(`${nameOf(bench)}: not asked, the time is up`)
      else results.push(await runTimed(bench, options))
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return results
}

async function runTimed(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const started = performance.now()
  const result = await runBench(bench, options).catch((error: Error): BenchResult => {
    options.say(`${nameOf(bench)}: broke down: ${error.message}`)
    const outcome = failedCase(placeOf(bench), { name: 'all' }, error.message)
    return { outcomes: [outcome], left: 0, kept: null }
  })
  const agreed = result.outcomes.filter(({ verdict }) => verdict === 'agreed').length
  const seconds = Math.round((performance.now() - started) / 1000)
  const left = result.left === 0 ? '' : `, ${result.left} left for lack of time`
  options.say(`${nameOf(bench)}: ${agreed}/${result.outcomes.length} agreed, ${seconds} s${left}`)
  return result
}

function nameOf({ kernel, topology, setup }: Bench): string {
  return `${kernel.id} ${topology.name}/${setup.name}`
}
