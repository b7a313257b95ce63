import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newest } from '../archive/archive.js'
import { openKernelArchive } from '../kernels/obtain.js'
import { run } from '../run.js'

/** Compiles C against the newest kernel headers that Debian offers: the machine's own may know no cdev. */
export interface Compiler {
  /** Compiles `source` into `target`, as a program or as a library to be preloaded. */
  compile(source: string, target: string, kind: 'program' | 'library'): Promise<void>
}

/** Gets the headers, into the cache. Throws where there is no C compiler. */
export async function openCompiler(cache: string): Promise<Compiler> {
  const headers = await obtainHeaders(cache)
  const own = join(headers, 'usr/lib/linux/uapi/x86')
  const include = ['-isystem', join(headers, 'usr/include'), '-isystem', own]
  return {
    async compile(source, target, kind) {
      const flags = kind === 'library' ? ['-shared', '-fPIC'] : []
      await run('gcc', ['-O1', '-Wall', '-Werror', ...flags, ...include, source, '-o', target])
    },
  }
}

async function obtainHeaders(cache: string): Promise<string> {
  const archive = await openKernelArchive(cache, 'amd64')
  const chosen = newest(await archive.find('linux-libc-dev', /^linux-libc-dev$/))
  if (chosen === undefined) throw new Error('the archive offers no linux-libc-dev')
  const folder = join(cache, 'headers', chosen.version)
  const isThere = await access(join(folder, 'usr/include/linux/vfio.h')).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  await mkdir(folder, { recursive: true })
  const [deb = ''] = await archive.download([chosen], folder)
  await run('dpkg-deb', ['-x', deb, folder])
  return folder
}
