import { describe, expect, it } from 'vitest'
import { decideTerminal } from '../../../src/cli/output/terminal.js'

type Env = Readonly<Record<string, string>>

const onTerminal = (env: Env, columns?: number) =>
  decideTerminal({ isTerminal: true, columns, env })
const onPipe = (env: Env) => decideTerminal({ isTerminal: false, columns: undefined, env })

describe('colour', () => {
  it('stands on a terminal, not in a pipe', () => {
    expect(onTerminal({ TERM: 'xterm' }).color).toBe(true)
    expect(onPipe({ TERM: 'xterm' }).color).toBe(false)
  })

  it.each<[Env, boolean]>([
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('on a terminal with %j: %s', (env, color) => {
    expect(onTerminal(env).color).toBe(color)
  })

  it('is forced into a pipe by FORCE_COLOR', () => {
    expect(onPipe({ FORCE_COLOR: '1' }).color).toBe(true)
    expect(onPipe({ FORCE_COLOR: '' }).color).toBe(false)
  })
})

describe('character set', () => {
  it.each<[Env, boolean]>([
    [{}, false],
    [{ LANG: 'C' }, false],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
  ])('with %j is Unicode: %s', (env, unicode) => {
    expect(onTerminal(env).unicode).toBe(unicode)
    expect(onPipe(env).unicode).toBe(unicode)
  })
})

describe('width', () => {
  it('is what the terminal says, and 80 when it says nothing', () => {
    expect(onTerminal({}, 132).width).toBe(132)
    expect(onTerminal({}, 0).width).toBe(80)
    expect(onTerminal({}).width).toBe(80)
  })

  it('has no limit in a pipe, unless COLUMNS sets one', () => {
    expect(onPipe({}).width).toBeNull()
    expect(onPipe({ COLUMNS: '100' }).width).toBe(100)
    expect(onPipe({ COLUMNS: 'wide' }).width).toBeNull()
  })

  it('is never less than can be laid out for', () => {
    expect(onTerminal({}, 7).width).toBe(40)
  })
})
