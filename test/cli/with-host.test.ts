import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import { describe, expect, it } from 'vitest'
import { BaseCommand } from '../../src/cli/base-command.js'
import { UsageError } from '../../src/cli/errors.js'
import { PACKAGE_JSON } from '../../src/cli/tool.js'
import { type HostWish, withHost } from '../../src/cli/with-host.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { HostTree } from '../../src/host/tree/tree.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import { endpoint } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { divert } from '../support/run-main.js'

const FILES = Object.entries(buildHost({ functions: [endpoint('0000:01:00.0', { group: 1 })] }))

/** A command and a host, with all that happens to them in order. */
function setUp({ stuck = false } = {}) {
  const log: string[] = []
  const tree: HostTree = {
    ...createMemoryTree(FILES, { kind: 'live', path: null }),
    stuck,
    close: () => log.push('close'),
  }
  const command = {
    config: { root: '' },
    stuck: false,
    phase: async (text: string) => {
      log.push(text)
    },
  }
  const wish: HostWish = {
    from: () => {
      log.push('open')
      return tree
    },
    wake: false,
    holders: false,
  }
  return { log, command, wish }
}

describe('the frame of commands', () => {
  it('opens a host, reads it, hands it on analysed, and closes it when it was used', async () => {
    const { log, command, wish } = setUp()
    const kernel = parseKernelRelease('5.10')
    const used = await withHost(command, { ...wish, kernel, phase: 'reading' }, ({ host }) => {
      log.push('use')
      return [host.topology.devices.map(({ address }) => address), host.kernel.release.text]
    })
    expect(used).toEqual([['0000:01:00.0'], '5.10'])
    expect(log).toEqual(['reading', 'open', 'reading', 'use', 'close'])
    expect(command.stuck).toBe(false)
  })

  it.each(['check', 'use'])(
    'closes it after an error in `%s` too, and says what hangs',
    async (at) => {
      const { log, command, wish } = setUp({ stuck: true })
      const failing = (place: string) => () => {
        log.push(place)
        if (place === at) throw new UsageError('No.')
      }
      const run = withHost(command, { ...wish, check: failing('check') }, failing('use'))
      await expect(run).rejects.toThrow('No.')
      expect(log.slice(-2)).toEqual([at, 'close'])
      expect(command.stuck).toBe(true)
    },
  )

  it('has nothing to close where a host cannot be opened', async () => {
    const { log, command, wish } = setUp()
    const from = { capture: 'nowhere.tar.gz' }
    await expect(withHost(command, { ...wish, from }, () => null)).rejects.toThrow('not exist')
    expect(log).toEqual(['reading the host'])
  })
})

it('a command that fails still says that a read hangs: else its process would not end', async () => {
  class Failing extends BaseCommand {
    override async run(): Promise<void> {
      await withHost(this, setUp({ stuck: true }).wish, () => {
        throw new UsageError('No such device.')
      })
    }
  }
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const config = new Config({ root, pjson: PACKAGE_JSON, userPlugins: false })
  await config.load()
  const stderr = divert(process.stderr)
  try {
    expect(await new Failing([], config).execute()).toEqual({ exitCode: 2, stuck: true })
    expect(stderr.text()).toBe('vfio-reset: No such device.\n')
  } finally {
    stderr.restore()
  }
})
