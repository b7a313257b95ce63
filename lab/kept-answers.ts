import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RecordedTree, Survey } from './agent/protocol.js'
import type { StepAnswer } from './answers.js'
import type { LabCase } from './cases/enumerate.js'
import type { Kernel } from './kernels/kernel.js'
import type { Bench } from './topology.js'
import type { TreeChange } from './tree-change.js'

/** A scenario and what the kernel answered to its steps. */
export type AnsweredCase = LabCase & {
  readonly answers: readonly (StepAnswer | null)[]
  /** What had happened to the machine before the first step; absent: nothing. */
  readonly change?: TreeChange
}

/** What one machine under one kernel answered, over as many runs as it took. */
export interface KeptBench {
  readonly kernel: Kernel
  readonly topology: string
  readonly setup: string
  /** Says which machine this was: see `benchKey`. */
  readonly key: string
  readonly survey: Survey
  readonly tree: RecordedTree
  readonly cases: readonly AnsweredCase[]
  /** Days on which it was asked, `2026-11-22`, in order. */
  readonly days: readonly string[]
  /** Time that the guests took, all runs together. */
  readonly seconds: number
}

/**
 * Answers of earlier runs, so that a long run can be made in parts. They are the kernel's, and stay true when the model
 * changes: each run judges all of them by the model of the day.
 */
export interface KeptAnswers {
  /** undefined: nothing is kept, or of a machine or kernel that has changed since. */
  read(bench: Bench): Promise<KeptBench | undefined>
  write(kept: KeptBench): Promise<void>
  all(): Promise<readonly KeptBench[]>
}

/** `recorded`: answers that are checked in, for what this machine has not asked itself. */
export function openKeptAnswers(root: string, recorded: readonly KeptBench[]): KeptAnswers {
  const pathOf = ({ kernel, topology, setup }: Pick<KeptBench, 'kernel' | 'topology' | 'setup'>) =>
    join(root, kernel.release, `${topology}-${setup}.json`)
  return {
    async read(bench) {
      const key = benchKey(bench)
      const place = { ...bench, topology: bench.topology.name, setup: bench.setup.name }
      const kept = await readKept(pathOf(place))
      return kept?.key === key ? kept : recorded.find((one) => one.key === key)
    },
    async write(kept) {
      const path = pathOf(kept)
      await mkdir(join(root, kept.kernel.release), { recursive: true })
      await writeFile(`${path}.partial`, JSON.stringify(kept))
      await rename(`${path}.partial`, path)
    },
    async all() {
      const names = await readdir(root, { recursive: true }).catch(() => [])
      const files = names.filter((name) => name.endsWith('.json')).sort()
      const kept = await Promise.all(files.map((name) => readKept(join(root, name))))
      const own = kept.filter((one) => one !== undefined)
      const places = new Set(own.map(pathOf))
      return [...own, ...recorded.filter((one) => !places.has(pathOf(one)))]
    },
  }
}

/** Changes with the kernel and with the machine, but not with the tool. */
export function benchKey({ kernel, topology, setup }: Bench): string {
  const { about: _about, setups: _setups, module: _module, ...machine } = topology
  const parts = [basename(kernel.folder), machine, setup]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

async function readKept(path: string): Promise<KeptBench | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as KeptBench)
}
