import { describe, expect, it } from 'vitest'
import { cleanLine, TEXT_LIMIT } from '../../../src/explain/log/clean-line.js'

const TEXT = 'vfio-pci 0000:01:00.0: resetting'

describe('what logs put around a message', () => {
  it.each([
    ['nothing', TEXT],
    ['dmesg', `[  188.562656] ${TEXT}`],
    ['dmesg with the caller', `[  188.562656][T12345] ${TEXT}`],
    ['dmesg -T', `[Mon Jan  1 00:00:00 2024] ${TEXT}`],
    ['the raw ring', `<6>[  188.562656] ${TEXT}`],
    ['journalctl', `Jul 26 14:11:14 pve2 kernel: ${TEXT}`],
    ['journalctl without host', `Jun 15 11:58:44   kernel: ${TEXT}`],
    [
      'journalctl -o short-iso',
      `2026-07-26T14:11:14+0200 pve2 kernel: ${TEXT}`.replace('pve2 ', ''),
    ],
    ['a container runtime', `2026-01-01T00:00:00.123456789Z stderr F ${TEXT}`],
    [
      'docker',
      JSON.stringify({ log: `${TEXT}\n`, stream: 'stderr', time: '2026-01-01T00:00:00Z' }),
    ],
    ['colour', `\u001b[31m${TEXT}\u001b[0m`],
    ['a carriage return', `${TEXT}\r`],
  ])('%s', (_, line) => {
    expect(cleanLine(line).texts).toContain(TEXT)
  })

  it('journalctl -o json, with a message of bytes too', () => {
    const record = { MESSAGE: TEXT, PRIORITY: '6', _HOSTNAME: 'pve2' }
    expect(cleanLine(JSON.stringify(record)).texts).toContain(TEXT)
    const bytes = { MESSAGE: [...Buffer.from(`\u001b[1m${TEXT}`)] }
    expect(cleanLine(JSON.stringify(bytes)).texts).toEqual([TEXT])
  })

  it('virt-launcher, whose reason holds lines of its own', () => {
    const reason = `virError(Code=1, Message='internal error: one\\ntwo')`
    const line = JSON.stringify({ component: 'virt-launcher', level: 'error', msg: 'a', reason })
    expect(cleanLine(line).texts).toEqual([
      'virt-launcher',
      'error',
      'a',
      "virError(Code=1, Message='internal error: one",
      "two')",
    ])
  })
})

it('leaves a line with braces that is no JSON as it is', () => {
  const line = 'qemu: -device {"driver":"vfio-pci"}: vfio 0000:09:00.0: group 2 is not viable {}'
  expect(cleanLine(line).texts).toEqual([line])
})

it('has nothing for an empty line, and bounds a long one', () => {
  expect(cleanLine('   ').texts).toEqual([])
  expect(cleanLine('[  1.000000] ').texts).toEqual(['[  1.000000]'])
  const pieces = cleanLine('x'.repeat(1_000_000)).texts
  expect(pieces[0]).toBe('x'.repeat(TEXT_LIMIT))
  expect(pieces.length).toBeLessThan(50)
})

it('looks into deep and wide records only so far', () => {
  const deep = `${'{"a":'.repeat(5_000)}"x"${'}'.repeat(5_000)}`
  expect(cleanLine(deep).texts).toEqual(expect.any(Array))
  const wide = JSON.stringify(
    Array.from({ length: 10_000 }, (_, place) => ({ place: `m${place}` })),
  )
  expect(cleanLine(`{"all":${wide}}`).texts.length).toBeLessThanOrEqual(64)
})
