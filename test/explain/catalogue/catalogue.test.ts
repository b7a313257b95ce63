import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/explain/catalogue/catalogue.js'
import { DIAGNOSES, type DiagnosisId } from '../../../src/explain/catalogue/diagnosis.js'
import { BECOMES, FOLLOWS } from '../../../src/explain/catalogue/follows.js'
import { SOURCE_URLS } from '../../../src/explain/catalogue/message.js'
import { fixedWords } from '../../../src/explain/catalogue/template.js'
import { DIAGNOSIS_WORDS } from '../../../src/explain/catalogue/words/diagnosis-words.js'
import { cleanLine } from '../../../src/explain/log/clean-line.js'
import { readLog } from '../../../src/explain/log/read-log.js'
import { mayBeKnown, recognise } from '../../../src/explain/log/recognise.js'
import { filledText } from '../filled-text.js'
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

it('finds every row in its own text, and no other before it that says something else', () => {
  const lost = CATALOGUE.flatMap((known) => {
    const found = recognise(filledText(known))?.message.known
    return found === known || found?.id === known.id ? [] : [[known.text, found?.text]]
  })
  expect(lost).toEqual([])
})

it('finds every row behind a prefix of a log and in the JSON of journald', () => {
  const lost = CATALOGUE.filter(({ text }) => !text.startsWith('^')).flatMap((known) => {
    const text = filledText(known)
    const lines = [
      `Jun 15 11:58:45 pve kernel: ${text}`,
      `[  188.562656] ${text}`,
      JSON.stringify({ MESSAGE: text, PRIORITY: '3' }),
      JSON.stringify({ MESSAGE: [...Buffer.from(text)] }),
    ]
    return lines.filter(
      (line) => recognise(cleanLine(line).texts[0] ?? '')?.message.id === undefined,
    )
  })
  expect(lost).toEqual([])
})

it('passes every known text by the first look at a line', () => {
  const plain = CATALOGUE.map(({ text }) => fixedWords(text)).filter((text) => !mayBeKnown(text))
  expect(plain).toEqual([])
  expect(mayBeKnown('systemd[1]: Started Session 12 of User somebody.')).toBe(false)
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
  const given = new Set([...MESSAGES.map(({ id }) => id), ...BECOMES.map(({ becomes }) => becomes)])
  expect(Object.keys(DIAGNOSIS_WORDS).filter((id) => !given.has(id))).toEqual([])
})

it('has an answer of its own wherever only more than the text can tell', () => {
  const silent = Object.entries(DIAGNOSES).filter(
    ([id, { weight }]) =>
      weight === 'cannot-tell' && DIAGNOSIS_WORDS[id as DiagnosisId].answer === undefined,
  )
  expect(silent).toEqual([])
})

it('words every diagnosis in sentences, with a clause for its title', () => {
  for (const [id, { title, answer, meaning, hint }] of Object.entries(DIAGNOSIS_WORDS)) {
    expect(title, id).toMatch(/^[^.]+$/)
    expect(meaning, id).toMatch(/^\S.*\.$/s)
    if (answer !== undefined) expect(answer, id).toMatch(/^[A-Z].*\.$/)
    const hints = hint === null ? [] : typeof hint === 'string' ? [hint] : Object.values(hint)
    for (const each of hints) expect(each, id).toMatch(/\.$/)
  }
})

it('has no diagnosis that follows from what follows from it', () => {
  for (const [id, followers] of Object.entries(FOLLOWS)) {
    for (const follower of followers) {
      expect(FOLLOWS[follower] ?? [], `${id} and ${follower}`).not.toContain(id)
    }
  }
})
