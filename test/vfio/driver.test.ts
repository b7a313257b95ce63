import { describe, expect, test } from 'vitest'
import { at, decide, host, read } from '../support/ask.js'
import { endpoint, type FunctionOptions, rootPort } from '../support/functions.js'
import { hide } from '../support/hide.js'
import { t1 } from '../support/topologies.js'

const RP = rootPort('0000:00:01.0', { secondary: '01' })

describe('whether a function is bound to a vfio driver', () => {
  test.each<[string, FunctionOptions, boolean]>([
    [
      'by its vfio device, whatever the driver is called',
      { driver: 'igb', vfioDev: { name: 'vfio0', cdev: true } },
      true,
    ],
    [
      'by the name of its driver where there is no such folder',
      { driver: 'nvgrace_gpu_vfio_pci', vfioDev: null },
      true,
    ],
    ['not without a driver', {}, false],
    ['not on pci-stub', { driver: 'pci-stub' }, false],
    ['not on a host driver', { driver: 'nvidia' }, false],
  ])('%s', async (_case, options, expected) => {
    const vfio = await host({ functions: [RP, endpoint('0000:01:00.0', options)] })
    expect(isVfio(vfio)).toEqual({ known: true, value: expected })
  })

  test('by the modules that hold the core, on kernels without such folders', async () => {
    const vfio = await host({ functions: t1({ driver: 'new-vfio-pci' }), kernel: '5.18.19' })
    expect(isVfio(vfio)).toEqual({ known: true, value: true })
  })

  test.each(['qat_vfio_pci', 'xe-vfio-pci', 'ism_vfio_pci', 'mlx5_vfio_pci', 'virtio_vfio_pci'])(
    '%s is known by name',
    async (driver) => {
      const raw = await read({ functions: t1({ driver, vfioDev: null }) })
      const vfio = decide({ ...raw, system: { ...raw.system, vfioCoreHolders: [] } })
      expect(isVfio(vfio)).toEqual({ known: true, value: true })
    },
  )

  test('is unknown where the driver was not read and no vfio device is seen', async () => {
    const raw = hide(await read({ functions: t1({ vfioDev: null }) }), '01:00.0', 'driver')
    expect(isVfio(decide(raw))).toMatchObject({
      known: false,
      gap: { path: expect.stringMatching(/driver$/) },
    })
  })

  test('is unknown where the folder was not read and the driver is of no known name', async () => {
    const raw = hide(await read({ functions: t1({ driver: 'igb' }) }), '01:00.0', 'vfioDev')
    expect(isVfio(decide(raw)).known).toBe(false)
  })
})

function isVfio(vfio: Awaited<ReturnType<typeof host>>) {
  return vfio.isVfioBound(at(vfio, '01:00.0'))
}
