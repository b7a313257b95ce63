import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { captureTime, defaultFile, parseSize } from '../../../src/cli/answers/make-capture.js'
import { HostError, UsageError } from '../../../src/cli/errors.js'
import { writeAtomically } from '../../../src/cli/output/write-atomically.js'

let folder = ''
const file = () => join(folder, 'host.tgz')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-write-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw error
}

function write(chunks: AsyncIterable<Uint8Array>, maxBytes = 100): Promise<number> {
  return writeAtomically({ file: file(), mode: 0o600, chunks, maxBytes })
}

describe('a file', () => {
  test('is written whole, with the permissions asked for', async () => {
    expect(await write(pieces('one ', 'two'))).toBe(7)
    expect(readFileSync(file(), 'utf8')).toBe('one two')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['host.tgz'])
  })

  test('takes the place of an older one at once', async () => {
    writeFileSync(file(), 'old')
    const seen: string[] = []
    async function* watched(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('new')
      seen.push(readFileSync(file(), 'utf8'))
    }
    await write(watched())
    expect(seen).toEqual(['old'])
    expect(readFileSync(file(), 'utf8')).toBe('new')
  })

  test.each([
    ['an error', () => failing(new Error('oops')), 'oops'],
    ['a full disk', () => failing(Object.assign(new Error(), { code: 'ENOSPC' })), /no space left/],
    ['too many bytes', () => pieces('x'.repeat(101)), /larger than 100 bytes/],
  ])('is not there after %s, and the older one is', async (_, chunks, message) => {
    writeFileSync(file(), 'old')
    await expect(write(chunks())).rejects.toThrow(message)
    expect(readdirSync(folder)).toEqual(['host.tgz'])
    expect(readFileSync(file(), 'utf8')).toBe('old')
  })

  test('a full disk is the machine, not the call', async () => {
    const full = failing(Object.assign(new Error(), { code: 'ENOSPC' }))
    await expect(write(full)).rejects.toBeInstanceOf(HostError)
  })

  test.each([
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'SIGQUIT',
    'SIGALRM',
    'SIGXCPU',
    'SIGUSR1',
    'SIGUSR2',
    'SIGVTALRM',
    'SIGPWR',
    'exit',
  ] as const)('leaves nothing behind when %s ends the process', async (event) => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
    let during: readonly string[] = []
    async function* interrupted(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half')
      during = readdirSync(folder)
      // What the process would hear.
      if (event === 'exit') process.emit('exit', 1)
      else process.emit(event, event)
      expect(readdirSync(folder)).toEqual([])
      throw new Error('ended')
    }
    await expect(write(interrupted())).rejects.toThrow('ended')
    expect(during).toHaveLength(1)
    expect(kill.mock.calls).toEqual(event === 'exit' ? [] : [[process.pid, event]])
    kill.mockRestore()
    expect(process.listenerCount('SIGQUIT')).toBe(0)
  })

  test.each([200, 238, 255])('may have a name of %d characters', async (length) => {
    const name = 'x'.repeat(length)
    await writeAtomically({
      file: join(folder, name),
      mode: 0o600,
      chunks: pieces('x'),
      maxBytes: 1,
    })
    expect(readdirSync(folder)).toEqual([name])
  })

  test.each([256, 5000])(
    'a name of %d characters is too long, and a mistake of the call',
    async (length) => {
      const target = join(folder, 'x'.repeat(length))
      const written = writeAtomically({
        file: target,
        mode: 0o600,
        chunks: pieces('x'),
        maxBytes: 1,
      })
      await expect(written).rejects.toThrow(UsageError)
      await expect(written).rejects.toThrow(/too long/)
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test('a folder that is a circle of links is a mistake of the call too', async () => {
    symlinkSync('circle', join(folder, 'circle'))
    const target = join(folder, 'circle', 'x')
    const written = writeAtomically({ file: target, mode: 0o600, chunks: pieces('x'), maxBytes: 1 })
    await expect(written).rejects.toThrow(UsageError)
  })

  test('never takes the place of what is no file', async () => {
    mkdirSync(file())
    await expect(write(pieces('x'))).rejects.toThrow(/it is a folder/)
    rmSync(file(), { recursive: true })
    symlinkSync('/dev/null', file())
    await expect(write(pieces('x'))).rejects.toThrow(/no regular file/)
    expect(existsSync('/dev/null')).toBe(true)
  })
})

test.each([
  ['500', 500],
  ['2K', 2048],
  ['1m', 1024 ** 2],
  ['3GiB', 3 * 1024 ** 3],
])('--max-size %s', (text, size) => {
  expect(parseSize(text)).toBe(size)
})

test.each(['', '0', '-1', '1.5M', '1T', '9999999999999999G'])('--max-size %j is none', (text) => {
  expect(() => parseSize(text)).toThrow(/is no size/)
})

test('the time is the one that the environment says', () => {
  const time = captureTime({ SOURCE_DATE_EPOCH: '1000000000' })
  expect(time).toBe('2001-09-09T01:46:40Z')
  expect(defaultFile(time)).toBe('vfio-reset-20010909-014640.tar.gz')
  expect(() => captureTime({ SOURCE_DATE_EPOCH: 'today' })).toThrow(/no number of seconds/)
})
