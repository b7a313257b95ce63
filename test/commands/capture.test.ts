import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'
import { readTarGz } from '../support/tar.js'

const HOST = fixturePath('lab-slots-c7.3', 'sysfs-s0.tar.gz')
const BOOT = fixturePath('lab-slots-c7.3', 'sysfs-boot.tar.gz')

let folder = ''
const file = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-capture-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(() => {
  vi.stubEnv('SOURCE_DATE_EPOCH', '1000000000')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function manifestOf(name: string) {
  const { 'vfio-reset.json': manifest } = readTarGz(readFileSync(file(name)))
  return JSON.parse(manifest instanceof Uint8Array ? Buffer.from(manifest).toString() : '')
}

/** Writes what a capture holds, as `tar xzf` would. */
function unpack(archive: string, into: string): string {
  for (const [path, entry] of Object.entries(readTarGz(readFileSync(archive)))) {
    if (!(entry instanceof Uint8Array)) continue
    mkdirSync(join(into, path, '..'), { recursive: true })
    writeFileSync(join(into, path), entry)
  }
  return into
}

describe('capture', () => {
  test('is the same whenever it is made of the same host, and nobody else may read it', async () => {
    const one = await runMain('capture', '--capture', BOOT, '-o', file('a.tgz'))
    await runMain('capture', '--capture', BOOT, '-o', file('b.tgz'))
    expect(one).toMatchObject({ exitCode: 0, stderr: '' })
    expect(one.stdout).toMatch(/^Wrote .*a\.tgz: .* entries, of\s/)
    expect(one.stdout).toContain('NOT REDACTED')
    expect(readFileSync(file('a.tgz'))).toEqual(readFileSync(file('b.tgz')))
    expect(statSync(file('a.tgz')).mode & 0o777).toBe(0o600)
    const manifest = manifestOf('a.tgz')
    expect(manifest).toMatchObject({
      formatVersion: 1,
      time: '2001-09-09T01:46:40Z',
      redacted: null,
    })
  })

  test('says the same, packed and unpacked', async () => {
    await runMain('capture', '--capture', BOOT, '-o', file('c.tgz'))
    const body = ({ stdout }: { readonly stdout: string }) => stdout.replace(/^"source".*$/m, '')
    const from = (...choice: string[]) => runMain('inspect', ...choice, '-n', '--json')
    const host = body(await from('--capture', BOOT))
    expect(body(await from('--capture', file('c.tgz')))).toBe(host)
    const folder = unpack(file('c.tgz'), file('unpacked'))
    const unpacked = await runMain('inspect', '--root', folder, '-n', '--json')
    // Without its links: what is missing then is told, and the manifest says what was not there at all.
    expect(JSON.parse(unpacked.stdout)).toMatchObject({ source: { kind: 'directory' } })
  })

  test('redacts, and lists what it did', async () => {
    const { stdout } = await runMain(
      'capture',
      '--capture',
      BOOT,
      '--redact',
      '--show-redactions',
      '-o',
      file('r.tgz'),
    )
    expect(stdout).toContain('REDACTED: replaced')
    expect(stdout).toMatch(/serial number +[0-9a-f-]{23} +72-64-63-74|slot label/)
    const { stdout: json } = await runMain(
      'capture',
      '--capture',
      BOOT,
      '--redact',
      '--json',
      '-o',
      file('r.tgz'),
    )
    const document = JSON.parse(json)
    expect(document).toMatchObject({ kind: 'capture', redacted: true, file: file('r.tgz') })
    expect(document.redactions[0]).toEqual({
      path: expect.any(String),
      what: expect.any(String),
      replacement: expect.any(String),
    })
    const manifest = manifestOf('r.tgz')
    expect(manifest.redacted).toHaveLength(document.redactions.length)
  })

  test('--show-redactions alone changes nothing', async () => {
    const { stdout } = await runMain(
      'capture',
      '--capture',
      BOOT,
      '--show-redactions',
      '-o',
      file('p.tgz'),
    )
    expect(stdout).toContain('NOT REDACTED')
    expect(stdout).toContain('What --redact would replace')
  })

  test.each([
    [['-o', ''], /--output expects a value/],
    [['-o', '/nonexistent/x.tgz'], /its folder does not exist/],
    [['-o', '/dev/null'], /no regular file/],
    [['-o', '.'], /it is a folder/],
    [['--max-size', '3 bytes', '-o', 'x'], /"3 bytes" is no size/],
    [['--for', 'vm-problem', '-o', 'x'], /goes with no other/],
    [['-o', '-', '--json'], /cannot hold both/],
  ])('%j is told in one sentence', async (flags, message) => {
    const { exitCode, stderr } = await runMain('capture', '--capture', BOOT, ...flags)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(2)
  })

  test('writes nothing when it would be too large', async () => {
    const target = file('large.tgz')
    const { exitCode, stderr } = await runMain(
      'capture',
      '--capture',
      BOOT,
      '--max-size',
      '1K',
      '-o',
      target,
    )
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: /larger than 1024 bytes/ })
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('diff', () => {
  test('of a host and its capture is empty', async () => {
    await runMain('capture', '--capture', BOOT, '-o', file('d.tgz'))
    const { stdout, exitCode } = await runMain('diff', BOOT, file('d.tgz'), '-n')
    expect(stdout).toContain('No difference that matters.')
    expect(exitCode).toBe(0)
  })

  test('a redacted capture is the same host', async () => {
    await runMain('capture', '--capture', BOOT, '--redact', '-o', file('e.tgz'))
    const { stdout, exitCode } = await runMain('diff', BOOT, file('e.tgz'), '--json')
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'diff', same: true, changes: [] })
    expect(exitCode).toBe(0)
  })

  test('of two kernels exits 1 and tells the flips first', async () => {
    const other = fixturePath('lab-ports-c6.12', 'sysfs-boot.tar.gz')
    const older = fixturePath('lab-ports-6.1', 'sysfs-boot.tar.gz')
    const { stdout, exitCode } = await runMain('diff', older, other, '-n', '--json')
    const { changes, sources } = JSON.parse(stdout)
    expect(exitCode).toBe(1)
    expect(changes[0]).toMatchObject({ kind: 'verdict', cause: { kind: 'kernel-changed' } })
    expect(sources).toMatchObject({ before: { kernelRelease: '6.1.192' } })
    const { stdout: text } = await runMain('diff', older, other, '-n')
    expect(text).toMatch(/because the kernel is another one: 6\.1\.0-56-amd64, now 6\.12\.117-lab/)
  })

  test.each([
    [['-', '-'], /only one of the two/],
    [['/nonexistent', HOST], /it does not exist/],
    [['', HOST], /empty word/],
    [[HOST], /Missing AFTER\./],
  ])('%j is told in one sentence', async (words, message) => {
    const { exitCode, stderr } = await runMain('diff', ...words)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(2)
  })
})
