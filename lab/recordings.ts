import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { RunSummary } from './conformance.js'
import type { KeptBench } from './kept-answers.js'

/**
 * Answers that are checked in, one file for each machine under each release of a kernel: `RELEASE/TOPOLOGY-SETUP.json.gz`. What
 * a release answered stays true when a newer one takes its place.
 */
export async function writeRecording(folder: string, kept: KeptBench): Promise<void> {
  const { kernel, topology, setup } = kept
  // Folders are paths of the machine that recorded.
  const recording: KeptBench = { ...kept, kernel: { ...kernel, folder: '' } }
  await mkdir(join(folder, kernel.release), { recursive: true })
  const bytes = gzipSync(JSON.stringify(recording), { level: 9 })
  await writeFile(join(folder, kernel.release, `${topology}-${setup}.json.gz`), bytes)
}

/** Releases that something was recorded of. */
export async function recordedReleases(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

/** The recordings of one release; none: nothing was recorded of it. */
export async function readRecordings(
  folder: string,
  release: string,
): Promise<readonly KeptBench[]> {
  const files = await readdir(join(folder, release)).catch(() => [])
  return Promise.all(
    files.sort().map(async (file) => {
      const bytes = await readFile(join(folder, release, file))
      return JSON.parse(gunzipSync(bytes).toString('utf8')) as KeptBench
    }),
  )
}

export async function readAllRecordings(folder: string): Promise<readonly KeptBench[]> {
  const releases = await recordedReleases(folder)
  return (await Promise.all(releases.map((release) => readRecordings(folder, release)))).flat()
}

/** What was watched in guests beside scenarios, and by which emulator. */
export type Watched = Pick<RunSummary, 'qemu' | 'native' | 'walks'>

const WATCHED = 'watched.json'

export async function writeWatched(folder: string, watched: Watched): Promise<void> {
  await writeFile(join(folder, WATCHED), `${JSON.stringify(watched, null, 2)}\n`)
}

/** Nothing was watched where nothing is recorded. */
export async function readWatched(folder: string): Promise<Watched> {
  const text = await readFile(join(folder, WATCHED), 'utf8').catch(() => null)
  return text === null
    ? { qemu: null, native: { layoutDifferences: null, proofs: [] }, walks: [] }
    : (JSON.parse(text) as Watched)
}
