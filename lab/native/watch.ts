import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
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
  readonly proofs: readonly Proof[]
}

/** Compares the tool's structures with the kernel's headers, and proves on each kernel that resets reach the device. */
export async function runNativeChecks(options: {
  readonly cache: string
  /** Folder of the C sources. */
  readonly sources: string
  readonly kernels: readonly Kernel[]
  /** The machine to reset a function of. */
  readonly topology: Topology
  readonly host: GuestHost
  readonly say: Say
}): Promise<NativeChecks> {
  const { cache, sources, kernels, topology, host, say } = options
  if (!(await hasCompiler())) {
    say('no C compiler: structures are not compared, and no reset is watched')
    return { layoutDifferences: null, proofs: [] }
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
  const proofs: Proof[] = []
  for (const kernel of kernels) {
    const place = join(cache, 'runs', kernel.id, 'proof')
    proofs.push(...(await proveResets(kernel, topology, { host, folder: place, marker })))
  }
  return { layoutDifferences, proofs }
}

async function hasCompiler(): Promise<boolean> {
  return access('/usr/bin/gcc').then(
    () => true,
    () => false,
  )
}
