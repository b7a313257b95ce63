import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchivePackage } from '../archive/archive.js'
import type { Kernel } from './kernel.js'
import type { LoadOrder } from './modules.js'
import type { WantedKernel } from './wanted.js'

/** What is known of a kernel once its files lie in its folder. */
export interface CachedKernel {
  readonly release: string
  /** Day on which its package was made. */
  readonly date: string
  readonly modules: LoadOrder
}

/** The kernels of earlier runs, one folder each: `lab-6.12_6.12.117-1_0123456789ab`. */
export interface KernelCache {
  /** The kernel made from exactly this package and these ingredients, else made now by `make` into the given folder. */
  obtain(
    wanted: WantedKernel,
    from: ArchivePackage,
    hash: string,
    make: (folder: string) => Promise<CachedKernel>,
  ): Promise<Kernel>
  /** The last one made for `wanted`, from whatever package: for runs that must not build. */
  last(wanted: WantedKernel): Promise<Kernel | undefined>
}

/** Files in a package bear the time at which it was made. */
export function dayOf({ mtime }: { readonly mtime: Date }): string {
  return mtime.toISOString().slice(0, 10)
}

const STATEMENT = 'kernel.json'

export function openKernelCache(root: string): KernelCache {
  const read = async (folder: string): Promise<Kernel | undefined> => {
    const text = await readFile(join(root, folder, STATEMENT), 'utf8').catch(() => undefined)
    return text === undefined
      ? undefined
      : { ...(JSON.parse(text) as Kernel), folder: join(root, folder) }
  }
  return {
    async obtain(wanted, from, hash, make) {
      const folder = `${wanted.id}_${from.version.replace(/[^\w.+~-]/g, '-')}_${hash}`
      const cached = await read(folder)
      if (cached !== undefined) return cached
      const partial = join(root, `.${folder}`)
      await rm(partial, { recursive: true, force: true })
      await mkdir(partial, { recursive: true })
      const made = await make(partial)
      const kernel: Kernel = {
        id: wanted.id,
        kind: wanted.kind,
        architecture: wanted.architecture,
        package: from.name,
        version: from.version,
        folder: '',
        ...made,
      }
      await writeFile(join(partial, STATEMENT), `${JSON.stringify(kernel, null, 2)}\n`)
      await rm(join(root, folder), { recursive: true, force: true })
      await rename(partial, join(root, folder))
      await forgetOthers(root, wanted.id, folder)
      return { ...kernel, folder: join(root, folder) }
    },
    async last(wanted) {
      const names = await readdir(root).catch(() => [])
      const folder = names.find((name) => name.startsWith(`${wanted.id}_`))
      return folder === undefined ? undefined : read(folder)
    },
  }
}

/** A newer kernel of the same line takes the place of the older one. */
async function forgetOthers(root: string, id: string, folder: string): Promise<void> {
  const names = await readdir(root)
  const others = names.filter((name) => name.startsWith(`${id}_`) && name !== folder)
  await Promise.all(others.map((name) => rm(join(root, name), { recursive: true })))
}
