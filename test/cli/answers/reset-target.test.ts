import { describe, expect, test } from 'vitest'
import { resetTarget } from '../../../src/cli/answers/reset-target.js'
import { analyseHost } from '../../../src/vfio/analysed-host.js'
import { endpoint, rootPort } from '../../support/functions.js'
import { loadTopology } from '../../support/load-host.js'

describe('the one function to reset', async () => {
  const { raw } = await loadTopology({
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
      ...Array.from({ length: 12 }, (_, slot) =>
        endpoint(`0000:01:${slot.toString(16).padStart(2, '0')}.0`, { group: slot + 2 }),
      ),
    ],
  })
  const { vfio } = analyseHost(raw)
  const all = raw.functions.map(({ address }) => address).slice(1)

  test('is asked for with at most eight to choose from, and how many there are besides', () => {
    const choosing = () => resetTarget(all, vfio, () => (address) => `name of ${address}`)
    expect(choosing).toThrow('DEVICE names 12 functions.')
    expect(choosing).toThrow(
      expect.objectContaining({
        exitCode: 2,
        choices: [
          ...all.slice(0, 8).map((address) => `${address}  name of ${address}`),
          'and 4 others',
        ],
      }),
    )
  })
})
