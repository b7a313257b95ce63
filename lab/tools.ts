import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { type Archive, machineCodename, openArchive } from './archive/archive.js'
import { PLATFORMS } from './guest/qemu.js'
import type { Architecture } from './kernels/kernel.js'
import { run } from './run.js'

/** A program that the lab needs, and the Debian package that brings it. */
interface Tool {
  readonly program: string
  readonly package: string
}

const GUEST_TOOLS: readonly Tool[] = [
  { program: '/bin/busybox', package: 'busybox-static' },
  { program: '/usr/bin/dpkg-deb', package: 'dpkg' },
  { program: '/usr/bin/xz', package: 'xz-utils' },
  { program: '/usr/bin/zstd', package: 'zstd' },
]

/** A guest uses those of the host's root. */
const LIBVIRT_TOOLS: readonly Tool[] = [
  { program: '/usr/sbin/libvirtd', package: 'libvirt-daemon' },
  { program: '/usr/bin/virsh', package: 'libvirt-clients' },
]

const BUILD_TOOLS: readonly Tool[] = [
  { program: '/usr/bin/gcc', package: 'gcc' },
  { program: '/usr/bin/make', package: 'make' },
  { program: '/usr/include/stdio.h', package: 'libc6-dev' },
  { program: '/usr/bin/flex', package: 'flex' },
  { program: '/usr/bin/bison', package: 'bison' },
  { program: '/usr/bin/bc', package: 'bc' },
  { program: '/usr/include/libelf.h', package: 'libelf-dev' },
]

/** Debian's packages of the emulators. */
const QEMU_PACKAGES: Readonly<Record<Architecture, string>> = {
  amd64: 'qemu-system-x86',
  arm64: 'qemu-system-arm',
}

/** The first release with `igb`: the only SR-IOV NIC, and the only pair of functions in separate groups. */
const QEMU_WITH_IGB = 8

/** Installs what guests of an architecture need and the machine lacks; returns QEMU's version (`10.0.2`). */
export async function ensureGuestTools(cache: string, architecture: Architecture): Promise<string> {
  const missing = await findMissing(GUEST_TOOLS)
  const version = await qemuVersion(architecture)
  if (missing.length > 0) await installer(cache, false).then((archive) => archive.install(missing))
  if (version !== null && major(version) >= QEMU_WITH_IGB) return version
  await installQemu(cache, QEMU_PACKAGES[architecture])
  return (await qemuVersion(architecture)) ?? 'unknown'
}

/** Installs libvirt where the machine lacks it. */
export async function ensureLibvirt(cache: string): Promise<void> {
  const missing = await findMissing(LIBVIRT_TOOLS)
  if (missing.length > 0) await installer(cache, false).then((archive) => archive.install(missing))
}

/** Installs what the build of a kernel needs and the machine lacks. */
export async function ensureBuildTools(cache: string): Promise<void> {
  const missing = await findMissing(BUILD_TOOLS)
  if (missing.length > 0) await installer(cache, false).then((archive) => archive.install(missing))
}

/** Takes the machine's own release where that is recent enough, else its backports. */
async function installQemu(cache: string, name: string): Promise<void> {
  const own = await installer(cache, false)
  const packages = (await own.find(name, /./)).filter((one) => one.name === name)
  const isRecent = packages.some(
    ({ version }) => major(version.replace(/^\d+:/, '')) >= QEMU_WITH_IGB,
  )
  if (isRecent) return own.install([name])
  const backports = await installer(cache, true)
  return backports.install([name], `${await machineCodename()}-backports`)
}

/** Only the machine's own release: nothing that comes from another one may be installed. */
async function installer(cache: string, withBackports: boolean): Promise<Archive> {
  const codename = await machineCodename()
  const suites = [codename, `${codename}-security`]
  if (withBackports) suites.push(`${codename}-backports`)
  const archive = await openArchive(
    join(cache, withBackports ? 'apt-backports' : 'apt-own'),
    suites,
  )
  await archive.update()
  return archive
}

async function findMissing(tools: readonly Tool[]): Promise<string[]> {
  const present = await Promise.all(tools.map(({ program }) => exists(program)))
  return tools.filter((_, index) => present[index] === false).map((tool) => tool.package)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function qemuVersion(architecture: Architecture): Promise<string | null> {
  const program = join('/usr/bin', PLATFORMS[architecture].program)
  if (!(await exists(program))) return null
  const { stdout } = await run(program, ['--version'])
  return /version (\d+[.\d]*)/.exec(stdout)?.[1] ?? null
}

function major(version: string): number {
  return Number.parseInt(version, 10)
}
