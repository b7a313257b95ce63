import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { called } from '../fleet/programs.js'
import { IS_SAMPLE, packageNamed } from './packages.js'
import { bareRoot, copyOf, everythingIn, inRoot, removeCopy } from './roots.js'

const TOOL = '/usr/bin/vfio-reset'

for (const suite of IS_SAMPLE ? ['bookworm'] : ['bookworm', 'trixie']) {
  const bare = bareRoot(suite)
  describe.skipIf(bare === null)(called(suite, bare !== null, 'bare root of Debian'), () => {
    let root = ''
    let before: readonly string[] = []
    beforeAll(() => {
      root = copyOf(bare ?? '', suite)
      before = everythingIn(root)
      cpSync(packageNamed('_amd64.deb'), join(root, 'tmp/tool.deb'))
    })
    afterAll(() => removeCopy(root))

    it('has no list of names, nor anything of ours', () => {
      const { stdout } = inRoot(
        root,
        'sh',
        '-c',
        'ls /usr/share/misc /usr/share/hwdata; which vfio-reset',
      )
      expect(stdout).not.toMatch(/pci\.ids|vfio-reset/)
    })

    it('installs it, with the Node that it has', () => {
      const { status, stderr } = inRoot(root, 'dpkg', '-i', '/tmp/tool.deb')
      expect([status, stderr]).toEqual([0, ''])
      expect(inRoot(root, TOOL, '--version').stdout).toMatch(/^vfio-reset\/\S+ linux-x64 node-v\d+/)
    })

    it.each([
      ['inspect', '--demo'],
      ['inspect', '--demo', '--json'],
      ['inspect', '--json'],
      ['inspect'],
      ['preflight', '0a:00.0', '--demo'],
      ['completion', 'fish'],
      ['--help'],
    ])('answers %s %s %s as the checkout', (...argv) => {
      const installed = inRoot(root, TOOL, ...argv)
      const checkout = inRoot(root, 'node', '/checkout/bin/run.js', ...argv)
      expect(installed).toEqual(checkout)
      expect(installed.stderr).toBe('')
      expect(installed.stdout.length).toBeGreaterThan(100)
    })

    it('puts pages and completions where their readers look', () => {
      const listed = inRoot(root, 'dpkg', '-L', 'vfio-reset').stdout.split('\n')
      expect(listed).toEqual(
        expect.arrayContaining([
          '/usr/share/man/man8/vfio-reset-inspect.8.gz',
          '/usr/share/bash-completion/completions/vfio-reset',
          '/usr/share/zsh/vendor-completions/_vfio-reset',
          '/usr/share/fish/vendor_completions.d/vfio-reset.fish',
        ]),
      )
    })

    it('removes it without trace', () => {
      const { status, stderr } = inRoot(root, 'dpkg', '--purge', 'vfio-reset')
      expect([status, stderr]).toEqual([0, ''])
      expect(everythingIn(root).filter((line) => !line.startsWith('./tmp'))).toEqual(before)
    })
  })
}
