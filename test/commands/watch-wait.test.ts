import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PACKAGE_JSON } from '../../src/cli/tool.js'
import type { WatchingCommand } from '../../src/cli/watching-command.js'
import Wait from '../../src/commands/wait.js'
import Watch from '../../src/commands/watch.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU } from '../support/hosts.js'
import { divert, runMain } from '../support/run-main.js'
import { compiledSchema, shippedSchema } from '../support/schema.js'
import { writeHostFiles } from '../support/written-host.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The audio function of the GPU bound to vfio-pci too, so that its hot reset is permitted. */
const BOUND: HostSpec = {
  ...GPU,
  functions: GPU.functions.map((each) => ({
    ...each,
    ...(each.address.endsWith('.1') ? { driver: 'vfio-pci' } : {}),
  })),
}
const GONE: HostSpec = { ...GPU, functions: GPU.functions.slice(0, 2) }

let folder = ''
let udevadm = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-watch-'))
  udevadm = join(folder, 'udevadm')
  // Notes how it was called, tells of two binds at once, and stays as the real one does.
  writeFileSync(
    udevadm,
    `#!/bin/sh
echo "$@" >"$0.called"
printf 'monitor will print the received events for:\\nKERNEL - the kernel uevent\\n\\n'
printf 'KERNEL[1.0] bind /devices/x (pci)\\nACTION=bind\\nPCI_SLOT_NAME=0000:65:00.1\\nDRIVER=vfio-pci\\n\\n'
printf 'KERNEL[1.1] change /devices/x (pci)\\nACTION=change\\nPCI_SLOT_NAME=0000:65:00.1\\n\\n'
exec sleep 600
`,
  )
  chmodSync(udevadm, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

type Class = new (argv: string[], config: Config) => WatchingCommand

/** Runs a command on a host that is found as each of these in turn, and stays as the last. */
async function run(
  Command: Class,
  argv: readonly string[],
  hosts: readonly HostSpec[],
  program?: string,
) {
  const config = new Config({ root: ROOT, pjson: PACKAGE_JSON, userPlugins: false })
  await config.load()
  let looks = 0
  const command = new Command([...argv], config).on({
    openLiveHost: () => {
      const spec = hosts[Math.min(looks, hosts.length - 1)]
      looks += 1
      if (spec === undefined) throw new Error('no host')
      return createMemoryTree(Object.entries(buildHost(spec)), { kind: 'live', path: null })
    },
    findUdevadm: async () => program,
  })
  command.id = Command.name.toLowerCase()
  const stdout = divert(process.stdout)
  const stderr = divert(process.stderr)
  try {
    const { exitCode } = await command.execute()
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode, looks }
  } finally {
    stdout.restore()
    stderr.restore()
  }
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('watch', () => {
  it('tells a program what the kernel said, what changed, and which verdicts flipped', async () => {
    const { stdout, exitCode, looks } = await run(
      Watch,
      ['--json', '--count', '1'],
      [GPU, BOUND],
      udevadm,
    )
    expect([exitCode, looks]).toEqual([0, 2])
    const [start, event] = lines(stdout)
    expect(start).toMatchObject({ kind: 'watch', trigger: { source: 'start' }, changes: [] })
    expect(event.trigger).toEqual({
      source: 'uevent',
      action: 'bind',
      address: '0000:65:00.1',
      driver: 'vfio-pci',
    })
    const kinds = event.changes.map(({ kind }: { kind: string }) => kind)
    expect(kinds).toContain('driver')
    const flips = event.changes.filter(({ kind }: { kind: string }) => kind === 'verdict')
    expect(flips.map(({ after }: { after: { outcome: string } }) => after.outcome)).toContain(
      'permitted',
    )
    const validate = compiledSchema(shippedSchema('watch'))
    expect([validate(start), validate(event)]).toEqual([true, true])
    expect(readFileSync(`${udevadm}.called`, 'utf8')).toBe(
      'monitor --kernel --property --subsystem-match=pci\n',
    )
  })

  it('tells a person one line a change', async () => {
    const { stdout } = await run(Watch, ['--count', '1'], [GPU, BOUND], udevadm)
    const [first = ''] = stdout.split('\n').filter((line) => /Z {2}0000:65:00\.1 /.test(line))
    expect(first).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}0000:65:00\.1 {2}snd_hda_intel, now vfio-pci/,
    )
    expect(stdout).toMatch(/0000:65:00\.0 .*group-fds: refused .*, now permitted/)
  })

  it('reads from time to time where the kernel says nothing, and says nothing where nothing changed', async () => {
    const argv = ['--json', '--count', '1', '--interval', '10ms']
    const { stdout, looks } = await run(Watch, argv, [GPU, GPU, GPU, GONE])
    const [, event, ...others] = lines(stdout)
    expect([looks, others]).toEqual([4, []])
    expect(event.trigger).toEqual({ source: 'poll', action: null, address: null, driver: null })
    expect(event.changes.map(({ kind }: { kind: string }) => kind)).toContain('function-gone')
  })

  it('goes on polling where the program cannot be run', async () => {
    const argv = ['--json', '--count', '1', '--interval', '10ms']
    const { stdout, exitCode } = await run(Watch, argv, [GPU, GONE], '/nowhere/udevadm')
    expect([exitCode, lines(stdout).length]).toEqual([0, 2])
  })

  it('leaves out what is about other functions', async () => {
    const argv = ['65:00.0', '--json', '--count', '1', '--interval', '10ms']
    const { stdout } = await run(Watch, argv, [GPU, BOUND])
    const [, event] = lines(stdout)
    for (const { devices } of event.changes)
      expect(devices.length === 0 || devices.includes('0000:65:00.0')).toBe(true)
    expect(event.changes.length).toBeGreaterThan(0)
  })

  it('refuses what is no time, no number, no function', async () => {
    for (const argv of [['--interval', 'soon'], ['--count', '0'], ['66:00.0']]) {
      expect((await run(Watch, argv, [GPU])).exitCode).toBe(2)
    }
  })
})

