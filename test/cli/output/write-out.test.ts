import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { HostError } from '../../../src/cli/errors.js'
import { writeOut } from '../../../src/cli/output/write-out.js'
import { printableWords } from '../../../src/text/printable.js'

/** A stream that takes each write a moment later, or fails it. */
function slowStream(fail?: NodeJS.ErrnoException): { stream: Writable; writes: string[] } {
  const writes: string[] = []
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(chunk, _encoding, done) {
      writes.push(String(chunk))
      setImmediate(() => done(fail))
    },
  })
  return { stream, writes }
}

function errnoError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`write ${code}`), { code })
}

describe('writeOut', () => {
  it('has written everything when it resolves', async () => {
    const { stream, writes } = slowStream()
    await writeOut(stream, ['a', 'b', 'c'].map(printableWords))
    expect(writes).toEqual(['abc'])
    expect(stream.writableLength).toBe(0)
  })

  it('takes no more pieces than the stream has taken', async () => {
    const { stream, writes } = slowStream()
    const ahead: number[] = []
    function* pieces() {
      for (let n = 0; n < 5; n++) {
        ahead.push(n - writes.length)
        yield printableWords('x'.repeat(70_000))
      }
    }
    await writeOut(stream, pieces())
    expect(writes.join('')).toHaveLength(350_000)
    expect(Math.max(...ahead)).toBe(0)
  })

  it('ends quietly, and asks for no further piece, when the reader is gone', async () => {
    const { stream } = slowStream(errnoError('EPIPE'))
    let taken = 0
    function* pieces() {
      for (; taken < 10; taken++) yield printableWords('x'.repeat(70_000))
    }
    await writeOut(stream, pieces())
    expect(taken).toBeLessThan(2)
  })

  it('reports any other failure to its caller', async () => {
    const { stream } = slowStream(errnoError('ENOSPC'))
    await expect(writeOut(stream, printableWords('x'))).rejects.toSatisfy(
      (error) => error instanceof HostError && error.errno === 'ENOSPC',
    )
  })

  it('writes nothing for an empty text', async () => {
    const { stream, writes } = slowStream()
    await writeOut(stream, [])
    expect(writes).toEqual([])
  })
})
