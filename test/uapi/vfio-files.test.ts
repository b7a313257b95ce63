import { describe, expect, it } from 'vitest'
import { vfioFiles } from '../../src/uapi/vfio-files.js'
import { fakeKernel, refusal, type Script, writeInfo } from '../support/fake-kernel.js'

function deviceOn(script: Script, arch?: string) {
  const kernel = fakeKernel({ script, ...(arch === undefined ? {} : { arch }) })
  const opened = kernel.calls.open('/dev/vfio/devices/vfio0')
  return { kernel, vfio: vfioFiles(kernel.calls), fd: opened.ok ? opened.value : -1 }
}

const TWO = [
  ['0000:01:00.0', 1],
  ['0000:01:00.1', -1],
] as const

describe('INFO', () => {
  it('asks for the count, then for all', async () => {
    const { kernel, vfio, fd } = deviceOn((call) => writeInfo(call, 1, TWO))
    const result = await vfio.info(fd, null)
    expect(result).toMatchObject({ ok: true, info: { flags: 1, count: 2 } })
    expect(kernel.log.slice(1)).toHaveLength(2)
  })

  it('asks again as functions appear, and takes EAGAIN for the same', async () => {
    const answers = [
      (call: Parameters<Script>[0]) => writeInfo(call, 0, TWO.slice(0, 1)),
      () => refusal('EAGAIN'),
      (call: Parameters<Script>[0]) => writeInfo(call, 0, TWO),
      (call: Parameters<Script>[0]) => writeInfo(call, 0, TWO),
    ]
    const { vfio, fd } = deviceOn((call) => answers.shift()?.(call))
    expect(await vfio.info(fd, null)).toMatchObject({ ok: true, info: { count: 2 } })
  })

  it('ends when that goes on for ever', async () => {
    let count = 1
    const { vfio, fd } = deviceOn(({ argument }) => {
      if (typeof argument !== 'number') argument[8] = count++
      return refusal('ENOSPC')
    })
    expect(await vfio.info(fd, null)).toMatchObject({ ok: false, errno: 'ENOSPC' })
    expect(count).toBeLessThan(10)
  })

  it('asks once with the size it is told, and returns the count that comes with ENOSPC', async () => {
    const { kernel, vfio, fd } = deviceOn((call) => writeInfo(call, 0, TWO))
    expect(await vfio.info(fd, 12)).toMatchObject({
      ok: false,
      errno: 'ENOSPC',
      info: { count: 2, devices: [] },
    })
    expect(kernel.log.slice(1)).toHaveLength(1)
  })

  it('asks for sizes that no memory has', async () => {
    const sizes: number[] = []
    const { vfio, fd } = deviceOn((call) => {
      if (typeof call.argument !== 'number') sizes.push(call.argument.length)
      return writeInfo(call, 0, TWO)
    })
    expect(await vfio.info(fd, 0xffff_ffff)).toMatchObject({ ok: true, info: { count: 2 } })
    expect(sizes[0]).toBeLessThan(1 << 20)
  })
})

describe('BIND', () => {
  const bound = async (token: Uint8Array | null, claim: boolean) => {
    const seen: Uint8Array[] = []
    const { vfio, fd } = deviceOn(({ argument }) => {
      if (typeof argument !== 'number') seen.push(argument.slice())
      if (typeof argument !== 'number') argument[12] = 7
      return { ok: true, value: 0 }
    })
    const result = await vfio.bind(fd, { iommufd: 5, token, claim })
    return { result, words: new Int32Array(seen[0]?.buffer ?? new ArrayBuffer(0)) }
  }

  it('sends the form that every release takes, and returns the id', async () => {
    const { result, words } = await bound(null, false)
    expect([...words]).toEqual([16, 0, 5, 0])
    expect(result).toEqual({ ok: true, value: 7 })
  })

  it('points to the token that lies behind the structure', async () => {
    const { words } = await bound(new Uint8Array(16).fill(1), false)
    expect([...words.slice(0, 6)]).toEqual([24, 1, 5, 0, 0x1000 + 24, 0])
    expect([...words.slice(6)]).toEqual(Array(4).fill(0x01010101))
  })

  it('asks for a claim with a flag that no kernel knows', async () => {
    const { words } = await bound(null, true)
    expect(words[1]).toBe(-0x8000_0000)
  })
})

it('numbers requests as the architecture does', async () => {
  const { kernel, vfio, fd } = deviceOn(() => undefined, 'ppc64')
  await vfio.deviceReset(fd)
  expect(kernel.log.at(-1)).toBe('DEVICE_RESET /dev/vfio/devices/vfio0')
})