describe('wait', () => {
  const quick = ['--interval', '10ms']

  it('ends when it holds', async () => {
    const argv = ['65:00.1', '--for', 'bound', '--json', ...quick]
    const { stdout, exitCode, looks } = await run(Wait, argv, [GPU, GPU, BOUND])
    expect([exitCode, looks]).toEqual([0, 3])
    const document = JSON.parse(stdout)
    expect(compiledSchema(shippedSchema('wait'))(document)).toBe(true)
    expect(document).toMatchObject({
      for: 'bound',
      policy: null,
      holds: true,
      devices: [{ address: '0000:65:00.1', named: '65:00.1', holds: true }],
    })
  })

  it('ends after an event at once, however long the interval', async () => {
    const argv = ['65:00.0', '--for', 'permitted', '--interval', '1h', '--timeout', '2h']
    const { stdout, exitCode } = await run(Wait, argv, [GPU, BOUND], udevadm)
    expect([stdout, exitCode]).toEqual(['0000:65:00.0 may be hot-reset.\n', 0])
  })

  it('waits for all of them, and for what was there once also when it has gone', async () => {
    const argv = ['10de:', '--for', 'gone', ...quick]
    const { stdout, exitCode } = await run(Wait, argv, [GPU, GONE])
    expect([stdout, exitCode]).toEqual([
      '0000:65:00.0 is not there.\n0000:65:00.1 is not there.\n',
      0,
    ])
  })

  it('waits for what is not there yet', async () => {
    const { exitCode, looks } = await run(
      Wait,
      ['65:00.0', '--for', 'bound', ...quick],
      [GONE, GONE, GPU],
    )
    expect([exitCode, looks]).toEqual([0, 3])
  })

  it('gives up with 1 where it does not hold, with 3 where that is unknown', async () => {
    const argv = ['--timeout', '30ms', ...quick]
    const no = await run(Wait, ['65:00.1', '--for', 'bound', ...argv], [GPU])
    expect([no.stdout, no.exitCode]).toEqual(['0000:65:00.1 is not bound to a VFIO driver.\n', 1])
    const enable = 'sys/devices/pci0000:00/0000:00:01.0/0000:65:00.0/enable'
    const blind: HostSpec = { ...GPU, dev: false, files: { [enable]: 'x' } }
    const unknown = await run(Wait, ['65:00.0', '--for', 'released', ...argv], [blind])
    expect([unknown.stdout, unknown.exitCode]).toEqual([
      '0000:65:00.0: unknown whether a process has it open (denied).\n',
      3,
    ])
  })

  it('reads a tree that changes', async () => {
    const root = join(folder, 'tree')
    writeHostFiles(root, buildHost(GPU))
    const link = join(root, 'sys/bus/pci/devices/0000:65:00.1')
    const place = realpathSync(link)
    const member = join(realpathSync(join(link, 'iommu_group')), 'devices/0000:65:00.1')
    const waiting = runMain(
      'wait',
      '65:00.1',
      '--for',
      'gone',
      '--root',
      root,
      '--timeout',
      '100s',
      ...quick,
    )
    // All that names it goes, as in sysfs.
    setTimeout(() => {
      for (const path of [member, place, link]) rmSync(path, { recursive: true })
    }, 50)
    expect((await waiting).exitCode).toBe(0)
  })

  it.each([
    [['--for', 'bound']],
    [['65:00.0', '--for', 'eternity']],
    [['no such/device', '--for', 'gone']],
    [['65:00.0', '--for', 'bound', '--policy', 'iommufd']],
    [['65:00.0', '--for', 'permitted', '--policy', 'all']],
    [['65:00.0', '--for', 'permitted', '--timeout', '-1']],
  ])('refuses %j', async (argv) => {
    expect((await run(Wait, argv, [GPU])).exitCode).toBe(2)
  })
})
