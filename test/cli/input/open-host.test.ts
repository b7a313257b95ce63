import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openHost } from '../../../src/cli/input/open-host.js'
import { fixturePath } from '../../support/fixtures.js'

const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-part-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a part of a host, which would read as a host without functions', () => {
  test('is no capture', async () => {
    const capture = fixturePath('lab-ports-6.1', 'sysfs-s13.tar.gz')
    await expect(openHost({ capture }, '')).rejects.toThrow(
      /nothing in it lists the functions of a host \(sys\/bus\/pci\/devices: ENOENT\)/,
    )
  })

  test('is no root, and not said to have no PCI bus', async () => {
    mkdirSync(join(folder, 'sys/devices/pci0000:00/0000:00:01.0'), { recursive: true })
    await expect(openHost({ root: folder }, '')).rejects.toThrow(
      `Nothing in ${folder} lists the functions of a host`,
    )
  })

  test('is a host once they are listed', async () => {
    const devices = join(folder, 'sys/bus/pci/devices')
    mkdirSync(devices, { recursive: true })
    symlinkSync('../../../devices/pci0000:00/0000:00:01.0', join(devices, '0000:00:01.0'))
    expect((await openHost({ root: folder }, '')).list('sys/bus/pci/devices')).toEqual([
      '0000:00:01.0',
    ])
  })
})
