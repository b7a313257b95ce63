import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { KeptBench } from './kept-answers.js'

/**
 * Answers that are checked in, as files, one a bench: `KERNEL/TOPOLOGY-SETUP.json.gz`. Without those to scenarios drawn
 * at random: the others cover every kind of answer.
 */
export async function writeRecording(folder: string, kept: KeptBench): Promise<void> {
  const { kernel, topology, setup, cases } = kept
  const recording: KeptBench = {
    ...kept,
    // A path of this machine.
    kernel: { ...kernel, folder: '' },
    cases: cases.filter(({ name }) => !name.startsWith('random/')),
  }
  await mkdir(join(folder, kernel.id), { recursive: true })
  const bytes = gzipSync(JSON.stringify(recording), { level: 9 })
  await writeFile(join(folder, kernel.id, `${topology}-${setup}.json.gz`), bytes)
}

/** The recordings of one kernel; none: nothing was recorded of it. */
export async function readRecordings(
  folder: string,
  kernel: string,
): Promise<readonly KeptBench[]> {
  const files = await readdir(join(folder, kernel)).catch(() => [])
  return Promise.all(
    files.sort().map(async (file) => {
      const bytes = await readFile(join(folder, kernel, file))
      return JSON.parse(gunzipSync(bytes).toString('utf8')) as KeptBench
    }),
  )
}
