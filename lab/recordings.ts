import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Recording } from './bench.js'

/** Recorded answers as files, one a bench: `KERNEL/TOPOLOGY-SETUP.json.gz`. */
export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  const { kernel, topology, setup } = recording
  await mkdir(join(folder, kernel), { recursive: true })
  const bytes = gzipSync(JSON.stringify(recording), { level: 9 })
  await writeFile(join(folder, kernel, `${topology}-${setup}.json.gz`), bytes)
}

/** The recordings of one kernel; none: nothing was recorded of it. */
export async function readRecordings(
  folder: string,
  kernel: string,
): Promise<readonly Recording[]> {
  const files = await readdir(join(folder, kernel)).catch(() => [])
  return Promise.all(
    files.sort().map(async (file) => {
      const bytes = await readFile(join(folder, kernel, file))
      return JSON.parse(gunzipSync(bytes).toString('utf8')) as Recording
    }),
  )
}
