import { existsSync } from 'node:fs'
import { relative } from 'node:path'
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

/** The host is named from the root of the repository, so that nothing hangs on where that stands, and the line can be typed. */
async function expectGolden(name: string, host: string, argv: readonly string[]): Promise<void> {
  const isArchive = existsSync(fixturePath(host, 'tree.tar.gz'))
  const file = relative(process.cwd(), fixturePath(host, isArchive ? 'tree.tar.gz' : ''))
  const args = ['inspect', isArchive ? '--capture' : '--root', file, '-n', ...argv]
  const { stdout, stderr, exitCode } = await runMain(...args)
  const parts = [`$ vfio-reset ${args.join(' ')}`, stdout, stderr, `exit: ${exitCode}`]
  await expect(`${parts.filter((part) => part !== '').join('\n')}\n`).toMatchFileSnapshot(
    `golden/${name}.txt`,
  )
}
