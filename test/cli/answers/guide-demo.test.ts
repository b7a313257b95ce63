import { expect, it } from 'vitest'
import { runMain } from '../../support/run-main.js'

it.each([
  [
    'refused',
    1,
    /^1 of 3: refused\..*\n[\s\S]*preflight --demo[\s\S]*will not start[\s\S]*demo bound\n$/,
  ],
  ['bound', 1, /^2 of 3: bound\.[\s\S]*#!\/bin\/sh[\s\S]*0000:0a:00\.1[\s\S]*demo permitted\n$/],
  [
    'permitted',
    0,
    /^3 of 3: permitted\.[\s\S]*will get its functions, and its functions come to it reset/,
  ],
])('%s', async (screen, verdict, text) => {
  const shown = await runMain('demo', screen)
  expect(shown.stdout).toMatch(text)
  expect(shown.exitCode).toBe(0)
  const { kind, verdict: stated } = JSON.parse((await runMain('demo', screen, '--json')).stdout)
  expect([kind, stated]).toEqual(['preflight', verdict === 0 ? 'pass' : 'fail'])
})

it('begins with the first screen, fits a terminal, and knows no other', async () => {
  const first = await runMain('demo')
  expect(first.stdout).toBe((await runMain('demo', 'refused')).stdout)
  expect(first.stdout.split('\n').length).toBeLessThanOrEqual(24)
  expect((await runMain('demo', 'fourth')).exitCode).toBe(2)
})
