import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { bootGuest, type GuestHost } from './guest/guest.js'
import type { Kernel } from './kernels/kernel.js'
import type { Say } from './say.js'
import { startByLibvirt } from './start-by-libvirt.js'
import type { Topology } from './topology.js'
import { type Walk, walk } from './walk.js'

export interface WalksOptions {
  readonly cache: string
  readonly kernels: readonly Kernel[]
  /** Whether kernels that were walked through in an earlier run are walked through again. */
  readonly again: boolean
  readonly topology: Topology
  readonly host: GuestHost
  readonly isTimeUp: () => boolean
  readonly say: Say
}

/**
 * Walks through each kernel that this build of the tool was not walked through before; returns the walks of this run and of
 * earlier ones. A walk tries the tool and not the kernel, so that those of an older build say nothing.
 */
export async function runWalks(options: WalksOptions): Promise<readonly Walk[]> {
  const folder = join(options.cache, 'walks')
  await mkdir(folder, { recursive: true })
  await removeOlder(folder, join(options.host.repository, 'oclif.manifest.json'))
  for (const kernel of options.kernels) {
    const name = `${basename(kernel.folder)}.json`
    const isKept = (await readdir(folder)).includes(name)
    if ((isKept && !options.again) || options.isTimeUp()) continue
    await writeFile(join(folder, name), JSON.stringify(await walkThrough(kernel, options)))
  }
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => JSON.parse(text) as readonly Walk[])
}

/** `built`: the file that a build writes last. */
async function removeOlder(folder: string, built: string): Promise<void> {
  const { mtimeMs } = await stat(built)
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    if ((await stat(file)).mtimeMs < mtimeMs) await rm(file)
  }
}

/** Through each interface that the kernel has, and once with libvirt, which opens groups. */
async function walkThrough(
  kernel: Kernel,
  { cache, topology, host, say }: WalksOptions,
): Promise<readonly Walk[]> {
  const folder = join(cache, 'runs', kernel.id, 'walk')
  const ways = ['group', kernel.kind === 'built' ? 'cdev' : 'libvirt'] as const
  const walks: Walk[] = []
  for (const via of ways) {
    const guest = await bootGuest(kernel, topology, folder, host)
    try {
      const [setup] = topology.setups
      if (setup !== undefined) await guest.ask({ do: 'prepare', setup })
      const walked = { guest, host }
      walks.push(
        await (via === 'libvirt' ? startByLibvirt(kernel, walked) : walk(kernel, via, walked)),
      )
    } finally {
      await guest.stop()
    }
  }
  const held = walks.filter(({ holds }) => holds).length
  const day = new Date().toISOString().slice(0, 10)
  say(`${kernel.id}: ${held}/${walks.length} walks from a failing preflight to a reset or a VM`)
  return walks.map((each) => ({ ...each, day }))
}
