import { close, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { arch } from 'node:process'
import { getSystemErrorName } from 'node:util'
import type { CallResult, Ioctl, KernelCalls } from './kernel-calls.js'

/**
 * The real kernel, through koffi. Loaded only by commands that open `/dev/vfio`: `inspect` never comes here, unless it is
 * told to `--verify`.
 */
export async function linuxCalls(): Promise<KernelCalls> {
  const { default: koffi } = await import('koffi')
  const libc = koffi.load(null)
  // Not variadic: a variadic prototype has no asynchronous form, and Linux passes the third argument alike.
  const byPointer = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
  const byValue = libc.func('int ioctl(int fd, unsigned long request, long argument)')

  return {
    arch,
    open: openFile,
    deviceOf,
    close: closeFile,
    pointerTo: (bytes) => koffi.address(bytes),
    ioctl: ({ fd, request, argument }: Ioctl) =>
      new Promise((resolve, reject) => {
        const call = typeof argument === 'number' ? byValue : byPointer
        call.async(fd, request, argument, (error: Error | null, value: number) => {
          // The next call overwrites it: it is read before anything else.
          const errno = koffi.errno()
          if (error !== null) reject(error)
          else if (value >= 0) resolve({ ok: true, value })
          else resolve({ ok: false, errno: getSystemErrorName(-errno) })
        })
      }),
  }
}

function openFile(path: string): CallResult {
  try {
    return { ok: true, value: openSync(path, constants.O_RDWR) }
  } catch (error) {
    return { ok: false, errno: errnoOf(error) }
  }
}

/** While the file is open, its number belongs to no other device (`vfio_device_fops_cdev_open` holds it). */
function deviceOf(fd: number): string | null {
  try {
    const { rdev } = fstatSync(fd)
    const major = (rdev >>> 8) & 0xfff
    const minor = (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)
    return basename(readlinkSync(`/sys/dev/char/${major}:${minor}/device`))
  } catch {
    return null
  }
}

function closeFile(fd: number): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    close(fd, (error) => {
      if (error === null || error === undefined) return resolve({ ok: true, value: 0 })
      try {
        resolve({ ok: false, errno: errnoOf(error) })
      } catch (unexpected) {
        reject(unexpected)
      }
    })
  })
}

/** The errno of an error that the system gave; any other is thrown again. */
function errnoOf(error: unknown): string {
  const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string'
  if (!isNamed) throw error
  return String(error.code)
}
