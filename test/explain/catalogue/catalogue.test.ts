import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/explain/catalogue/catalogue.js'
import { DIAGNOSIS_WORDS } from '../../../src/explain/catalogue/diagnosis-words.js'
import { SOURCE_URLS } from '../../../src/explain/catalogue/message.js'
import { fixedWords } from '../../../src/explain/catalogue/template.js'
import { messagesIn } from '../../../src/explain/log/clean-line.js'
import { mayMatter, readLog } from '../../../src/explain/log/read-log.js'
import { recognise } from '../../../src/explain/log/recognise.js'
import { fixtureMessages } from '../fixture-messages.js'

const MESSAGES = fixtureMessages()

describe('lines that programs really print', () => {
  it.each(MESSAGES)('$from: $line', ({ id, line, device, groups, errno }) => {
    const log = readLog()
    log.take(line)
    const { messages, unknown } = log.finish()
    expect(unknown).toEqual([])
    expect(messages).toHaveLength(1)
    const [first] = messages
    expect(first?.message.id).toBe(id)
    expect(first?.message.device ?? undefined).toBe(device)
    expect(first?.message.groups).toEqual(groups ?? [])
    if (errno !== undefined) expect(first?.message.errno).toBe(errno)
  })
})

it('has a line for every row of the catalogue', () => {
  const seen = new Set(
    MESSAGES.flatMap(({ line }) => messagesIn(line).map((text) => recognise(text)?.known)),
  )
  expect(CATALOGUE.filter((known) => !seen.has(known)).map(({ text }) => text)).toEqual([])
})

it('passes every known text by the first look at a line', () => {
  const plain = CATALOGUE.map(({ text }) => fixedWords(text)).filter((text) => !mayMatter(text))
  expect(plain).toEqual([])
  expect(mayMatter('systemd[1]: Started Session 12 of User somebody.')).toBe(false)
})

it('has no row twice, a source for each, and none without words', () => {
  const keys = CATALOGUE.map(({ origin, text }) => `${origin} ${text}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { id, project, file } of CATALOGUE) {
    expect(DIAGNOSIS_WORDS[id].meaning).not.toBe('')
    expect(SOURCE_URLS[project] + file).toMatch(/^https:\/\/\S+$/)
  }
})

it('has no words for a diagnosis that nothing can give', () => {
  const given = new Set(MESSAGES.map(({ id }) => id))
  expect(Object.keys(DIAGNOSIS_WORDS).filter((id) => !given.has(id))).toEqual([])
})
