import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bashCompletion } from '../../src/completion/bash.js'
import type { CommandSpec } from '../../src/completion/command-spec.js'
import { fishCompletion } from '../../src/completion/fish.js'
import { zshCompletion } from '../../src/completion/zsh.js'
import { runMain } from '../support/run-main.js'

const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'inspect',
    summary: "what [a] function's reset affects: all of it",
    words: { kind: 'function' },
    flags: [
      { name: 'json', char: null, summary: 'as JSON', value: null },
      {
        name: 'fail-on',
        char: 'f',
        summary: 'when to fail',
        value: { kind: 'one-of', words: ['refused', 'undetermined'] },
      },
      { name: 'root', char: null, summary: 'a tree', value: { kind: 'folder' } },
    ],
  },
  { name: 'policies', summary: 'the rules', words: { kind: 'text' }, flags: [] },
]

const FUNCTIONS = ['0000:0a:00.0', '0000:0a:00.1', '0000:0b:00.0']

/** What only a tree that somebody made can hold. */
const HOSTILE = [
  '$(touch run)',
  '`touch run`',
  '0000:0a:00.0;touch run',
  '0000:0a\ntouch run',
  '0000:0a:00.0 --execute',
  '--json',
  '-0000:0a:00.0',
  '*',
  'it\'s "quoted"',
  '\u001b[31m0000:0a:00.0',
]

let listed = ''
beforeAll(() => {
  listed = mkdtempSync(join(tmpdir(), 'vfio-reset-listed-'))
  for (const name of [...FUNCTIONS, ...HOSTILE]) mkdirSync(join(listed, name))
})
afterAll(() => rmSync(listed, { recursive: true, force: true }))

/** Lists a folder instead of this machine's. */
function withFunctions(script: string): string {
  expect(script).toContain('/sys/bus/pci/devices')
  return script.replaceAll('/sys/bus/pci/devices', listed)
}

describe('bash', () => {
  /** What the function offers for a line, as Readline calls it. */
  function offered(line: string): readonly string[] {
    const text = `${withFunctions(bashCompletion('vfio-reset', COMMANDS))}
compopt() { :; }
COMP_LINE=$1; COMP_POINT=\${#1}; COMP_WORDBREAKS=$' \\t\\n"><=;|&(:'
_vfio_reset
printf '%s\\n' "\${COMPREPLY[@]}"`
    const out = execFileSync('bash', ['-c', text, 'bash', line], { encoding: 'utf8' })
    return out.split('\n').filter((each) => each !== '')
  }

  test.each([
    ['vfio-reset ins', ['inspect']],
    ['vfio-reset help po', ['policies']],
    ['vfio-reset inspect --f', ['--fail-on']],
    ['vfio-reset inspect --fail-on ', ['refused', 'undetermined']],
    ['vfio-reset inspect -f und', ['undetermined']],
    ['vfio-reset inspect ', FUNCTIONS],
    ['vfio-reset inspect 0000', FUNCTIONS],
    // What stands before the last colon stays on the line.
    ['vfio-reset inspect 0000:0a:', ['00.0', '00.1']],
    ['vfio-reset inspect --json 0000:0b:', ['00.0']],
    ['vfio-reset nothing ', []],
  ])('%s', (line, words) => {
    expect(offered(line)).toEqual(words)
  })
})

describe.skipIf(isMissing('fish'))('fish', () => {
  test.each([
    ['vfio-reset ins', ['inspect']],
    ['vfio-reset inspect --fail-on ', ['refused', 'undetermined']],
    ['vfio-reset inspect 0000:0a', ['0000:0a:00.0', '0000:0a:00.1']],
    ['vfio-reset inspect ', FUNCTIONS],
  ])('%s', (line, words) => {
    const text = `${withFunctions(fishCompletion('vfio-reset', COMMANDS))}\ncomplete -C ${JSON.stringify(line)}`
    const out = execFileSync('fish', ['--no-config', '-c', text], { encoding: 'utf8' })
    const found = out.split('\n').map((each) => each.split('\t')[0])
    expect(found.filter((each) => each !== '')).toEqual(words)
  })
})

describe.skipIf(isMissing('zsh'))('zsh', () => {
  test('is read without complaint', () => {
    const text = `autoload -Uz compinit; compinit -D -u\n${zshCompletion('vfio-reset', COMMANDS)}\nprint $_comps[vfio-reset]`
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', text], { encoding: 'utf8' })
    expect([stdout.trim(), stderr]).toEqual(['_vfio-reset', ''])
  })

  test('offers the functions', () => {
    const text = `compdef() { : }
${withFunctions(zshCompletion('vfio-reset', COMMANDS))}
compadd() { print -rl -- "\${(P@)argv[-1]}" }
_vfio-reset_functions`
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', text], { encoding: 'utf8' })
    expect([stdout.trim().split('\n'), stderr]).toEqual([FUNCTIONS, ''])
  })
})

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s knows every command, itself too', async (shell) => {
    const { stdout } = await runMain('completion', shell)
    for (const name of ['inspect', 'preflight', 'completion']) expect(stdout).toContain(name)
  })

  test('captures are files, and functions those of the host', async () => {
    const { stdout } = await runMain('completion', 'bash')
    const section = (name: string) => stdout.split(`\n  ${name})\n`)[1]?.split('\n    ;;')[0] ?? ''
    expect(section('export')).toMatch(/--baseline\b.*\) _vfio_reset_paths -f/)
    expect(section('wait')).toContain('_vfio_reset_functions')
  })

  test('another shell is refused', async () => {
    const { exitCode, stderr } = await runMain('completion', 'csh')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('csh')])
  })
})

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined
}
