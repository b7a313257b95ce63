import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Archive, ArchivePackage } from '../archive/archive.js'
import { run } from '../run.js'
import type { CachedKernel } from './cache.js'

/** What a build is made of besides the source: a change in one of these needs a new build. */
const INGREDIENTS = ['kernel.config', 'kernel.sh', 'lab_ids.c']

/** Longest time a build may take: 2 cores need 4 to 6 minutes, shared ones more. */
const BUILD_LIMIT_MS = 7_200_000

/** Builds a small kernel with every VFIO interface from a `linux-source` package. `scripts`: folder of `kernel.sh`. */
export async function buildKernel(
  archive: Archive,
  source: ArchivePackage,
  { scripts, folder }: { readonly scripts: string; readonly folder: string },
): Promise<CachedKernel> {
  const work = `${folder}.work`
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  try {
    const [deb = ''] = await archive.download([source], work)
    const out = join(work, 'out')
    await run('bash', [join(scripts, 'kernel.sh'), deb, out], {
      env: { TMPDIR: work },
      timeoutMs: BUILD_LIMIT_MS,
    })
    const image = (await readdir(join(out, 'boot'))).find((name) => name.startsWith('vmlinuz-'))
    if (image === undefined) throw new Error(`the build of ${source.name} left no image`)
    const release = image.replace('vmlinuz-', '')
    await mkdir(folder, { recursive: true })
    await rename(join(out, 'boot', image), join(folder, 'vmlinuz'))
    await rename(join(out, 'boot', `config-${release}`), join(folder, 'config'))
    // The package holds one archive, and its own time is all that matters of it.
    const { stdout } = await run('dpkg-deb', ['--contents', deb])
    const date = /\d{4}-\d\d-\d\d/.exec(stdout)?.[0] ?? 'unknown'
    return { release, date, modules: { early: [], late: [] } }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Changes whenever a build from the same source would come out differently. */
export async function ingredientsHash(scripts: string): Promise<string> {
  const texts = await Promise.all(INGREDIENTS.map((name) => readFile(join(scripts, name))))
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text)
  return hash.digest('hex').slice(0, 12)
}
