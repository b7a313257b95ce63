import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KernelCalls } from '../../src/uapi/kernel-calls.js'
import { linuxCalls } from '../../src/uapi/linux-calls.js'

let kernel: KernelCalls
let folder = ''
beforeAll(async () => {
  kernel = await linuxCalls()
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-calls-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A request of the terminal layer that nothing but terminals answers. */
const TCGETS = 0x5401

it('opens, asks and closes for real, and names errnos', async () => {
  const opened = kernel.open('/dev/null')
  if (!opened.ok) throw new Error(opened.errno)
  const { value: fd } = opened
  const asked = await kernel.ioctl({ fd, request: TCGETS, argument: new Uint8Array(64) })
  expect(asked).toEqual({ ok: false, errno: 'ENOTTY' })
  expect(await kernel.ioctl({ fd, request: TCGETS, argument: 0 })).toEqual(asked)
  expect(await kernel.close(fd)).toEqual({ ok: true, value: 0 })
  expect(await kernel.close(fd)).toEqual({ ok: false, errno: 'EBADF' })
  const late = await kernel.ioctl({ fd: 1_000_000, request: TCGETS, argument: 0 })
  expect(late).toEqual({ ok: false, errno: 'EBADF' })
})

it('names the errno of a file that does not open', () => {
  expect(kernel.open(join(folder, 'nothing'))).toEqual({ ok: false, errno: 'ENOENT' })
})

it('tells each of many calls at once its own errno', async () => {
  const opened = kernel.open('/dev/null')
  if (!opened.ok) throw new Error(opened.errno)
  const fds = Array.from({ length: 200 }, (_, index) =>
    index % 2 === 0 ? opened.value : 1_000_000,
  )
  const answers = await Promise.all(
    fds.map((fd) => kernel.ioctl({ fd, request: TCGETS, argument: new Uint8Array(64) })),
  )
  const errnos = answers.map((answer) => (answer.ok ? 'ok' : answer.errno))
  expect(errnos).toEqual(fds.map((fd) => (fd === 1_000_000 ? 'EBADF' : 'ENOTTY')))
  await kernel.close(opened.value)
})

it('knows where a buffer lies', () => {
  expect(kernel.pointerTo(new Uint8Array(40))).toBeGreaterThan(0n)
})
