import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kernel } from '../kernels/kernel.js'
import { type CpioEntry, encodeCpio } from './cpio.js'

/** What `init.sh` wants to know of this guest. */
export interface GuestSettings {
  readonly node: string
  /** Name of the agent in the share. */
  readonly agent: string
  /** Folder of the tool. */
  readonly tool: string
  readonly share: string
  readonly noiommu: boolean
  readonly unsafeInterrupts: boolean
}

/** The guest's first root file system: busybox, the kernel's modules, and a script. */
export async function buildInitramfs(
  kernel: Kernel,
  settings: GuestSettings,
  { init, busybox }: { readonly init: string; readonly busybox: string },
): Promise<Uint8Array> {
  const names = [...kernel.modules.early, ...kernel.modules.late]
  const modules = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(kernel.folder, 'modules', `${name}.ko`))
      return file(`modules/${name}.ko`, bytes)
    }),
  )
  return encodeCpio([
    { kind: 'folder', path: 'bin' },
    file('bin/busybox', await readFile(busybox), 0o755),
    file('init', await readFile(init), 0o755),
    file('lab.env', Buffer.from(environment(settings))),
    file('early', Buffer.from(lines(kernel.modules.early))),
    file('late', Buffer.from(lines(kernel.modules.late))),
    { kind: 'folder', path: 'modules' },
    ...modules,
  ])
}

function file(path: string, bytes: Uint8Array, mode = 0o644): CpioEntry {
  return { kind: 'file', path, mode, bytes }
}

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join('')
}

function environment({
  node,
  agent,
  tool,
  share,
  noiommu,
  unsafeInterrupts,
}: GuestSettings): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  return [
    `NODE=${quoted(node)}`,
    `AGENT=${quoted(agent)}`,
    `TOOL=${quoted(tool)}`,
    `SHARE=${quoted(share)}`,
    `NOIOMMU=${noiommu ? 'Y' : 'N'}`,
    `UNSAFE=${unsafeInterrupts ? 'Y' : 'N'}`,
    '',
  ].join('\n')
}
