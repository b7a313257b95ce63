import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/errors.js'
import { type HostWish, withHost } from '../../src/cli/with-host.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import { endpoint } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'

const FILES = Object.entries(buildHost({ functions: [endpoint('0000:01:00.0', { group: 1 })] }))

/** A command and a host, with all that happens to them in order. */
function setUp() {
  const log: string[] = []
  const command = {
    config: { root: '' },
    phase: async (text: string) => {
      log.push(text)
    },
  }
  const wish: HostWish = {
    from: () => {
      log.push('open')
      return createMemoryTree(FILES, { kind: 'live', path: null })
    },
    wake: false,
    holders: false,
  }
  return { log, command, wish }
}

describe('the frame of commands', () => {
  it('opens a host, reads it, and hands it on analysed', async () => {
    const { log, command, wish } = setUp()
    const kernel = parseKernelRelease('5.10')
    const used = await withHost(command, { ...wish, kernel, phase: 'reading' }, ({ host }) => {
      log.push('use')
      return [host.topology.devices.map(({ address }) => address), host.kernel.release.text]
    })
    expect(used).toEqual([['0000:01:00.0'], '5.10'])
    expect(log).toEqual(['reading', 'open', 'reading', 'use'])
  })

  it.each(['check', 'use'])('passes an error in `%s` on', async (at) => {
    const { log, command, wish } = setUp()
    const failing = (place: string) => () => {
      log.push(place)
      if (place === at) throw new UsageError('No.')
    }
    const run = withHost(command, { ...wish, check: failing('check') }, failing('use'))
    await expect(run).rejects.toThrow('No.')
    expect(log.at(-1)).toBe(at)
  })

  it('reads nothing where a host cannot be opened', async () => {
    const { log, command, wish } = setUp()
    const from = { capture: 'nowhere.tar.gz' }
    await expect(withHost(command, { ...wish, from }, () => null)).rejects.toThrow('not exist')
    expect(log).toEqual(['reading the host'])
  })
})
