import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { encodeCpio } from '../../lab/guest/cpio.js'
import { chooseMount } from '../../lab/guest/guest.js'
import { qemuArguments } from '../../lab/guest/qemu.js'
import { decodeTopology } from '../../lab/topology.js'

it('an initramfs is unpacked by cpio as it was put in', ({ skip }) => {
  const archive = encodeCpio([
    { kind: 'folder', path: 'bin' },
    { kind: 'file', path: 'bin/tool', mode: 0o755, bytes: Buffer.from('abcde') },
    { kind: 'file', path: 'empty', mode: 0o644, bytes: Buffer.alloc(0) },
  ])
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-cpio-'))
  try {
    execFileSync('cpio', ['--version'], { stdio: 'ignore' })
  } catch {
    skip('no cpio on this machine')
  }
  try {
    execFileSync('cpio', ['-i', '--quiet', '--no-absolute-filenames'], {
      cwd: folder,
      input: archive,
    })
    expect(readFileSync(join(folder, 'bin/tool'), 'utf8')).toBe('abcde')
    expect(statSync(join(folder, 'bin/tool')).mode & 0o777).toBe(0o755)
    expect(statSync(join(folder, 'empty')).size).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('the share is mounted where nothing that is needed lies below', () => {
  expect(chooseMount(['/home/me/checkout', '/usr/bin/node'])).toBe('/mnt')
  expect(chooseMount(['/mnt/checkout', '/usr/bin/node'])).toBe('/media')
  expect(chooseMount(['/mntx/checkout'])).toBe('/mnt')
})

const TOPOLOGY = decodeTopology(
  'two',
  'about: two functions\ndevices: [intel-iommu, "e1000e,bus=pcie.0"]',
)

const FILES = { initramfs: '/c/initramfs', share: '/c/a,b', root: '/', console: '/c/console' }

function argumentsFor(kind: 'distribution' | 'built'): string[] {
  const kernel = { id: 'k', kind, package: 'p', version: '1', release: '6.1' } as const
  const modules = { early: [], late: [] }
  return qemuArguments({ ...kernel, folder: '/k', modules }, TOPOLOGY, FILES)
}

it('a guest has its devices in order, the IOMMU first, and its two shares behind them', () => {
  const args = argumentsFor('distribution')
  const devices = args.flatMap((argument, index) =>
    args[index - 1] === '-device' ? [argument] : [],
  )
  expect(devices).toStrictEqual([
    'intel-iommu',
    'e1000e,bus=pcie.0',
    'virtio-9p-pci,fsdev=share,mount_tag=share,bus=pcie.0,addr=0x1e',
    'virtio-9p-pci,fsdev=root,mount_tag=root,bus=pcie.0,addr=0x1d',
  ])
  expect(args).toContain('local,id=share,path=/c/a,,b,security_model=none')
})

it('only a kernel with built-in drivers is told to keep them off the functions', () => {
  const append = (kind: 'distribution' | 'built') => {
    const args = argumentsFor(kind)
    return args[args.indexOf('-append') + 1]
  }
  expect(append('built')).toContain('pci-stub.ids=')
  expect(append('distribution')).not.toContain('pci-stub.ids=')
})

it('a machine of another architecture gets its own processor, console and root', () => {
  const topology = decodeTopology(
    'arm',
    'about: an SMMU\nmachine: virt,iommu=smmuv3\ndevices: [e1000e]',
  )
  const kernel = {
    id: 'k',
    kind: 'distribution',
    package: 'p',
    version: '1',
    release: '6.1',
  } as const
  const modules = { early: [], late: [] }
  const args = qemuArguments(
    { ...kernel, architecture: 'arm64', folder: '/k', modules },
    topology,
    { ...FILES, root: '/cache/roots/arm64' },
  )
  const after = (option: string) => args[args.indexOf(option) + 1]
  expect(after('-M')).toBe('virt,iommu=smmuv3')
  expect(after('-cpu')).toBe('cortex-a72')
  expect(after('-append')).toContain('console=ttyAMA0')
  expect(args).toContainEqual(expect.stringContaining('path=/cache/roots/arm64,'))
})
