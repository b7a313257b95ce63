import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { NODE } from '../support/tool-node.js'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const LINE = 'kvm: vfio: Cannot reset device 0000:0a:00.0, no available reset mechanism.'

/** Starts the built tool with a log on standard input. */
function explain(argv: readonly string[], input: string | Uint8Array) {
  return tool(['explain', ...argv], { input })
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

describe('a log beside a host that is chosen', () => {
  const capture = fixture('cases/mounted-disk/host.tar.gz')
  const root = mkdtempSync(join(tmpdir(), 'root-'))
  mkdirSync(join(root, 'sys', 'bus', 'pci', 'devices'), { recursive: true })
  afterAll(() => rmSync(root, { recursive: true }))
  const choices: readonly (readonly string[])[] = [
    ['--capture', capture],
    [`--capture=${capture}`],
    ['--capture', capture, '-n'],
    ['-n', '--capture', capture],
    ['--kernel', '6.8', '--capture', capture],
    ['--capture', capture, '-'],
    ['-', '--capture', capture],
    ['--root', root],
    [`--root=${root}`, '--kernel', '6.8'],
    ['--demo', '-'],
  ]

  it.each(choices)('is read once and whole, with %s %s %s %s', async (...words) => {
    const argv = ['explain', ...words, '--json']
    const log = join(root, 'log')
    writeFileSync(log, LINE)
    const piped = await tool(argv, { input: LINE })
    const fromFile = await tool(argv, { inputFile: log })
    const fromShell = await execa('sh', ['-c', 'sleep 0.2; cat "$0"', log], { cwd: root }).pipe(
      NODE,
      [BIN, ...argv],
      { env: {}, extendEnv: false, reject: false },
    )
    for (const { exitCode, stdout } of [piped, fromFile, fromShell]) {
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).messages).toMatchObject([{ id: 'no-bus-or-slot-reset' }])
    }
    expect((await tool(argv, { input: '' })).exitCode).toBe(2)
  })
})

describe('what else comes on standard input beside a host that is chosen', () => {
  const capture = fixture('cases/mounted-disk/host.tar.gz')
  const vm = fixture('inputs/libvirt-gpu.xml')
  it.each([
    { argv: ['preflight', '--capture', capture, '--vm', '-'], file: vm },
    { argv: ['preflight', '--vm=-', `--capture=${capture}`], file: vm },
    { argv: ['inspect', '--capture', '-'], file: capture },
    { argv: ['inspect', '--capture=-'], file: capture },
    { argv: ['preflight', '--vm', vm, '--capture', '-'], file: capture },
  ])('is read once and whole: $argv', async ({ argv, file }) => {
    const fromFile = await tool([...argv, '--json'], { inputFile: file })
    const piped = await tool([...argv, '--json'], { input: readFileSync(file) })
    expect(JSON.parse(fromFile.stdout).kind).toBe(argv[0])
    expect(piped).toEqual(fromFile)
  })
})

describe('what is no log', () => {
  it.each([
    ['a capture', fixture('cases/mounted-disk/host.tar.gz'), '--capture FILE'],
    ['a domain', fixture('inputs/libvirt-gpu.xml'), 'preflight --vm'],
    ['libvirt’s log of a start', fixture('inputs/qemu-libvirt.log'), 'preflight --vm'],
    ['a program', NODE, 'binary'],
  ])('is called what it is: %s', async (_, inputFile, told) => {
    const { exitCode, stderr } = await tool(['explain'], { inputFile })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(told)
  })

  it('is called what it is: a folder, and the name of a file that is not there', async () => {
    const folder = await execa('sh', ['-c', '"$0" "$1" explain < /', NODE, BIN], {
      reject: false,
    })
    expect(folder).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('a folder') })
    const missing = await tool(['explain', 'nope.log'], { input: '' })
    expect(missing.exitCode).toBe(2)
    expect(missing.stderr).toContain('no log file nope.log')
  })

  it('is shown as it is: numbers that are no text', async () => {
    const { stdout } = await explain([], '{"hello":[1,2,3]}\n')
    expect(stdout).toContain('{"hello":[1,2,3]}')
  })
})

describe('a log of another host than the one chosen', () => {
  it('is told by a driver that cannot have the function there', async () => {
    const log = readFileSync(fixture('logs/nvidia-resume.txt'))
    const { stdout } = await explain(['--demo'], log)
    expect(stdout).toContain('The log is of another host')
    expect(stdout).not.toContain('on the demo host, now')
    expect(JSON.parse((await explain(['--demo', '--json'], log)).stdout).inspected).toBeNull()
  })
})

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
}

async function tool(
  argv: readonly string[],
  input: { input: string | Uint8Array } | { inputFile: string },
) {
  const { stdout, stderr, exitCode } = await execa(NODE, [BIN, ...argv], {
    ...{ ...input, env: {}, extendEnv: false, reject: false },
  })
  return { stdout, stderr, exitCode }
}
