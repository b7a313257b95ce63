import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
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

/** Functions as the shells find them, which is by listing a folder that this machine may not have. */
const FUNCTIONS = ['0000:0a:00.0', '0000:0a:00.1', '0000:0b:00.0']

function withFunctions(script: string): string {
  return script.replaceAll(
    'command ls /sys/bus/pci/devices 2>/dev/null',
    `printf "%s\\n" ${FUNCTIONS.join(' ')}`,
  )
}

describe('bash', () => {
  const script = withFunctions(bashCompletion('vfio-reset', COMMANDS))

  /** What the function offers for a line, as Readline calls it. */
  function offered(line: string): readonly string[] {
    const text = `${script}
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
  const script = withFunctions(fishCompletion('vfio-reset', COMMANDS))

  test.each([
    ['vfio-reset ins', ['inspect']],
    ['vfio-reset inspect --fail-on ', ['refused', 'undetermined']],
    ['vfio-reset inspect 0000:0a', ['0000:0a:00.0', '0000:0a:00.1']],
  ])('%s', (line, words) => {
    const text = `${script}\ncomplete -C ${JSON.stringify(line)}`
    const out = execFileSync('fish', ['--no-config', '-c', text], { encoding: 'utf8' })
    const found = out.split('\n').map((each) => each.split('\t')[0])
    expect(found).toEqual(expect.arrayContaining([...words]))
  })
})

describe.skipIf(isMissing('zsh'))('zsh', () => {
  test('is read without complaint', () => {
    const text = `autoload -Uz compinit; compinit -D -u\n${zshCompletion('vfio-reset', COMMANDS)}\nprint $_comps[vfio-reset]`
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', text], { encoding: 'utf8' })
    expect([stdout.trim(), stderr]).toEqual(['_vfio-reset', ''])
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
