import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { called } from '../fleet/programs.js'
import { buildHost } from '../support/host-builder.js'
import { TWO_GROUPS } from '../support/hosts.js'
import { writeHostFiles } from '../support/written-host.js'
import { IS_SAMPLE, packageNamed } from './packages.js'
import { bareRoot, copyOf, type Ended, inOtherRoot, inRoot, removeCopy } from './roots.js'

const TOOL = '/usr/local/bin/vfio-reset'

const STORY = `steps:
  - {actor: vm, do: open-container, as: c0}
  - {actor: vm, do: open-group, device: 0000:01:00.0, container: c0}
`

const MACHINES = [
  { arch: 'x64', bare: bareRoot('bookworm'), run: inRoot },
  {
    arch: 'arm64',
    bare: IS_SAMPLE ? null : bareRoot('bookworm', 'arm64'),
    run: (root: string, ...command: readonly string[]) => inOtherRoot(root, 'arm64', ...command),
  },
] as const

for (const { arch, bare, run } of MACHINES) {
  const name = called(`one file for ${arch}`, bare !== null, `bare root of Debian for ${arch}`)
  describe.skipIf(bare === null)(name, () => {
    let root = ''
    let expected = (..._: readonly string[]): Ended => ({ stdout: '', stderr: '', status: null })
    beforeAll(() => {
      root = copyOf(bare ?? '', arch)
      cpSync(packageNamed(`linux-${arch}`), join(root, TOOL))
      expected = (...argv) => run(root, '/usr/bin/node', '/checkout/bin/run.js', ...argv)
    })
    afterAll(() => removeCopy(root))

    it.each([
      ['inspect', '--demo'],
      ['inspect', '--json'],
      ['inspect'],
      ['preflight', '0a:00.0', '--demo'],
      ['report', '--demo', '--no-redact', '--html', '-'],
      ['completion', 'zsh'],
      ['explain', '--help'],
      ['frobnicate'],
    ])('answers %s %s %s as the checkout', (...argv) => {
      expect(run(root, TOOL, ...argv)).toEqual(expected(...argv))
    })

    it('does so without any Node and without names of the system', () => {
      for (const each of ['usr/bin/node', 'usr/bin/nodejs'])
        rmSync(join(root, each), { force: true })
      const { stdout, stderr, status } = run(root, TOOL, 'inspect', '--demo')
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toContain('NVIDIA GA102 [GeForce RTX 3090]')
    })

    it('hands work to a process of its own', () => {
      mkdirSync(join(root, 'tmp/empty'), { recursive: true })
      const { stderr, status } = run(root, TOOL, 'inspect', '--root', '/tmp/empty')
      expect([status, stderr]).toEqual([
        2,
        expect.stringContaining('There is no sys/ in /tmp/empty'),
      ])
    })

    it('loads the code that makes ioctls, and leaves nothing behind', () => {
      writeHostFiles(root, buildHost(TWO_GROUPS))
      mkdirSync(join(root, 'sys/bus/pci/drivers/vfio-pci'), { recursive: true })
      mkdirSync(join(root, 'dev/vfio'), { recursive: true })
      // Plain files: whatever ioctl there is, the kernel knows none for them.
      writeFileSync(join(root, 'dev/vfio/vfio'), '')
      writeFileSync(join(root, 'dev/vfio/10'), '')
      writeFileSync(join(root, 'story.yaml'), STORY)
      const { stdout } = run(root, TOOL, 'verify', '/story.yaml', '--yes')
      // qemu-user passes no ioctl of VFIO on.
      expect(stdout).toMatch(/group file of 0000:01:00\.0 into c0 .*(?:ENOTTY|ENOSYS)/)
      expect(readdirSync(join(root, 'tmp'))).toEqual(['empty'])
    })
  })
}
