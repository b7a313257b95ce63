import { describe, expect, it } from 'vitest'
import { COLUMNS } from '../../src/export/row.js'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

const GPU = '0a:00.0'
const BOOTS = ['lab-slots-c6.12', 'lab-slots-c7.3'].map((lab) =>
  fixturePath(lab, 'sysfs-boot.tar.gz'),
)

const linesOf = async (...argv: readonly string[]) =>
  (await runMain(...argv)).stdout.trimEnd().split('\n')
const inspect = (...argv: readonly string[]) => linesOf('inspect', '--demo', ...argv)

describe('inspect -o', () => {
  it('wide is a line a function, with what is unknown as such', async () => {
    const [header, ...rows] = await inspect('-o', 'wide')
    expect(header).toMatch(/^PCI-ADDRESS +DEVICE-NAME +DRIVER/)
    expect(rows.length).toBe((await inspect('-o', 'name')).length)
    expect(rows.find((row) => row.startsWith('0000:0a:00.0'))).toMatch(/vfio-pci .* refused /)
    const board = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
    const partly = await linesOf('inspect', '--capture', board, '-o', 'wide')
    expect(partly.find((row) => row.startsWith('0000:0a:00.0'))).toMatch(/nvidia .* \? /)
    const words = (line: string) => line.split(/ +/)
    expect((await inspect('-o', 'wide', '--no-headers')).map(words)).toEqual(rows.map(words))
  })

  it('csv and ndjson are the rows of export', async () => {
    expect(await inspect('-o', 'csv')).toEqual(
      await linesOf('export', '--demo', '--format', 'csv', '--select', 'all'),
    )
    expect(await inspect('-o', 'ndjson')).toEqual(
      await linesOf('export', '--demo', '--format', 'ndjson', '--select', 'all'),
    )
  })

  it('shows the columns that were asked for, of the functions that were', async () => {
    const columns = ['--columns', 'driver,pci-address,affected']
    expect(await inspect(GPU, '-o', 'csv', '--no-headers', ...columns)).toEqual([
      'vfio-pci,0000:0a:00.0,0000:0a:00.0;0000:0a:00.1',
    ])
    const [line = ''] = await inspect(GPU, '-o', 'ndjson', ...columns)
    expect(Object.keys(JSON.parse(line))).toEqual(['driver', 'pci_address', 'affected'])
  })

  it('json is --json, errors included', async () => {
    for (const flags of [['-o', 'json'], ['-ojson'], ['--output=json'], ['--output', 'json']]) {
      expect(await inspect(GPU, ...flags)).toEqual(await inspect(GPU, '--json'))
      const { stdout, exitCode } = await runMain('inspect', '--demo', 'ff:00.0', ...flags)
      expect([JSON.parse(stdout).kind, exitCode]).toEqual(['error', 2])
    }
    expect(await inspect(GPU, '-o', 'json', '--policy', 'all', '--all')).toEqual(
      await inspect(GPU, '--json', '--policy', 'all', '--all'),
    )
  })

  it('answers --fail-on as ever', async () => {
    const { exitCode } = await runMain(
      'inspect',
      '--demo',
      GPU,
      '-o',
      'name',
      '--fail-on',
      'refused',
    )
    expect(exitCode).toBe(1)
  })

  it.each([
    [['-o', 'csv', '--policy', 'all'], 'does not tell what --policy'],
    [['-o', 'wide', '--tree'], 'does not tell what --tree'],
    [['-o', 'csv', '--columns', 'devicename'], 'Did you mean "device_name"?'],
    [['-o', 'name', '--columns', 'driver'], '-o name has no columns'],
    [['-o', 'json', '--columns', 'driver'], '-o json has no columns'],
    [['--columns', 'driver'], '--columns goes with --output.'],
    [['--json', '-o', 'csv'], '--json does not go with --output.'],
    [['-o', 'xml'], 'xml'],
    [['-o', 'csv', '--json'], '--json'],
  ])('refuses %j', async (argv, message) => {
    const { stdout, stderr, exitCode } = await runMain('inspect', '--demo', ...argv)
    expect([exitCode, `${stdout}${stderr}`]).toEqual([2, expect.stringContaining(message)])
  })
})

it('policies -o: ids, a table, rows', async () => {
  expect((await linesOf('policies', '-o', 'name')).slice(0, 2)).toEqual(['group-fds', 'iommufd'])
  expect((await linesOf('policies', '-o', 'wide'))[2]).toMatch(/^iommufd +6\.6 +2023-07-18/)
  const [row = ''] = await linesOf('policies', '-o', 'ndjson')
  expect(JSON.parse(row)).toMatchObject({ id: 'group-fds', implemented_since: '3.12' })
})

describe('diff -o', () => {
  it('is a row a change, and exits as ever', async () => {
    const { stdout, exitCode } = await runMain('diff', ...BOOTS, '-o', 'ndjson')
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const { changes } = JSON.parse((await runMain('diff', ...BOOTS, '--json')).stdout)
    expect(exitCode).toBe(1)
    expect(rows.map(({ kind, devices }) => ({ kind, devices }))).toEqual(
      changes.map(({ kind, devices }: { kind: string; devices: string[] }) => ({ kind, devices })),
    )
    expect(rows.find(({ kind }) => kind === 'kernel-release')).toMatchObject({ policy: null })
  })

  it('says nothing in any of them where nothing changed', async () => {
    const same = ['diff', BOOTS[0] ?? '', BOOTS[0] ?? '']
    expect(await runMain(...same, '-o', 'ndjson')).toMatchObject({ stdout: '', exitCode: 0 })
    expect(await runMain(...same, '-o', 'name')).toMatchObject({ stdout: '', exitCode: 0 })
  })
})

describe('--color', () => {
  it('always colours a pipe, never and auto do not', async () => {
    const colored = async (...argv: readonly string[]) =>
      (await runMain('inspect', '--demo', GPU, ...argv)).stdout.includes('\u001b[')
    expect(await colored('--color', 'always')).toBe(true)
    expect(await colored('--color=always')).toBe(true)
    expect(await colored('--color', 'never')).toBe(false)
    expect(await colored('--color', 'auto')).toBe(false)
    expect(await colored()).toBe(false)
    expect((await runMain('policies', '--color', 'pink')).exitCode).toBe(2)
  })
})

it('the columns that people see first are columns', async () => {
  const [header = ''] = await inspect('-o', 'wide')
  const shown = header.split(/ +/).map((title) => title.toLowerCase().replaceAll('-', '_'))
  for (const column of shown) expect(COLUMNS).toContain(column)
})
