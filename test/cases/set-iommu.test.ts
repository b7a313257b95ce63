import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { caseFile } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

const HOST = ['--capture', caseFile('set-iommu-skipped', 'host.tar.gz')] as const
const STORY = readFileSync(caseFile('set-iommu-skipped', 'scenario.yaml'), 'utf8')
const DEVICE = '"0000:05:00.0"'

async function play(text: string, ...flags: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-case-'))
  try {
    const file = join(folder, 'scenario.yaml')
    writeFileSync(file, text)
    const { stdout, stderr, exitCode } = await runMain(
      'simulate',
      ...HOST,
      file,
      '--json',
      ...flags,
    )
    return { exitCode, stderr, document: JSON.parse(stdout) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `6: ok` or `7: EINVAL no-container`, by the number of the step. */
function told({ document }: Awaited<ReturnType<typeof play>>): readonly string[] {
  return document.steps.map(
    ({ index, outcome, errno, reasons }: Record<string, never>) =>
      `${Number(index) + 1}: ${errno ?? outcome}${Object(reasons)[0] === undefined ? '' : ` ${Object(reasons)[0].kind}`}`,
  )
}

/** The story with SET_IOMMU left out where the group is opened for the second time. */
function withoutSecond(more = ''): string {
  const lines = STORY.trimEnd().split('\n')
  const at = lines.findLastIndex((line) => line.includes('open-group'))
  const left = lines[at]?.replace('container: c}', 'container: c, iommu: false}') ?? ''
  return [
    ...lines.slice(0, at),
    left,
    ...(more === '' ? [] : [more]),
    ...lines.slice(at + 1),
    '',
  ].join('\n')
}

describe('a library that leaves SET_IOMMU out', () => {
  test.each(['5.10.262', '6.8.12', '7.3.4'])(
    'is refused at GET_DEVICE_FD in %s',
    async (kernel) => {
      expect(told(await play(STORY, '--kernel', kernel)).slice(5)).toEqual(['6: ok', '7: ok'])
      const run = await play(withoutSecond(), '--kernel', kernel)
      expect(run.exitCode).toBe(1)
      expect(told(run).slice(5)).toEqual(['6: ok', '7: EINVAL no-container'])
    },
  )

  test('is answered with ok where it calls it by itself', async () => {
    const run = await play(withoutSecond('  - {actor: unvme, do: set-iommu, container: c}'))
    expect(told(run).slice(5)).toEqual(['6: ok', '7: ok', '8: ok'])
  })

  test('may not call it twice, nor before there is a group', async () => {
    const set = '  - {actor: unvme, do: set-iommu, container: c}'
    const story = `kernel: 6.8.12
drivers: {${DEVICE}: vfio-pci}
steps:
  - {actor: unvme, do: open-container, as: c}
${set}
  - {actor: unvme, do: open-group, device: ${DEVICE}, container: c}
${set}
`
    expect(told(await play(story))).toEqual([
      '1: ok',
      '2: EINVAL container-empty',
      '3: ok',
      '4: EINVAL iommu-set',
    ])
  })
})

describe('a scenario that says what it expects is a test', () => {
  const expecting = (expectation: string) => {
    const lines = withoutSecond().trimEnd().split('\n')
    const last = lines.at(-1)?.replace(/}$/, `, expect: ${expectation}}`) ?? ''
    return [...lines.slice(0, -1), last, ''].join('\n')
  }

  test.each([
    ['{outcome: refused, errno: EINVAL}', 0, true],
    ['{errno: EINVAL}', 0, true],
    ['{outcome: refused}', 0, true],
    ['{outcome: ok}', 1, false],
    ['{outcome: refused, errno: EBUSY}', 1, false],
  ])('%s', async (expectation, exitCode, holds) => {
    const run = await play(expecting(expectation))
    expect(run.exitCode).toBe(exitCode)
    expect(run.document.steps.at(-1)).toMatchObject({ holds })
  })

  test('exits with 3 where it cannot be decided', async () => {
    const run = await play(expecting('{outcome: ok}'), '--kernel', '5.4.280')
    expect(run.exitCode).toBe(3)
    expect(run.document.steps.at(-1)).toMatchObject({ holds: null })
  })

  test('names the line of one that is none', async () => {
    const run = await runPlain(expecting('{outcome: fine}'))
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('"expect" must be such as')
  })
})

async function runPlain(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-case-'))
  const file = join(folder, 'scenario.yaml')
  writeFileSync(file, text)
  const run = await runMain('simulate', ...HOST, file)
  rmSync(folder, { recursive: true })
  return run
}
