import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { POLICIES } from '../../src/policy/policies/index.js'
import { DEBATE_HOST } from '../support/debate-host.js'
import { buildHost } from '../support/host-builder.js'
import { loadFiles } from '../support/load-host.js'
import { type Run, runMain } from '../support/run-main.js'
import { readTarGz } from '../support/tar.js'

const STORIES = fileURLToPath(new URL('../../fixtures/scenarios', import.meta.url))
const HOST = join(STORIES, 'debate-2023.tar.gz')

beforeEach(() => {
  vi.stubEnv('COLUMNS', '120')
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  vi.stubEnv('NO_COLOR', '1')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function simulate(story: string, ...flags: readonly string[]): Promise<Run> {
  return runMain('simulate', join(STORIES, story), '--capture', HOST, ...flags)
}

describe('the stories of April 2023', () => {
  const stories = readdirSync(STORIES).filter((name) => name.endsWith('.yaml'))

  it('play on a machine that is made from literals', async () => {
    const archived = await loadFiles(readTarGz(readFileSync(HOST)))
    expect(archived).toEqual(await loadFiles(buildHost(DEBATE_HOST)))
  })

  it.each(stories)('%s', async (story) => {
    const trace = await simulate(story)
    const table = await simulate(story, '--policy', 'all')
    await expect(
      told(story, [], trace) + told(story, ['--policy', 'all'], table),
    ).toMatchFileSnapshot(`../golden/simulate/${story.replace('.yaml', '.txt')}`)
  })

  it.each(['v1', 'v2', 'v3', 'v4', 'v5'])('INFO of %s', async (version) => {
    const run = await simulate('info-by-version.yaml', '--info', version)
    await expect(told('info-by-version.yaml', ['--info', version], run)).toMatchFileSnapshot(
      `../golden/simulate/info-${version}.txt`,
    )
  })

  it('name their mail', () => {
    for (const story of stories) {
      const text = readFileSync(join(STORIES, story), 'utf8')
      expect(text, story).toMatch(/^# [\s\S]*(\w+ 2023)/)
    }
  })
})

function told(story: string, flags: readonly string[], { stdout, stderr, exitCode }: Run): string {
  const command = ['$ vfio-reset simulate', story, '--capture debate-2023.tar.gz', ...flags].join(
    ' ',
  )
  return `${[command, stdout, stderr, `exit: ${exitCode}`].filter((part) => part !== '').join('\n')}\n`
}

describe('documents', () => {
  it('one run has steps', async () => {
    const { stdout, exitCode } = await simulate('two-users.yaml', '--json')
    const document = JSON.parse(stdout)
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({
      schemaVersion: 2,
      kind: 'simulate',
      policy: 'kernel',
      kernelRelease: '6.12.117',
      source: { kind: 'capture', kernelRelease: '6.12.117', kernelReleaseFrom: 'option' },
      gaps: [],
    })
    expect(document.steps).toHaveLength(11)
    expect(document.steps[5]).toEqual({
      index: 5,
      do: 'hot-reset',
      actor: 'alice',
      device: '0000:01:00.0',
      outcome: 'refused',
      errno: 'EINVAL',
      reasons: [{ kind: 'other-context', address: '0000:01:00.1', actor: 'bob' }],
      possible: ['EBUSY'],
    })
    expect(document.steps[4].info).toEqual({
      flags: ['dev-id'],
      devices: [
        { address: '0000:01:00.0', group: null, devid: 1 },
        { address: '0000:01:00.1', group: null, devid: -1 },
      ],
    })
  })

  it('all policies have runs, and no steps', async () => {
    const { stdout } = await simulate('two-users.yaml', '--json', '--policy', 'all')
    const document = JSON.parse(stdout)
    expect(document.policy).toBe('all')
    expect(document.steps).toBeUndefined()
    expect(document.runs).toHaveLength(POLICIES.length)
    for (const run of document.runs) expect(run.steps).toHaveLength(11)
  })

  it('--policy and --kernel win over the file', async () => {
    const { stdout } = await simulate(
      'claim-strict.yaml',
      '--json',
      '--policy',
      'kernel',
      '--kernel',
      '6.1.192',
    )
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ policy: 'kernel', kernelRelease: '6.1.192' })
    expect(document.steps[0].errno).toBe('ENOENT')
  })

  it('fit a narrow terminal', async () => {
    vi.stubEnv('COLUMNS', '80')
    const { stdout } = await simulate('two-users.yaml', '--policy', 'all')
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})

describe('exit codes', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulate-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  async function run(text: string | Uint8Array, ...flags: readonly string[]): Promise<Run> {
    const file = join(folder, 'story.yaml')
    writeFileSync(file, text)
    const { stdout, stderr, exitCode } = await runMain(
      'simulate',
      file,
      '--capture',
      HOST,
      ...flags,
    )
    return { stdout, stderr: stderr.replaceAll(file, 'FILE'), exitCode }
  }

  const bound = 'kernel: 6.12.117\ndrivers: {0000:01:00.0: vfio-pci}\nsteps:\n'

  it('0: every step is answered with ok', async () => {
    const { exitCode } = await run(`${bound}  - {actor: a, do: open-group, device: 0000:01:00.0}\n`)
    expect(exitCode).toBe(0)
  })

  it('1: a step is refused', async () => {
    const { exitCode } = await run(`${bound}  - {actor: a, do: open-group, device: 0000:03:00.0}\n`)
    expect(exitCode).toBe(1)
  })

  it('3: a step is undetermined', async () => {
    const text = `${bound}  - {actor: a, do: open-group, device: 0000:01:00.0}\n`
    const { exitCode, stdout } = await run(text, '--kernel', '5.4.280', '--json')
    expect(exitCode).toBe(3)
    const document = JSON.parse(stdout)
    expect(document.steps[0]).toMatchObject({ outcome: 'undetermined', errno: null })
    expect(document.steps[0].reasons[0]).toMatchObject({ kind: 'unread', why: 'unmodelled' })
  })

  it('1: a step is refused for certain, and only the errno cannot be told', async () => {
    const text =
      `${bound}  - {actor: a, do: open-iommufd, as: X}\n` +
      '  - {actor: a, do: bind-cdev, device: 0000:01:00.0, iommufd: X, token: 5a5a0000-0000-4000-8000-000000000001}\n'
    const { exitCode, stdout } = await run(text, '--kernel', '6.17.2', '--json')
    expect(exitCode).toBe(1)
    const document = JSON.parse(stdout)
    expect(document.steps[1]).toMatchObject({
      outcome: 'refused',
      errno: null,
      possible: ['E2BIG', 'EINVAL'],
    })
    expect(document.steps[1].reasons.at(-1)).toMatchObject({ kind: 'unread', why: 'unmodelled' })
    expect(document.gaps).toHaveLength(1)
    const told = await run(text, '--kernel', '6.17.2')
    expect(told.stdout).toContain('E2BIG or EINVAL')
  })

  it.each([
    ['an unknown verb', `${bound}  - {actor: a, do: fly}\n`, 'FILE, line 4: unknown verb "fly"'],
    [
      'a device that is not there',
      `${bound}  - {actor: a, do: open-group, device: 0000:01:00.5}\n`,
      'FILE, line 4: the host has no function 0000:01:00.5; on that bus there is 0000:01:00.0, 0000:01:00.1.',
    ],
    [
      'drivers of a device that is not there',
      'drivers: {0000:99:00.0: vfio-pci}\nsteps: []\n',
      'FILE, line 1: the host has no function 0000:99:00.0.',
    ],
    [
      'a bridge on vfio-pci',
      'drivers: {0000:00:01.0: vfio-pci}\nsteps: []\n',
      'FILE, line 1: 0000:00:01.0 is a bridge, and vfio-pci does not bind to bridges.',
    ],
    [
      'a container that nobody opens',
      `${bound}  - {actor: a, do: open-group, device: 0000:01:00.0, container: c0}\n`,
      'FILE, line 4: "c0" is no container or iommufd that a opens.',
    ],
    [
      'a context that another actor opens',
      `${bound}  - {actor: b, do: open-iommufd, as: X}\n  - {actor: a, do: bind-cdev, device: 0000:01:00.0, iommufd: X}\n`,
      'FILE, line 5: "X" is no container or iommufd that a opens.',
    ],
    [
      'a group file that the actor does not open',
      `${bound}  - {actor: a, do: hot-reset, device: 0000:01:00.0, groups: [0000:01:00.0]}\n`,
      'FILE, line 4: a opens no group file of 0000:01:00.0.',
    ],
    ['no mapping', '- 1\n', 'FILE, line 1: it must be a mapping with the key "steps".'],
    ['no text', new Uint8Array([0xff, 0xfe, 0x00]), 'FILE: it is no UTF-8 text.'],
    ['10 MB', 'a'.repeat(10_000_000), 'FILE: it is larger than 1048576 bytes.'],
  ])('2: %s', async (_, text, expected) => {
    const { exitCode, stdout, stderr } = await run(text)
    expect(stderr).toContain(expected)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('2: the file is not there, or a folder', async () => {
    for (const [file, why] of [
      [join(folder, 'none.yaml'), 'it does not exist'],
      [folder, 'it is a folder'],
    ] as const) {
      const { exitCode, stderr } = await runMain('simulate', file, '--capture', HOST)
      expect(stderr).toContain(`Cannot read the scenario ${file}: ${why}.`)
      expect(exitCode).toBe(2)
    }
  })

  it('2: an error is JSON too', async () => {
    const { exitCode, stdout } = await run('steps: 1\n', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'error', exitCode: 2 })
    expect(exitCode).toBe(2)
  })

  it('2: unknown policy, INFO version, kernel', async () => {
    for (const flags of [
      ['--policy', 'closures'],
      ['--info', 'v6'],
      ['--kernel', 'six'],
    ]) {
      expect((await run(bound, ...flags)).exitCode, flags.join(' ')).toBe(2)
    }
  })
})
