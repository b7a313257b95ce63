import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isArchiveError, openArchiveTree } from '../../src/host/archive/archive-tree.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { readHost } from '../../src/host/read/read-host.js'
import { openDirectoryTree } from '../../src/host/tree/directory-tree.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import { type HostTree, isFailure, type TreeOrigin } from '../../src/host/tree/tree.js'
import type { HostFiles } from './host-files.js'
import { readTarGz } from './tar.js'

const HOSTS = fileURLToPath(new URL('../../fixtures/sysfs/', import.meta.url))
const CASES = fileURLToPath(new URL('../../fixtures/cases/', import.meta.url))

const FOLDERS = readdirSync(HOSTS, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map(({ name }) => name)
  .sort()

/** Emulated machines under real kernels, with what those kernels answered (`oracle.ts`). */
export const LABS = FOLDERS.filter((name) => existsSync(join(HOSTS, name, 'oracle.json')))

/** Captures of real machines: every other folder. */
export const REAL_HOSTS = FOLDERS.filter((name) => !LABS.includes(name))

/** Absolute path of a file or folder of a fixture. */
export function fixturePath(name: string, file = ''): string {
  return join(HOSTS, name, file)
}

/** A file of a case under `fixtures/cases`. */
export function caseFile(name: string, file: string): string {
  return join(CASES, name, file)
}

/** Reads the capture of a real machine as the tool would. */
export async function loadFixture(name: string): Promise<RawHost> {
  return load(await openFixture(name))
}

export async function openFixture(name: string): Promise<HostTree> {
  const archive = fixturePath(name, 'tree.tar.gz')
  return existsSync(archive) ? inArchive(archive) : inFolder(fixturePath(name))
}

const labStates = new Map<string, Promise<RawHost>>()

/** Reads a lab's machine in one of its driver states, once; `boot` is the state before anything was bound. */
export function loadLabState(lab: string, state: string): Promise<RawHost> {
  const key = `${lab} ${state}`
  const loading = labStates.get(key) ?? load(openLabState(lab, state))
  labStates.set(key, loading)
  return loading
}

export function openLabState(
  lab: string,
  state: string,
  origin: TreeOrigin = { kind: 'capture', path: fixturePath(lab) },
): HostTree {
  return createMemoryTree(Object.entries(labFiles(lab, state)), origin)
}

/** The tree of a state: the boot tree, less what went away, with what changed. Nothing is unpacked to disk. */
function labFiles(lab: string, state: string): HostFiles {
  const boot = readTarGz(readFileSync(fixturePath(lab, 'sysfs-boot.tar.gz')))
  if (state === 'boot') return boot
  const { '.removed': removed, ...changed } = readTarGz(
    readFileSync(fixturePath(lab, `sysfs-${state}.tar.gz`)),
  )
  const gone = new Set(
    removed instanceof Uint8Array ? Buffer.from(removed).toString().split('\n') : [],
  )
  const isGone = (path: string) => gone.has(path) || ancestors(path).some((each) => gone.has(each))
  const kept = Object.entries(boot).filter(([path]) => !isGone(path))
  return { ...Object.fromEntries(kept), ...changed }
}

function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

async function inArchive(file: string): Promise<HostTree> {
  const tree = await openArchiveTree({ file, path: file })
  if (isArchiveError(tree)) throw new Error(`${file}: ${tree.message}`)
  return tree
}

function inFolder(root: string): HostTree {
  const tree = openDirectoryTree({ root, live: false })
  if (isFailure(tree)) throw new Error(`${root}: ${tree.detail}`)
  return tree
}

async function load(tree: HostTree): Promise<RawHost> {
  return readHost(tree, { wake: false, holders: true })
}
