import { expect, it } from 'vitest'
import * as abi from '../../src/uapi/abi.js'
import type { CallResult } from '../../src/uapi/kernel-calls.js'
import { withDeadline } from '../../src/uapi/with-deadline.js'
import { fakeKernel } from '../support/fake-kernel.js'

/** A kernel whose GET_DEVICE_FD or HOT_RESET stays away until it is told to come back. */
function slowKernel() {
  let comeBack: (result: CallResult) => void = () => undefined
  const waiting = new Promise<CallResult>((resolve) => {
    comeBack = resolve
  })
  const kernel = fakeKernel({ script: () => waiting })
  return { kernel, comeBack: (result: CallResult) => comeBack(result) }
}

const RESET = { request: abi.VFIO_DEVICE_PCI_HOT_RESET, argument: new Uint8Array(12) }
const GET_DEVICE = { request: abi.VFIO_GROUP_GET_DEVICE_FD, argument: new Uint8Array(13) }

function opened({ calls }: ReturnType<typeof fakeKernel>, path: string): number {
  const result = calls.open(path)
  return result.ok ? result.value : -1
}

it('lets an answer in time through, and keeps no timer behind', async () => {
  const kernel = fakeKernel()
  const calls = withDeadline(kernel.calls, 60_000)
  const fd = opened(kernel, '/dev/vfio/vfio')
  expect(await calls.ioctl({ fd, ...RESET })).toEqual({ ok: true, value: 0 })
  expect(await calls.close(fd)).toEqual({ ok: true, value: 0 })
  expect(calls.isStuck()).toBe(false)
})

it('gives a call up, says that it is stuck, and takes that back when it returns', async () => {
  const { kernel, comeBack } = slowKernel()
  const calls = withDeadline(kernel.calls, 5)
  const fd = opened(kernel, '/dev/vfio/vfio')
  expect(await calls.ioctl({ fd, ...RESET })).toEqual({ ok: false, errno: 'ETIMEDOUT' })
  expect(calls.isStuck()).toBe(true)
  comeBack({ ok: true, value: 0 })
  await new Promise(setImmediate)
  expect(calls.isStuck()).toBe(false)
})

it('closes a device that arrives after it was given up', async () => {
  const { kernel, comeBack } = slowKernel()
  const calls = withDeadline(kernel.calls, 5)
  const group = opened(kernel, '/dev/vfio/10')
  await calls.ioctl({ fd: group, ...GET_DEVICE })
  const device = opened(kernel, 'the device that arrives')
  comeBack({ ok: true, value: device })
  await new Promise(setImmediate)
  expect(kernel.open()).toEqual(['/dev/vfio/10'])
})

it('lets a broken library through as what it is', async () => {
  const kernel = fakeKernel({ script: () => Promise.reject(new Error('no such symbol')) })
  const calls = withDeadline(kernel.calls, 60_000)
  const fd = opened(kernel, '/dev/vfio/vfio')
  await expect(calls.ioctl({ fd, ...RESET })).rejects.toThrow('no such symbol')
})
