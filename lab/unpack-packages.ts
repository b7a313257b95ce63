import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newest, openArchive } from './archive/archive.js'
import { run } from './run.js'

/**
 * Unpacks Debian packages, `suite/name` each, without installing them: older releases of a program beside the machine's
 * own. Returns the folder in which each has one of its own, `SUITE_NAME`. What is there from an earlier run stays.
 */
export async function unpackPackages(packages: readonly string[], cache: string): Promise<string> {
  const shelf = join(cache, 'unpacked')
  for (const one of packages) {
    const [suite = '', name = ''] = one.split('/')
    const folder = join(shelf, `${suite}_${name}`)
    const isThere = await access(folder).then(
      () => true,
      () => false,
    )
    if (!isThere) await unpack(suite, name, { cache, folder })
  }
  return shelf
}

async function unpack(
  suite: string,
  name: string,
  { cache, folder }: { readonly cache: string; readonly folder: string },
): Promise<void> {
  const archive = await openArchive(join(cache, `apt-${suite}`), [suite, `${suite}-security`])
  await archive.update()
  const found = newest((await archive.find(name, /./)).filter((one) => one.name === name))
  if (found === undefined) throw new Error(`the archive offers no ${name} in ${suite}`)
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(join(partial, 'tree'), { recursive: true })
  const [file = ''] = await archive.download([found], partial)
  await run('dpkg-deb', ['-x', file, join(partial, 'tree')])
  await rename(join(partial, 'tree'), folder)
  await rm(partial, { recursive: true })
}
