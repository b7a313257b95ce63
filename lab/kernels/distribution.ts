import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Archive, ArchivePackage } from '../archive/archive.js'
import { run } from '../run.js'
import { type CachedKernel, dayOf } from './cache.js'
import { copyModules } from './modules.js'

/**
 * Downloads a distribution kernel and keeps its image and the modules that guests need. Nothing is installed. Newer
 * packages are split: image and modules are dependencies of the same release.
 */
export async function fetchDistributionKernel(
  archive: Archive,
  image: ArchivePackage,
  folder: string,
): Promise<CachedKernel> {
  const work = `${folder}.work`
  await rm(work, { recursive: true, force: true })
  await mkdir(join(work, 'tree'), { recursive: true })
  try {
    const files = await archive.download([image, ...partsOf(image)], work)
    for (const file of files) await run('dpkg-deb', ['-x', file, join(work, 'tree')])
    const names = await readdir(join(work, 'tree'), { recursive: true })
    const release = image.name.replace(/^linux-image-/, '')
    const vmlinuz = names.find((name) => /(?:^|\/)vmlinuz(?:-|$)/.test(name))
    const modules = names.find((name) => name.endsWith(`lib/modules/${release}`))
    if (vmlinuz === undefined || modules === undefined) {
      throw new Error(`${image.name} ${image.version} holds no kernel image or no modules`)
    }
    await mkdir(join(folder, 'modules'), { recursive: true })
    await run('cp', [join(work, 'tree', vmlinuz), join(folder, 'vmlinuz')])
    const order = await copyModules(join(work, 'tree', modules), join(folder, 'modules'))
    return { release, date: dayOf(await stat(join(work, 'tree', vmlinuz))), modules: order }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The packages of the same release that an image package needs beside itself. */
export function partsOf({ name, version, depends }: ArchivePackage): ArchivePackage[] {
  const release = name.replace(/^linux-image-/, '')
  return ['linux-binary', 'linux-modules']
    .map((part) => `${part}-${release}`)
    .filter((part) => depends.split(/[,|]\s*/).some((one) => one.trim().startsWith(`${part} `)))
    .map((part) => ({ name: part, version, depends: '' }))
}
