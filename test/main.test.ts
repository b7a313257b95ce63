import { describe, expect, it } from 'vitest'
import { TOOL } from '../src/cli/tool.js'
import { type Run, runMain } from './support/run-main.js'

const told = (run: Run): unknown => JSON.parse(run.stdout)

describe('a command line that cannot be understood', () => {
  it.each<[readonly string[], string, string]>([
    [['inspct'], 'Unknown command "inspct".', 'Did you mean "inspect"?'],
    [['65:00.0'], 'Unknown command "65:00.0".', 'Did you mean `vfio-reset inspect 65:00.0`?'],
    [['xyzzy'], 'Unknown command "xyzzy".', '`vfio-reset --help` lists the commands.'],
    [['xyzzy', '--help'], 'Unknown command "xyzzy".', '`vfio-reset --help` lists the commands.'],
    [['toString'], 'Unknown command "toString".', '`vfio-reset --help` lists the commands.'],
    [
      ['--root', '/', 'inspect'],
      'Expected a command before "--root".',
      '`vfio-reset --help` lists the commands.',
    ],
    [['inspect', '--rot', '/'], 'Unknown flag "--rot".', 'Did you mean --root?'],
    [['inspect', '--rot=/x\ny'], 'Unknown flag "--rot".', 'Did you mean --root?'],
    [
      ['inspect', '--xyzzy', '-q'],
      'Unknown flag "--xyzzy", "-q".',
      '`vfio-reset inspect --help` lists the flags.',
    ],
    [
      ['doctor', 'extra'],
      'Unexpected argument "extra".',
      '`vfio-reset doctor --help` lists what it accepts.',
    ],
    [
      ['inspect', '--kernel'],
      'Flag --kernel expects a value.',
      '`vfio-reset inspect --help` lists what it accepts.',
    ],
    [
      ['inspect', '--fail-on', 'never'],
      'Expected --fail-on=never to be one of: refused, undetermined.',
      '`vfio-reset inspect --help` lists what it accepts.',
    ],
    [
      ['inspect', '--root', '/a', '--capture', 'b'],
      '--capture does not go with --root.',
      '`vfio-reset inspect --help` lists what it accepts.',
    ],
    [['wait', '0a:00.0'], 'Missing --for.', '`vfio-reset wait --help` lists what it accepts.'],
    [
      ['inspect', '--columns', 'driver'],
      '--columns goes with --output.',
      '`vfio-reset inspect --help` lists what it accepts.',
    ],
  ])('%j: one sentence, exit 2, and the same as JSON', async (argv, message, hint) => {
    expect(await runMain(...argv)).toEqual({
      stdout: '',
      stderr: `vfio-reset: ${message}\n  ${hint}\n`,
      exitCode: 2,
    })
    const asJson = await runMain(...argv, '--json')
    expect(told(asJson)).toEqual({
      schemaVersion: 2,
      kind: 'error',
      tool: TOOL,
      error: { message, hint, path: null, errno: null },
      exitCode: 2,
    })
    expect(asJson.stderr).toContain(`vfio-reset: ${message}\n`)
    expect(asJson.exitCode).toBe(2)
  })

  it('does not take an empty value for no value', async () => {
    const run = await runMain('inspect', '--root', '')
    expect(run.stderr).toMatch(/^vfio-reset: --root expects a value, but it is empty\.\n/)
    expect(run.exitCode).toBe(2)
  })
})

it('tells its version as oclif does', async () => {
  const { stdout, exitCode } = await runMain('--version')
  const platform = `${process.platform}-${process.arch}`
  expect(stdout).toBe(`vfio-reset/${TOOL.version} ${platform} node-${process.version}\n`)
  expect(exitCode).toBe(0)
})
