import { join } from 'node:path'
import type { GuestHost } from './guest/guest.js'
import { foreignRoot } from './guest/root.js'
import type { Kernel, MissingKernel } from './kernels/kernel.js'
import { obtainKernels } from './kernels/obtain.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import type { LabOptions } from './options.js'
import type { Say } from './say.js'
import { ensureGuestTools } from './tools.js'

/** What a run needs from outside. */
export interface LabHost {
  readonly repository: string
  readonly node: string
  /** Folder of the bundled scripts that run in guests. */
  readonly scripts: string
  readonly say: Say
}

/** Kernels that a push waits for: the oldest in wide use and the newest, with every way of opening on either side. */
const SMOKE_KERNELS = ['debian-6.1', 'debian-newest', 'lab-6.12', 'lab-newest']

/** What guests are made of. `qemu` null: there is none here, so that no kernel can be asked. */
export interface GuestSupplies {
  readonly qemu: string | null
  readonly kernels: readonly Kernel[]
  readonly missing: readonly MissingKernel[]
  readonly guestHost: GuestHost
}

/** A smoke run without QEMU is still worth its replays; any other run fails. */
export async function prepareGuests(
  { cache, kernels, smoke }: LabOptions,
  host: LabHost,
): Promise<GuestSupplies> {
  const { repository, say } = host
  const names = smoke && kernels.length === 0 ? SMOKE_KERNELS : kernels
  const wanted = WANTED_KERNELS.filter(({ id }) => isNamed(id, names))
  const isForeign = wanted.some(({ architecture }) => architecture === 'arm64')
  const guestHost = { ...host, init: join(repository, 'lab/guest/init.sh'), foreignRoot: null }
  const qemu = await ensureTools(cache, isForeign).catch((error: Error) => {
    if (!smoke) throw error
    say(`NO GUEST WAS BOOTED: ${error.message}`)
    return null
  })
  if (qemu === null) {
    const missing = wanted.map(({ id }) => ({ id, reason: 'QEMU could not be installed' }))
    return { qemu, kernels: [], missing, guestHost }
  }
  const scripts = join(repository, 'lab/kernels')
  const obtained = await obtainKernels(wanted, { cache, scripts, mayBuild: !smoke, say })
  if (obtained.kernels.length === 0) say('NO GUEST WAS BOOTED: there is no kernel to boot')
  const root = isForeign ? await foreignRoot('arm64', { cache, repository }) : null
  return { qemu, ...obtained, guestHost: { ...guestHost, foreignRoot: root } }
}

async function ensureTools(cache: string, isForeign: boolean): Promise<string> {
  const version = await ensureGuestTools(cache, 'amd64')
  if (isForeign) await ensureGuestTools(cache, 'arm64')
  return version
}

/** No names at all stand for every name. */
export function isNamed(name: string, names: readonly string[]): boolean {
  return names.length === 0 || names.includes(name)
}
