import { cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openArchive } from '../archive/archive.js'
import type { Architecture } from '../kernels/kernel.js'
import { run } from '../run.js'

/** The root file system that a guest's programs run in, and where things lie in it. */
export interface GuestRoot {
  /** Folder on the host that the guest sees as its root, read-only. */
  readonly folder: string
  /** Path of Node, inside. */
  readonly node: string
  /** Folder of the tool, inside. */
  readonly tool: string
  /** Path of a static busybox, on the host. */
  readonly busybox: string
}

/** A guest of the host's own architecture runs what the host has. */
export function ownRoot(node: string, repository: string): GuestRoot {
  return { folder: '/', node, tool: repository, busybox: '/bin/busybox' }
}

/** The release whose Node serves in guests of another architecture: the first with one that is new enough. */
const RELEASE = 'trixie'

const PACKAGES = ['nodejs', 'busybox-static']

/** What Node calls an architecture of Debian's. */
const NODE_NAMES: Readonly<Record<Architecture, string>> = { amd64: 'x64', arm64: 'arm64' }

/**
 * Unpacks Debian's Node for another architecture, with all that it needs, and copies the built tool beside it. What is there
 * from an earlier run stays; the tool is copied anew.
 */
export async function foreignRoot(
  architecture: Architecture,
  { cache, repository }: { readonly cache: string; readonly repository: string },
): Promise<GuestRoot> {
  const folder = join(cache, 'roots', architecture)
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  if (!isThere) await unpackRoot(architecture, { cache, folder })
  await copyTool(architecture, { cache, repository, target: join(folder, 'tool') })
  return {
    folder,
    node: '/usr/bin/node',
    tool: '/tool',
    busybox: join(folder, 'usr/bin/busybox'),
  }
}

async function unpackRoot(
  architecture: Architecture,
  { cache, folder }: { readonly cache: string; readonly folder: string },
): Promise<void> {
  const suites = [RELEASE, `${RELEASE}-security`]
  const archive = await openArchive(join(cache, `apt-root-${architecture}`), suites, architecture)
  await archive.update()
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  for (const file of await archive.downloadWhole(PACKAGES)) {
    await run('dpkg-deb', ['-x', file, partial])
  }
  for (const name of ['bin', 'lib', 'sbin']) await symlink(`usr/${name}`, join(partial, name))
  for (const name of ['proc', 'sys', 'dev', 'mnt', 'tmp', 'run']) {
    await mkdir(join(partial, name), { recursive: true })
  }
  await rename(partial, folder)
}

/** What the installed tool consists of, and koffi's native half for the other architecture. */
async function copyTool(
  architecture: Architecture,
  place: { readonly cache: string; readonly repository: string; readonly target: string },
): Promise<void> {
  const { cache, repository, target } = place
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const parts = ['bin', 'dist', 'share', 'package.json', 'oclif.manifest.json']
  for (const part of [...parts, 'node_modules/koffi']) {
    await cp(join(repository, part), join(target, part), { recursive: true })
  }
  const native = await nativeKoffi(architecture, { cache, repository })
  const shelf = join(target, 'node_modules/@koromix')
  await cp(native, join(shelf, `koffi-linux-${NODE_NAMES[architecture]}`), { recursive: true })
}

/** npm brings the native half for its own machine only; the other one is a package like any. */
async function nativeKoffi(
  architecture: Architecture,
  { cache, repository }: { readonly cache: string; readonly repository: string },
): Promise<string> {
  const text = await readFile(join(repository, 'node_modules/koffi/package.json'), 'utf8')
  const { version }: { readonly version: string } = JSON.parse(text)
  const name = `koffi-linux-${NODE_NAMES[architecture]}`
  const folder = join(cache, 'npm', `${name}-${version}`)
  const done = join(folder, 'done')
  const isThere = await stat(done).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    await mkdir(folder, { recursive: true })
    const { stdout } = await run('npm', ['pack', '--silent', `@koromix/${name}@${version}`], {
      cwd: folder,
    })
    await run('tar', ['xzf', stdout.trim(), '-C', folder], { cwd: folder })
    await writeFile(done, '')
  }
  return join(folder, 'package')
}
