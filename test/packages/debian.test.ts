import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { called } from '../fleet/programs.js'
import { IS_SAMPLE, packageNamed } from './packages.js'
import { bareRoot, copyOf, everythingIn, inOtherRoot, inRoot, removeCopy } from './roots.js'

const TOOL = '/usr/bin/vfio-reset'

const AMD64 = { arch: 'amd64', made: (suite: string) => bareRoot(suite), run: inRoot } as const

const ARM64 = {
  arch: 'arm64',
  made: (suite: string) => bareRoot(suite, 'arm64'),
  run: (root: string, ...command: readonly string[]) => inOtherRoot(root, 'arm64', ...command),
} as const

const HOSTS = [
  { suite: 'bookworm', ...AMD64 },
  ...(IS_SAMPLE
    ? []
    : [
        { suite: 'trixie', ...AMD64 },
        { suite: 'bookworm', ...ARM64 },
      ]),
]

for (const { suite, arch, made, run } of HOSTS) {
  const bare = made(suite)
  const name = called(`${suite} for ${arch}`, bare !== null, 'bare root of Debian')
  describe.skipIf(bare === null)(name, () => {
    let root = ''
    let before: readonly string[] = []
    beforeAll(() => {
      root = copyOf(bare ?? '', `${suite}-${arch}`)
      before = everythingIn(root)
      cpSync(packageNamed(`_${arch}.deb`), join(root, 'tmp/tool.deb'))
    })
    afterAll(() => removeCopy(root))

    it('has no list of names, nor anything of ours', () => {
      const { stdout } = run(
        root,
        'sh',
        '-c',
        'ls /usr/share/misc /usr/share/hwdata; which vfio-reset',
      )
      expect(stdout).not.toMatch(/pci\.ids|vfio-reset/)
    })

    it('installs it, with the Node that it has', () => {
      const { status, stderr } = run(root, 'dpkg', '-i', '/tmp/tool.deb')
      expect([status, stderr]).toEqual([0, ''])
      expect(run(root, TOOL, '--version').stdout).toMatch(
        /^vfio-reset\/\S+ linux-(?:x|arm)64 node-v\d+/,
      )
    })

    it.each([
      ['inspect', '--demo'],
      ['inspect', '--demo', '--json'],
      ['inspect', '--json'],
      ['inspect'],
      ['preflight', '0a:00.0', '--demo'],
      ['diff', '/checkout/share/demo.tar.gz', '/'],
      ['completion', 'fish'],
      ['--help'],
    ])('answers %s %s %s as the checkout', (...argv) => {
      const installed = run(root, TOOL, ...argv)
      const checkout = run(root, 'node', '/checkout/bin/run.js', ...argv)
      expect(installed).toEqual(checkout)
      expect(installed.stderr).toBe('')
      expect(installed.stdout.length).toBeGreaterThan(100)
    })

    it('puts pages and completions where their readers look', () => {
      const listed = run(root, 'dpkg', '-L', 'vfio-reset').stdout.split('\n')
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
      const { status, stderr } = run(root, 'dpkg', '--purge', 'vfio-reset')
      expect([status, stderr]).toEqual([0, ''])
      expect(everythingIn(root).filter((line) => !line.startsWith('./tmp'))).toEqual(before)
    })
  })
}
