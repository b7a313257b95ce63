import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { COLUMNS } from '../../src/export/row.js'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'
import { compiledSchema, shippedSchema } from '../support/schema.js'

const RTX = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
const VMD = fixturePath('acer-vmd', 'tree.tar.gz')

let folder = ''
const file = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-export-'))
  for (const rack of ['a', 'b']) {
    mkdirSync(file(rack))
    copyFileSync(RTX, file(`${rack}/node.tar.gz`))
  }
  copyFileSync(VMD, file('laptop.tgz'))
  writeFileSync(file('broken.tar.gz'), 'no archive')
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...argv: readonly string[]) => runMain('export', ...argv)
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('export', () => {
  it('writes the file whole, for whoever collects it, and says so', async () => {
    const { stdout, stderr, exitCode } = await run(
      '--demo',
      '--format',
      'prometheus',
      '--output',
      file('x.prom'),
    )
    expect([stdout, exitCode]).toEqual(['', 0])
    expect(stderr).toMatch(/^Wrote .*x\.prom: \d+ functions of 1 host\.\n$/)
    expect(readFileSync(file('x.prom'), 'utf8')).toMatch(/^# HELP vfio_reset_build_info .*\n/)
    expect(statSync(file('x.prom')).mode & 0o444).toBe(0o444 & ~process.umask())
  })

  it('calls hosts as their files, and by the whole word where two are called alike', async () => {
    const words = [file('a/node.tar.gz'), file('b/node.tar.gz'), file('laptop.tgz')]
    const { stdout } = await run('--format', 'ndjson', ...words)
    const hosts = new Set(lines(stdout).map(({ host }) => host))
    expect(hosts).toEqual(new Set([words[0], words[1], 'laptop']))
  })

  it('goes on without a capture that cannot be read, says which, and cannot tell', async () => {
    const { stdout, stderr, exitCode } = await run(
      '--format',
      'csv',
      file('broken.tar.gz'),
      file('laptop.tgz'),
    )
    expect(exitCode).toBe(3)
    expect(stdout.split('\n').length).toBeGreaterThan(2)
    expect(stderr).toMatch(/^Left out: broken\. Cannot read the capture /)
    const alone = await run('--format', 'csv', file('broken.tar.gz'))
    expect([alone.stdout, alone.exitCode]).toEqual(['', 2])
  })

  it('leaves the file that is there where the only host cannot be read', async () => {
    writeFileSync(file('kept.csv'), 'before')
    const { exitCode } = await run(
      '--format',
      'csv',
      '--output',
      file('kept.csv'),
      file('broken.tar.gz'),
    )
    expect([exitCode, readFileSync(file('kept.csv'), 'utf8')]).toEqual([2, 'before'])
  })

  it('is one document under --json, as its schema says, and states the rows also beside a file', async () => {
    const validate = compiledSchema(shippedSchema('export'))
    const alone = JSON.parse((await run('--demo', '--json', '--select', 'all')).stdout)
    const { stdout } = await run(
      '--json',
      '--format',
      'csv',
      '--output',
      file('y.csv'),
      file('broken.tar.gz'),
      RTX,
    )
    const both = JSON.parse(stdout)
    for (const document of [alone, both]) {
      expect(validate(document)).toBe(true)
      expect(document.rows.length).toBeGreaterThan(0)
      expect(Object.keys(document.rows[0])).toEqual([...COLUMNS])
    }
    expect(alone).toMatchObject({
      format: null,
      file: null,
      source: { kind: 'capture', path: null },
    })
    expect(both).toMatchObject({ format: 'csv', file: file('y.csv'), source: null })
    expect(both.hosts[0]).toMatchObject({ host: 'broken', source: null, rows: 0 })
  })

  it('says when a capture was made, as it says itself', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', '1000000000')
    await runMain('capture', '--demo', '-o', file('dated.tar.gz'))
    vi.unstubAllEnvs()
    const dated = lines((await run('--format', 'ndjson', file('dated.tar.gz'))).stdout)
    expect(dated[0]).toMatchObject({ host: 'dated', scanned_at: '2001-09-09T01:46:40Z' })
    const undated = lines((await run('--format', 'ndjson', file('laptop.tgz'))).stdout)
    expect(undated[0].unknown).toContain('scanned_at')
  })

  it('answers as another kernel, and compares with a baseline', async () => {
    const { stdout } = await run(
      '--format',
      'ansible',
      '--kernel',
      '6.1.170',
      '--baseline',
      VMD,
      RTX,
    )
    const facts = JSON.parse(stdout)
    expect(
      facts.functions.every((each: { iommufd_errno: unknown }) => each.iommufd_errno === null),
    ).toBe(true)
    expect(facts.baseline_changes.length).toBeGreaterThan(0)
  })

  it('tells until when an NFD file is to be believed', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', '1000000000')
    const { stdout } = await run('--demo', '--format', 'nfd', '--expire', '90m')
    vi.unstubAllEnvs()
    expect(stdout).toMatch(/^# \+expiry-time=2001-09-09T03:16:40Z\n/)
  })

  it.each([
    [['--demo'], 'A format is missing'],
    [['--format', 'nfd', RTX, VMD], 'tells of one host'],
    [['--format', 'csv', '--expire', '1h', RTX], '--expire goes with'],
    [['--format', 'nfd', '--expire', '1 fortnight', RTX], 'which is no time'],
    [['--format', 'csv', '--host', 'x', RTX, VMD], '--host names one host'],
    [['--format', 'csv', '--json', RTX], 'cannot hold both'],
    [['--format', 'csv', '--output', '', RTX], 'it is empty'],
    [['--format', 'csv', '-', '-'], 'only one word can be'],
    [['--format', 'xml', RTX], 'xml'],
  ])('refuses %j', async (argv, message) => {
    const { stdout, stderr, exitCode } = await run(...argv)
    expect(exitCode).toBe(2)
    expect(`${stdout}${stderr}`).toContain(message)
  })
})
