import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixturePath, REAL_HOSTS } from './support/fixtures.js'
import { runMain } from './support/run-main.js'

/** Command lines whose whole output is kept: what people see, what programs read, and how the process ends. */
const CASES: readonly (readonly [name: string, host: string, argv: readonly string[]])[] = [
  ['x570-gpu', 'amd-x570-rtx3090', ['0a:00.0']],
  ['x570-tree', 'amd-x570-rtx3090', ['--tree']],
  [
    'x570-fail-on',
    'amd-x570-rtx3090',
    ['0a:00.1', '--fail-on', 'refused', '--policy', 'group-fds'],
  ],
  ['x570-nvme-older-kernel', 'amd-x570-rtx3090', ['03:00.0', '--kernel', '5.10.262']],
  ['plx-tree', 'hwloc-8ve-plx', ['--tree']],
  ['domain-all', 'hwloc-domain-32bit', ['--all']],
  ['domain-json', 'hwloc-domain-32bit', ['10000:00:04.0', '--json']],
]

describe('golden outputs', () => {
  beforeEach(() => {
    vi.stubEnv('COLUMNS', '96')
    vi.stubEnv('LC_ALL', 'C.UTF-8')
    vi.stubEnv('NO_COLOR', '1')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each(REAL_HOSTS)('overview of %s', async (name) => {
    await expectGolden(`hosts/${name}`, name, [])
  })

  it.each(CASES)('%s', async (name, host, argv) => {
    await expectGolden(name, host, argv)
  })
})

async function expectGolden(name: string, host: string, argv: readonly string[]): Promise<void> {
  const isArchive = existsSync(fixturePath(host, 'tree.tar.gz'))
  const file = isArchive ? fixturePath(host, 'tree.tar.gz') : fixturePath(host).replace(/\/$/, '')
  const flags = [isArchive ? '--capture' : '--root', file, '-n']
  const { stdout, stderr, exitCode } = await runMain('inspect', ...flags, ...argv)
  const command = ['vfio-reset', 'inspect', ...flags, ...argv].join(' ')
  const parts = [`$ ${command}`, stdout, stderr, `exit: ${exitCode}`]
  const text = `${parts.filter((part) => part !== '').join('\n')}\n`
  const shown = isArchive ? `${host}/tree.tar.gz` : host
  await expect(text.replaceAll(file, shown)).toMatchFileSnapshot(`golden/${name}.txt`)
}
