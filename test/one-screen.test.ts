import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../src/text/layout.js'
import { fixturePath, REAL_HOSTS } from './support/fixtures.js'
import type { Run } from './support/run-main.js'
import { runOnTerminal } from './support/run-on-terminal.js'

/** Lines of a terminal of 24 that an answer takes: to one question, or about several things. */
const ONE_ANSWER = 14
const SEVERAL = 22

const LOGS = fileURLToPath(new URL('../fixtures/logs/', import.meta.url))
const TIMEOUT = 300_000

function expectOneScreen({ stdout, stderr, exitCode }: Run, most: number): void {
  const lines = stdout.trimEnd().split('\n')
  expect(exitCode, stderr).toBeLessThan(4)
  expect(lines.length, stdout).toBeLessThanOrEqual(most)
  // A command to be copied is never broken.
  const tooWide = lines.filter((line) => displayWidth(line) > 80 && !line.startsWith('      '))
  expect(tooWide).toEqual([])
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** What is said beside the marks of checks, without their titles. */
function markedSentences(text: string): readonly string[] {
  const marked = inOneLine(text.replace(/^(?=\S)/gm, '\u0000')).split('\u0000')
  return marked.flatMap((part) =>
    part
      .split(/ [✗?!] /)
      .slice(1)
      .map((each) =>
        each
          .replace(/^[^:]+: /, '')
          .replace(/ So of \d+ other functions?\./, '')
          .trim(),
      ),
  )
}

/** How a command line names a fixture. */
function hostOf(name: string): readonly string[] {
  const archive = fixturePath(name, 'tree.tar.gz')
  return existsSync(archive) ? ['--capture', archive] : ['--root', fixturePath(name)]
}

/** Functions to ask about: of each class that people give away the first, and one that is a bridge. */
async function samplesOf(host: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runOnTerminal('inspect', ...host, '--json', '-n')
  const { devices } = JSON.parse(stdout) as { devices: { address: string; classCode: unknown }[] }
  const found = new Map<string, string>()
  for (const { address, classCode } of devices) {
    const kind = typeof classCode === 'string' ? classCode.slice(0, 2) : 'unknown'
    if (!found.has(kind)) found.set(kind, address)
  }
  return ['03', '02', '01', '0c', '06', '12'].flatMap((kind) => found.get(kind) ?? [])
}

describe('explain', () => {
  const logs = readdirSync(LOGS).filter((name) => name.endsWith('.txt'))

  it.each(logs)('%s', { timeout: TIMEOUT }, async (name) => {
    expectOneScreen(await runOnTerminal('explain', readFileSync(join(LOGS, name), 'utf8')), SEVERAL)
  })
})

describe.each(['--demo', ...REAL_HOSTS])('%s', (name) => {
  const host = name === '--demo' ? [name] : hostOf(name)

  it('inspect: all of it, one function, and all functions', { timeout: TIMEOUT }, async () => {
    expectOneScreen(await runOnTerminal('inspect', ...host), SEVERAL)
    const samples = await samplesOf(host)
    for (const address of samples) {
      const short = await runOnTerminal('inspect', ...host, address)
      expectOneScreen(short, ONE_ANSWER)
      const whole = await runOnTerminal('inspect', ...host, address, '--why')
      const [answer = ''] = inOneLine(short.stdout).split(/(?<=\.) /)
      expect(inOneLine(whole.stdout).startsWith(answer)).toBe(true)
    }
    if (samples.length > 1)
      expectOneScreen(await runOnTerminal('inspect', ...host, ...samples), SEVERAL)
  })

  it('reset of one function, as a dry run', { timeout: TIMEOUT }, async () => {
    for (const address of await samplesOf(host)) {
      const { stdout, stderr, exitCode } = await runOnTerminal('reset', ...host, address)
      // A bridge is none that anybody can ask for.
      if (stdout === '') expect([exitCode, stderr]).toEqual([2, expect.stringContaining(address)])
      else expectOneScreen({ stdout, stderr, exitCode }, ONE_ANSWER)
    }
  })

  it('preflight of one function, of which --why says the same', { timeout: TIMEOUT }, async () => {
    for (const address of await samplesOf(host)) {
      const short = await runOnTerminal('preflight', ...host, address)
      expectOneScreen(short, ONE_ANSWER)
      const whole = await runOnTerminal('preflight', ...host, address, '--why')
      expect(whole.exitCode).toBe(short.exitCode)
      for (const told of markedSentences(short.stdout))
        expect(inOneLine(whole.stdout)).toContain(told)
    }
  })
})
