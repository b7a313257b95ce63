import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const LINE = 'kvm: vfio: Cannot reset device 0000:0a:00.0, no available reset mechanism.'

/** Starts the built tool with a log on standard input. */
async function explain(argv: readonly string[], input: string | Uint8Array) {
  const { stdout, stderr, exitCode } = await execa(process.execPath, [BIN, 'explain', ...argv], {
    ...{ input, env: {}, extendEnv: false, reject: false },
  })
  return { stdout, stderr, exitCode }
}

describe('a log on standard input', () => {
  it('is read to its end, also without a line break there', async () => {
    const { stdout, exitCode } = await explain(['--demo', '--json'], `noise\n\n${LINE}\r\n${LINE}`)
    const { messages, lines, source } = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(lines).toBe(3)
    expect(source.kind).toBe('capture')
    expect(messages).toMatchObject([{ id: 'no-bus-or-slot-reset', count: 2, line: 3 }])
  })

  it('may hold bytes that are no text, and lines without end', async () => {
    const long = Buffer.alloc(3_000_000, 'x')
    const input = Buffer.concat([Buffer.from([0xff, 0xfe, 0]), long, Buffer.from(`\n${LINE}\n`)])
    const { stdout, exitCode } = await explain(['--demo', '--json'], input)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).messages).toHaveLength(1)
  })

  it('has its say with - too', async () => {
    expect((await explain(['-', '--demo'], LINE)).stdout).toContain('QEMU: neither a bus reset')
  })

  it('is exit 2 where it is empty, and 3 where nothing in it is known', async () => {
    expect((await explain([], '')).exitCode).toBe(2)
    expect((await explain([], ' \n\n')).exitCode).toBe(2)
    expect((await explain([], 'hello\nworld\n')).exitCode).toBe(3)
  })
})
