import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { type Run, runMain } from '../support/run-main.js'

const CAPTURE = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')

beforeEach(() => {
  vi.stubEnv('COLUMNS', '96')
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  vi.stubEnv('NO_COLOR', '1')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function explain(...argv: readonly string[]): Promise<Run> {
  return runMain('explain', '--capture', CAPTURE, '-n', ...argv)
}

/** Messages about functions of one captured host; the whole answer is kept. */
const CASES = [
  [
    'foreign-group',
    'vfio: Cannot reset device 0000:0c:00.3, depends on group 30 which is not owned.',
  ],
  [
    'not-viable',
    'qemu-system-x86_64: -device vfio-pci,host=0a:00.0: vfio 0000:0a:00.0: group 25 is not viable',
  ],
  ['einval', 'vfio_pci_hot_reset_result 0000:0a:00.0 hot reset: Invalid argument'],
  ['root-bus', 'vfio: Cannot reset device 0000:00:14.0, no available reset mechanism.'],
  ['elsewhere', 'vfio: Cannot reset device 0000:65:00.0, depends on group 14 which is not owned.'],
  ['unknown', 'vfio: the reset depends on a group that somebody else owned'],
] as const

describe('golden outputs', () => {
  it.each(CASES)('%s', async (name, message) => {
    const { stdout, stderr, exitCode } = await explain(message)
    const parts = [
      `$ vfio-reset explain --capture amd-x570-rtx3090 -n '${message}'`,
      stdout.replaceAll(CAPTURE, 'amd-x570-rtx3090'),
      stderr,
      `exit: ${exitCode}`,
    ]
    await expect(`${parts.filter((part) => part !== '').join('\n')}\n`).toMatchFileSnapshot(
      `../golden/explain/${name}.txt`,
    )
  })
})

describe('the document', () => {
  it('has the plan of preflight, and what is true of the functions', async () => {
    const { stdout, exitCode } = await explain(
      '--json',
      'vfio 0000:0a:00.0: group 25 is not viable',
    )
    const document = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({ schemaVersion: 2, kind: 'explain', unknown: [], lines: 1 })
    expect(document.messages).toMatchObject([
      { id: 'group-not-viable', origin: 'qemu', matters: true, devices: ['0000:0a:00.0'] },
    ])
    const steps = document.messages[0].plan
    expect(steps.map((step: { device: string }) => step.device)).toEqual([
      '0000:0a:00.0',
      '0000:0a:00.1',
    ])
    expect(document.inspected.devices.map(({ address }: { address: string }) => address)).toEqual([
      '0000:0a:00.0',
    ])
  })

  it('has no plan for a bridge, which nothing can bind', async () => {
    const { stdout } = await explain(
      '--json',
      'vfio 0000:00:01.2: error getting device from group 1: No such device',
    )
    const [message] = JSON.parse(stdout).messages
    expect(message).toMatchObject({ id: 'device-refused', devices: ['0000:00:01.2'], plan: null })
  })

  it('reads no host where no function is named', async () => {
    const { stdout } = await explain(
      '--json',
      'vfio: hot reset info failed: Operation not permitted',
    )
    expect(JSON.parse(stdout)).toMatchObject({ source: null, gaps: [], inspected: null })
  })
})

describe('bad input', () => {
  it('words that are no message are joined: quotes are easily forgotten', async () => {
    const { exitCode, stdout } = await explain('group', '25', 'is', 'not', 'viable')
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'A member of the group is bound to a host driver. That is so on the host of this copy now',
    )
  })

  it('a message that a terminal has cut is put together again', async () => {
    const cut =
      "failed to reset PCI device '0000:0a:00.0', but trying to continue as not all\n  devices need a\n  reset"
    const { exitCode, stdout } = await explain('--json', cut)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).messages).toMatchObject([{ id: 'sysfs-reset-enotty', count: 1 }])
  })

  it('an empty text, and the name of a file', async () => {
    expect((await explain('')).exitCode).toBe(2)
    const { exitCode, stderr } = await explain(CAPTURE)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`vfio-reset explain < ${CAPTURE}`)
  })

  it('a host that was chosen and cannot be read', async () => {
    const { exitCode } = await runMain(
      'explain',
      '--root',
      '/nowhere',
      'vfio 0000:0a:00.0: group 25 is not viable',
    )
    expect(exitCode).toBe(2)
  })
})
