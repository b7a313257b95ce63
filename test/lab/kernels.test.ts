import { describe, expect, it } from 'vitest'
import type { ArchivePackage } from '../../lab/archive/archive.js'
import { partsOf } from '../../lab/kernels/distribution.js'
import { dependenciesOf } from '../../lab/kernels/modules.js'
import { chooseKernel, WANTED_KERNELS } from '../../lab/kernels/wanted.js'
import { readTopologies } from '../../lab/topology.js'

const pack = (name: string, version: string, depends = ''): ArchivePackage => ({
  name,
  version,
  depends,
})

const OFFERED = [
  pack('linux-image-6.1.0-55-amd64', '6.1.190-1'),
  pack('linux-image-6.1.0-56-amd64', '6.1.192-2'),
  pack('linux-image-6.1.0-56-cloud-amd64', '6.1.192-9'),
  pack('linux-image-6.1.0-56-rt-amd64', '6.1.192-9'),
  pack('linux-image-6.12.117+deb13-amd64', '6.12.117-1'),
  pack('linux-image-7.3.4+deb13-amd64', '7.3.4-1~bpo13+1'),
  pack('linux-image-6.12.118+deb13-arm64', '6.12.118-1'),
  pack('linux-image-7.3.4+deb13-arm64-16k', '7.3.4-1~bpo13+1'),
  pack('linux-image-7.3.4+deb13-cloud-arm64', '7.3.4-1~bpo13+1'),
  pack('linux-image-7.4~rc2-amd64', '7.4~rc2-1~exp1'),
  pack('linux-image-7.4.0+deb14-amd64', '7.4~rc2-1~exp1'),
  pack('linux-source-6.12', '6.12.117-1'),
  pack('linux-source-7.3', '7.3.4-1~bpo13+1'),
]

describe('the kernel of a wanted line', () => {
  it.each([
    ['distribution', '6.1', 'linux-image-6.1.0-56-amd64'],
    ['distribution', '6.12', 'linux-image-6.12.117+deb13-amd64'],
    ['distribution', null, 'linux-image-7.3.4+deb13-amd64'],
    ['distribution', '5.10', undefined],
    ['built', '6.12', 'linux-source-6.12'],
    ['built', null, 'linux-source-7.3'],
  ] as const)('%s %s is %s', (kind, line, name) => {
    expect(chooseKernel({ kind, architecture: 'amd64', line }, OFFERED)?.name).toBe(name)
  })

  it('is one of its architecture, with pages of the usual size', () => {
    const arm = { kind: 'distribution', architecture: 'arm64', line: null } as const
    expect(chooseKernel(arm, OFFERED)?.name).toBe('linux-image-6.12.118+deb13-arm64')
  })
})

describe('the kernels that are asked', () => {
  it('have names of their own, and every architecture has some', () => {
    expect(new Set(WANTED_KERNELS.map(({ id }) => id)).size).toBe(WANTED_KERNELS.length)
    const architectures = new Set(WANTED_KERNELS.map(({ architecture }) => architecture))
    expect(architectures).toStrictEqual(new Set(['amd64', 'arm64']))
  })

  it('near the border of a rule are asked about machines that exist', async () => {
    const names = (await readTopologies('lab/topologies')).map(({ name }) => name)
    const wanted = WANTED_KERNELS.flatMap(({ topologies }) => topologies ?? [])
    expect(wanted.filter((name) => !names.includes(name))).toStrictEqual([])
  })
})

describe('the parts of an image package', () => {
  it('are the packages of its own release that it depends on', () => {
    const depends =
      'dracut | initramfs-tools (>= 0.120), linux-base-7.3.4+deb13-amd64 (= 7.3.4-1), linux-binary-7.3.4+deb13-amd64 (= 7.3.4-1), linux-modules-7.3.4+deb13-amd64 (= 7.3.4-1)'
    const parts = partsOf(pack('linux-image-7.3.4+deb13-amd64', '7.3.4-1', depends))
    expect(parts.map(({ name, version }) => [name, version])).toStrictEqual([
      ['linux-binary-7.3.4+deb13-amd64', '7.3.4-1'],
      ['linux-modules-7.3.4+deb13-amd64', '7.3.4-1'],
    ])
  })

  it('are none where image and modules are one package', () => {
    expect(
      partsOf(pack('linux-image-6.1.0-56-amd64', '6.1.192-2', 'kmod, linux-base')),
    ).toStrictEqual([])
  })
})

describe('what a module depends on', () => {
  const module = (depends: string) =>
    Buffer.from(`\x7fELF\0license=GPL\0depends=${depends}\0name=x\0`)

  it('is read from its .modinfo, in the form that file names are matched by', () => {
    expect(dependenciesOf(module('vfio-pci-core,vfio'))).toStrictEqual(['vfio_pci_core', 'vfio'])
  })

  it('is nothing for an empty list, and for a file without one', () => {
    expect(dependenciesOf(module(''))).toStrictEqual([])
    expect(dependenciesOf(Buffer.from('\x7fELF'))).toStrictEqual([])
  })
})
