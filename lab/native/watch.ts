import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { GuestHost } from '../guest/guest.js'
import type { Kernel } from '../kernels/kernel.js'
import { type Proof, proveResets } from '../proof.js'
import type { Say } from '../say.js'
import type { Topology } from '../topology.js'
import { openCompiler } from './compile.js'
import { checkLayouts } from './layouts.js'

/** What C had to say: both parts need a compiler and are left out where there is none. */
export interface NativeChecks {
  /** Structures and numbers in which the tool differs from the kernel's headers; null: not compared. */
  readonly layoutDifferences: readonly string[] | null
  /** Of this run, and of earlier ones. */
  readonly proofs: readonly Proof[]
}

export interface NativeOptions {
  readonly cache: string
  /** Folder of the C sources. */
  readonly sources: string
  readonly kernels: readonly Kernel[]
  /** Whether resets that were watched in an earlier run are watched again. */
  readonly again: boolean
  /** The machine to reset a function of. */
  readonly topology: Topology
  readonly host: GuestHost
  readonly isTimeUp: () => boolean
  readonly say: Say
}

/** Compares the tool's structures with the kernel's headers, and proves on each kernel that resets reach the device. */
export async function runNativeChecks(options: NativeOptions): Promise<NativeChecks> {
  const { cache, sources, kernels, again, isTimeUp, say } = options
  const proofs = join(cache, 'proofs')
  if (isTimeUp() || !(await hasCompiler())) {
    const reason = isTimeUp() ? 'the time is up' : 'no C compiler'
    say(`${reason}: structures are not compared, and no reset is watched`)
    return { layoutDifferences: null, proofs: again ? [] : await readProofs(proofs) }
  }
  const compiler = await openCompiler(cache)
  const folder = join(cache, 'native')
  await mkdir(folder, { recursive: true })
  const layoutDifferences = await checkLayouts(compiler, {
    source: join(sources, 'layout.c'),
    folder,
  })
  const marker = join(folder, 'marker.so')
  await compiler.compile(join(sources, 'marker.c'), marker, 'library')
  const now: Proof[] = []
  for (const kernel of kernels) now.push(...(await watchUnlessKept(kernel, marker, options)))
  return { layoutDifferences, proofs: again ? now : await readProofs(proofs) }
}

/** Empty: they were watched in an earlier run. */
async function watchUnlessKept(
  kernel: Kernel,
  marker: string,
  options: NativeOptions,
): Promise<readonly Proof[]> {
  const folder = join(options.cache, 'proofs')
  const file = join(folder, `${basename(kernel.folder)}.json`)
  if (!options.again && (await exists(file))) return []
  const found = await watch(kernel, marker, options)
  await mkdir(folder, { recursive: true })
  await writeFile(file, JSON.stringify(found))
  return found
}

async function watch(
  kernel: Kernel,
  marker: string,
  { cache, topology, host, say }: NativeOptions,
): Promise<readonly Proof[]> {
  const folder = join(cache, 'runs', kernel.id, 'proof')
  const proofs = await proveResets(kernel, topology, { host, folder, marker })
  const held = proofs.filter(({ holds }) => holds).length
  say(`${kernel.id}: ${held}/${proofs.length} watched resets did as they should`)
  return proofs
}

async function readProofs(folder: string): Promise<readonly Proof[]> {
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => JSON.parse(text) as readonly Proof[])
}

function hasCompiler(): Promise<boolean> {
  return exists('/usr/bin/gcc')
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
