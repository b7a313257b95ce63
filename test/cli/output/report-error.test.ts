import { describe, expect, it } from 'vitest'
import { HostError, UsageError } from '../../../src/cli/errors.js'
import { describeError, errorText, reportError } from '../../../src/cli/output/report-error.js'
import { TOOL } from '../../../src/cli/tool.js'
import { divert } from '../../support/run-main.js'

describe('describeError', () => {
  it('gives the document of the contract, every field present', () => {
    const error = new HostError('Cannot list /sys.', { path: '/sys', errno: 'EACCES' })
    expect(describeError(error)).toStrictEqual({
      schemaVersion: 2,
      kind: 'error',
      tool: TOOL,
      error: { message: 'Cannot list /sys.', hint: null, path: '/sys', errno: 'EACCES' },
      exitCode: 3,
    })
  })

  it('tells of a bug the first line only, and how to report it', () => {
    const document = describeError(new RangeError('bad bus\nsecond line'))
    expect(document.exitCode).toBe(70)
    expect(document.error.message).toBe('Internal error: RangeError: bad bus')
    expect(document.error.hint).toContain('report')
  })

  it('takes no fields from an error that is not ours', () => {
    const error = Object.assign(new Error('x'), { path: '/home/someone', hint: 'y' })
    expect(describeError(error).error).toMatchObject({ path: null, errno: null })
  })
})

describe('errorText', () => {
  const textOf = (error: unknown) => errorText(error, describeError(error))

  it('is the sentence and the hint, without a stack', () => {
    const error = new UsageError('Unknown flag "--rot".', { hint: 'Did you mean --root?' })
    expect(textOf(error)).toBe('vfio-reset: Unknown flag "--rot".\n  Did you mean --root?\n')
  })

  it('lists what could have been meant, one a line, and nothing from a name acts on the terminal', () => {
    const error = new UsageError('DEVICE names 2 functions.', {
      hint: 'Name one.',
      choices: ['0000:01:00.0  Evil \u001b[2J\nCorp', '0000:01:00.1'],
    })
    expect(textOf(error)).toBe(
      'vfio-reset: DEVICE names 2 functions.\n  Name one.\n    0000:01:00.0  Evil \\x1b[2J\\x0aCorp\n    0000:01:00.1\n',
    )
    expect(describeError(error).error.hint).toBe(
      'Name one. 0000:01:00.0  Evil \u001b[2J\nCorp; 0000:01:00.1',
    )
  })

  it('shows where a bug happened, and in which release', () => {
    const text = textOf(new TypeError('x is undefined'))
    expect(text).toMatch(/^vfio-reset: Internal error: TypeError: x is undefined\n {4}at /)
    expect(text).toContain(`vfio-reset ${TOOL.version}, node ${process.version}`)
  })

  it('copes with a thrown value that is no error', () => {
    expect(textOf('torn')).toContain('Internal error: torn\n')
  })

  it('lets nothing from a path act on the terminal', () => {
    const error = new UsageError('Cannot read \u001b[2J\u202eevil.')
    expect(textOf(error)).toBe('vfio-reset: Cannot read \\x1b[2J\\u{202e}evil.\n')
  })
})

it.each([
  ['too many open files', Object.assign(new Error('x'), { code: 'EMFILE' })],
  ['what only the message tells', new Error('Initialization failure: EMFILE')],
  ['no space', Object.assign(new Error('x'), { code: 'ENOSPC' })],
])('%s is the machine, told in one sentence', async (_, error) => {
  const stderr = divert(process.stderr)
  try {
    expect(await reportError(error, { json: false })).toBe(3)
    expect(stderr.text()).toMatch(/^vfio-reset: The system refuses: [^\n]*\.\n(?: {2}[^\n]*\n)?$/)
  } finally {
    stderr.restore()
  }
})
