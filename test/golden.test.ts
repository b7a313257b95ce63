import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixturePath } from './support/fixtures.js'
import { runMain } from './support/run-main.js'

/** Command lines whose whole output is kept: what people see, what programs read, and how the process ends. */
const CASES: readonly (readonly [name: string, host: string, argv: readonly string[]])[] = [
  ['x570-overview', 'amd-x570-rtx3090/tree.tar.gz', []],
  ['x570-gpu', 'amd-x570-rtx3090/tree.tar.gz', ['0a:00.0']],
  ['x570-tree', 'amd-x570-rtx3090/tree.tar.gz', ['--tree']],
  [
    'x570-fail-on',
    'amd-x570-rtx3090/tree.tar.gz',
    ['0a:00.1', '--fail-on', 'refused', '--policy', 'group-fds'],
  ],
  ['x570-nvme-older-kernel', 'amd-x570-rtx3090/tree.tar.gz', ['03:00.0', '--kernel', '5.10.262']],
  ['l5640-overview', 'ghw-xeon-l5640/tree.tar.gz', []],
  ['plx-tree', 'hwloc-8ve-plx/tree.tar.gz', ['--tree']],
  ['domain-overview', 'hwloc-domain-32bit', ['--all']],
  ['laptop-overview', 'ghw-i7-1270p-groups', []],
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

  it.each(CASES)('%s', async (name, host, argv) => {
    const file = fixturePath(host).replace(/\/$/, '')
    const from = host.endsWith('.gz') ? '--capture' : '--root'
    const { stdout, stderr, exitCode } = await runMain('inspect', from, file, '-n', ...argv)
    const command = ['vfio-reset', 'inspect', from, host, '-n', ...argv].join(' ')
    const parts = [`$ ${command}`, stdout.replaceAll(file, host), stderr, `exit: ${exitCode}`]
    await expect(`${parts.filter((part) => part !== '').join('\n')}\n`).toMatchFileSnapshot(
      `golden/${name}.txt`,
    )
  })
})
