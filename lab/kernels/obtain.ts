import { join } from 'node:path'
import { type Archive, type ArchivePackage, openArchive } from '../archive/archive.js'
import type { Say } from '../say.js'
import { ensureBuildTools } from '../tools.js'
import { buildKernel, ingredientsHash } from './built.js'
import { openKernelCache } from './cache.js'
import { fetchDistributionKernel } from './distribution.js'
import type { Architecture, Kernel, MissingKernel } from './kernel.js'
import { chooseKernel, KERNEL_SUITES, packagePattern, type WantedKernel } from './wanted.js'

export interface ObtainOptions {
  /** Folder of everything that outlives a run. */
  readonly cache: string
  /** Folder of `kernel.sh`. */
  readonly scripts: string
  /** Whether a kernel that is not in the cache may be built; a smoke run builds none. */
  readonly mayBuild: boolean
  readonly say: Say
}

export interface ObtainedKernels {
  readonly kernels: readonly Kernel[]
  /** What the run goes without, to be said in its report. */
  readonly missing: readonly MissingKernel[]
}

/** Raised with the way in which modules are chosen and unpacked, so that older folders of the cache are left alone. */
const LAYOUT = 'v2'

/** Gets every wanted kernel that can be had. A kernel that the archive has no more is reported, and not an error. */
export async function obtainKernels(
  wanted: readonly WantedKernel[],
  options: ObtainOptions,
): Promise<ObtainedKernels> {
  const { say } = options
  const shops = new Map<Architecture, Shop>()
  const kernels: Kernel[] = []
  const missing: MissingKernel[] = []
  for (const one of wanted) {
    const { architecture } = one
    const shop = shops.get(architecture) ?? (await openShop(architecture, options))
    shops.set(architecture, shop)
    const outcome = await obtain(one, shop, options).catch((error: unknown) =>
      absent(one, error instanceof Error ? error.message : String(error)),
    )
    if ('reason' in outcome) {
      say(`${one.id}: skipped, ${outcome.reason}`)
      missing.push(outcome)
    } else {
      say(`${one.id}: ${outcome.package} ${outcome.version} (${outcome.release})`)
      kernels.push(outcome)
    }
  }
  return { kernels, missing }
}

/** Debian's archive for one architecture, and the kernels that it offers. */
interface Shop {
  readonly archive: Archive
  readonly offered: readonly ArchivePackage[]
}

async function openShop(architecture: Architecture, { cache, say }: ObtainOptions): Promise<Shop> {
  const archive = await openKernelArchive(cache, architecture)
  for (const complaint of await archive.update()) say(`archive: ${complaint}`)
  const find = (prefix: string, kind: Kernel['kind']) =>
    archive.find(prefix, packagePattern({ kind, architecture }))
  const images = await find('linux-image-', 'distribution')
  const sources = await find('linux-source-', 'built')
  return { archive, offered: [...images, ...sources] }
}

/** The archive with every suite that has kernels. */
export function openKernelArchive(cache: string, architecture: Architecture): Promise<Archive> {
  return architecture === 'amd64'
    ? openArchive(join(cache, 'apt-kernels'), KERNEL_SUITES)
    : openArchive(join(cache, `apt-kernels-${architecture}`), KERNEL_SUITES, architecture)
}

async function obtain(
  wanted: WantedKernel,
  { archive, offered }: Shop,
  { cache, scripts, mayBuild, say }: ObtainOptions,
): Promise<Kernel | MissingKernel> {
  const kernels = openKernelCache(join(cache, 'kernels'))
  const last = () => kernels.last(wanted)
  if (wanted.kind === 'built' && !mayBuild) {
    return (await last()) ?? absent(wanted, 'not in the cache, and this run builds none')
  }
  const chosen = chooseKernel(wanted, offered)
  if (chosen === undefined) {
    return (await last()) ?? absent(wanted, `the archive offers no ${wanted.line ?? 'kernel'}`)
  }
  if (wanted.kind === 'distribution') {
    return kernels.obtain(wanted, chosen, LAYOUT, (folder) =>
      fetchDistributionKernel(archive, chosen, folder),
    )
  }
  const hash = await ingredientsHash(scripts)
  return kernels.obtain(wanted, chosen, hash, async (folder) => {
    say(`${wanted.id}: building ${chosen.name} ${chosen.version}, some minutes`)
    await ensureBuildTools(cache)
    return buildKernel(archive, chosen, { scripts, folder })
  })
}

function absent({ id }: WantedKernel, reason: string): MissingKernel {
  return { id, reason }
}
