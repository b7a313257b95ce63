import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CallCount, callsPerFunction } from './calls.js'
import { bootGuest } from './guest/guest.js'
import type { LabHost } from './guest-supplies.js'
import { openKernelCache } from './kernels/cache.js'
import type { Kernel } from './kernels/kernel.js'
import { obtainKernels } from './kernels/obtain.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import { manyFunctions } from './many-functions.js'
import { ensureGuestTools } from './tools.js'

/** What the script that times says, as JSON on standard output. */
interface Timed {
  readonly functions: number
  readonly turns: readonly unknown[]
  /** By the name of a command, on hosts of falling size; empty: there is no strace. */
  readonly calls: Readonly<Record<string, readonly CallCount[]>>
}

export interface TimedInGuest extends Pick<Timed, 'functions' | 'turns'> {
  readonly qemu: string
  /** `uname -r` of the guest. */
  readonly release: string
  /** System calls for each function, by the name of a command. */
  readonly calls: Readonly<Record<string, number>>
}

interface Wish {
  /** Words for Node: the script and its arguments. */
  readonly script: readonly string[]
  /** The kernel's id in the lab. */
  readonly kernel: string
  readonly cache: string
  readonly limitMs: number
}

/**
 * Boots the machine of many functions, and has a script time commands there: as root, by the host's Node, in a chroot of the
 * host's root, which is read-only, in an empty folder in memory. Rejects with one sentence when there is no QEMU or no kernel, and when
 * the script fails.
 */
export async function timeInGuest(wish: Wish, host: LabHost): Promise<TimedInGuest> {
  const qemu = await ensureGuestTools(wish.cache, 'amd64').catch((error: Error) => {
    throw new Error(`there is no QEMU, and none can be installed: ${firstLine(error.message)}`)
  })
  const kernel = await kernelFor(wish, host)
  const { functions, turns, calls } = JSON.parse(await runInGuest(kernel, wish, host)) as Timed
  const each = Object.entries(calls).map(([what, counts]) => [what, callsPerFunction(counts)])
  return { qemu, release: kernel.release, functions, turns, calls: Object.fromEntries(each) }
}

/** The archive is asked only where no earlier run has left the kernel. */
async function kernelFor(
  { kernel: id, cache }: Wish,
  { repository, say }: LabHost,
): Promise<Kernel> {
  const wanted = WANTED_KERNELS.find((one) => one.id === id)
  const ids = WANTED_KERNELS.map((one) => one.id).join(', ')
  if (wanted === undefined) throw new Error(`there is no kernel ${id}; there are ${ids}`)
  const last = await openKernelCache(join(cache, 'kernels')).last(wanted)
  if (last !== undefined) return last
  const scripts = join(repository, 'lab/kernels')
  const obtained = await obtainKernels([wanted], { cache, scripts, mayBuild: false, say })
  const [kernel] = obtained.kernels
  const reason = firstLine(obtained.missing[0]?.reason ?? '')
  if (kernel === undefined) throw new Error(`there is no kernel ${id}: ${reason}`)
  return kernel
}

/** What the script wrote to standard output. */
async function runInGuest(
  kernel: Kernel,
  { script, cache, limitMs }: Wish,
  host: LabHost,
): Promise<string> {
  const folder = join(cache, 'timed', kernel.id)
  await mkdir(folder, { recursive: true })
  const topology = manyFunctions()
  const init = join(host.repository, 'lab/guest/init.sh')
  const guest = await bootGuest(kernel, topology, folder, { ...host, init, foreignRoot: null })
  try {
    for (const setup of topology.setups) await guest.ask({ do: 'prepare', setup })
    const scratch = quote(`${guest.mount}/scratch`)
    const words = [host.node, ...script].map(quote).join(' ')
    const shell = `mkdir ${scratch} && mount -t tmpfs tmpfs ${scratch} && cd ${scratch} && exec ${words} > ../output`
    const { exitCode, stderr } = await guest.ask({
      do: 'shell',
      script: shell,
      timeoutMs: limitMs,
    })
    if (exitCode !== 0) throw new Error(`in the guest, ${script[0]} failed: ${stderr}`)
    return await readFile(join(guest.share, 'output'), 'utf8')
  } finally {
    await guest.stop()
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1).join('')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
