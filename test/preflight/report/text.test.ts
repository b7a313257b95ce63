import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fixturePath } from '../../support/fixtures.js'
import { runMain } from '../../support/run-main.js'

/** Command lines whose whole text is kept, as for `inspect` in test/golden.test.ts. */
const CASES: readonly (readonly [name: string, argv: readonly string[]])[] = [
  ['preflight-gpu', ['0a:00.0']],
  ['preflight-card', ['0a:00.0', '0a:00.1', '--managed', '--via', 'iommufd']],
  ['preflight-root-bus', ['0c:00.4', '--policy', 'closure']],
  ['preflight-script', ['0a:00.0', '--plan', '--plan-style', 'driverctl']],
]

beforeEach(() => {
  vi.stubEnv('COLUMNS', '96')
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  vi.stubEnv('NO_COLOR', '1')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

it.each(CASES)('%s', async (name, argv) => {
  const host = 'amd-x570-rtx3090/tree.tar.gz'
  const file = fixturePath(host).replace(/\/$/, '')
  const { stdout, stderr, exitCode } = await runMain('preflight', '--capture', file, '-n', ...argv)
  const command = ['vfio-reset', 'preflight', '--capture', host, '-n', ...argv].join(' ')
  const parts = [`$ ${command}`, stdout.replaceAll(file, host), stderr, `exit: ${exitCode}`]
  await expect(`${parts.filter((part) => part !== '').join('\n')}\n`).toMatchFileSnapshot(
    `../golden/${name}.txt`,
  )
})
