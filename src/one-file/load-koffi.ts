import { closeSync, constants, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { INSIDE, packageFile } from '../host/package-file.js'
import { attempt } from '../host/tree/failure.js'
import { isFailure } from '../host/tree/tree.js'

/** `O_TMPFILE` (open(2)), the same on x86 and arm64 but for `O_DIRECTORY`; with `O_EXCL` it never gets a name. */
const NAMELESS = 0o20000000 | constants.O_DIRECTORY | constants.O_EXCL | constants.O_RDWR

/**
 * koffi's native code. The dynamic linker maps files only, so it becomes one: without a name where the file system can do that,
 * else in a new folder of ours. Nobody else can change what is mapped, and nothing stays behind.
 */
export function loadKoffi(): unknown {
  const code = packageFile(INSIDE, 'koffi.node')
  const refusals: string[] = []
  for (const folder of folders().filter(isSafe)) {
    for (const map of [mapNameless, mapNamed]) {
      try {
        return map(folder, code)
      } catch (error) {
        refusals.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
  throw new Error(
    `koffi cannot be loaded: no folder of this host lets a file be mapped as code (${refusals.at(-1) ?? 'none is safe'})`,
  )
}

/** Some are mounted `noexec` on hardened hosts; the last is the one that this runs from. */
function folders(): readonly string[] {
  return [
    '/dev/shm',
    `/run/user/${process.geteuid?.() ?? 0}`,
    tmpdir(),
    '/var/tmp',
    dirname(process.execPath),
  ]
}

/** Of ours or root's, and nobody else can rename what is in it. */
function isSafe(folder: string): boolean {
  const stat = attempt(() => statSync(folder))
  if (isFailure(stat) || !stat.isDirectory()) return false
  const isOurs = stat.uid === 0 || stat.uid === process.geteuid?.()
  return isOurs && ((stat.mode & 0o022) === 0 || (stat.mode & 0o1000) !== 0)
}

function mapNameless(folder: string, code: Buffer): unknown {
  const file = openSync(folder, NAMELESS, 0o700)
  try {
    writeAll(file, code)
    return map(`/proc/self/fd/${file}`)
  } finally {
    closeSync(file)
  }
}

function mapNamed(folder: string, code: Buffer): unknown {
  const own = mkdtempSync(join(folder, 'vfio-reset-'))
  try {
    const path = join(own, 'koffi.node')
    const file = openSync(path, 'wx', 0o700)
    try {
      writeAll(file, code)
    } finally {
      closeSync(file)
    }
    return map(path)
  } finally {
    rmSync(own, { recursive: true })
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

function map(path: string): unknown {
  const module = { exports: {} }
  process.dlopen(module, path)
  return module.exports
}
