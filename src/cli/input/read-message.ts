import { fstatSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'
import { type LogReading, readLog } from '../../explain/log/read-log.js'
import { decoderFor, ENCODING_SAMPLE } from '../../explain/log/text-encoding.js'
import { attempt } from '../../host/tree/failure.js'
import { watched } from '../../host/watch/watch.js'
import { UsageError } from '../errors.js'
import { refuseOther, sample } from './other-input.js'
import { STDIN, standardInput } from './standard-input.js'

/** Bytes of a log that are read. It is read line by line, so this bounds the time, not the memory. */
const LOG_LIMIT = 512 * 1024 * 1024

/** Characters of one line that are kept: what comes after is thrown away, so that no line can fill the memory. */
const LINE_KEPT = 128 * 1024

/** The messages in the words of a command line; without any, or with `-`, those of a log on standard input. */
export function readMessages(words: readonly string[]): LogReading | Promise<LogReading> {
  const isGiven = words.length > 0 && words.join(' ') !== STDIN
  return isGiven ? readMessageWords(words) : readMessageStream()
}

function readMessageWords(words: readonly string[]): LogReading {
  const text = words.join(' ')
  if (text.trim() === '') throw nothing()
  if (words.length === 1 && isFile(text)) {
    throw new UsageError(`"${text}" is a file, not a message.`, {
      hint: `To explain what is in it: vfio-reset explain < ${text}`,
    })
  }
  const reading = readLines(text.split('\n'))
  if (reading.messages.length === 0 && words.length === 1 && isFileName(text)) {
    throw new UsageError(`There is no log file ${text}, and it is no message.`, {
      hint: 'A log is given by: vfio-reset explain < FILE',
    })
  }
  if (reading.messages.length > 0 || reading.lines === 1) return reading
  // Copied from a terminal, a message is cut where the terminal ended.
  const joined = readLines([joinLines(text)])
  return joined.messages.length > 0 ? joined : reading
}

/** Whether a word is meant as the name of a file: no message is one word like that. */
function isFileName(text: string): boolean {
  return !/[\s:]/.test(text) && (text.includes('/') || FILE_ENDING.test(text))
}

const FILE_ENDING = /\.(?:log|txt|out|xml|conf|json|gz|xz|zst|tgz|tar)$/i

function joinLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

function readLines(lines: readonly string[]): LogReading {
  const log = readLog()
  for (const line of lines) log.take(line)
  return log.finish()
}

/** Throws a UsageError where there is no log, or nobody would end it. */
async function readMessageStream(): Promise<LogReading> {
  const input = standardInput()
  if (isatty(0)) {
    throw new UsageError('There is no message to explain.', {
      hint: 'Give it in quotes, or a log on standard input: journalctl -b | vfio-reset explain',
    })
  }
  if (isDirectory()) {
    throw new UsageError('Standard input is a folder, not a log.', {
      hint: 'Give the file: vfio-reset explain < FILE. The folder of a copied host: --root DIR.',
    })
  }
  const log = readLog()
  const lines = lineCutter(log.take)
  const text = textDecoder(lines.take)
  let bytes = 0
  const start = sample()
  for await (const chunk of input) {
    const piece: Uint8Array = chunk
    bytes += piece.length
    if (bytes > LOG_LIMIT) {
      throw new UsageError('The log is larger than 512 MiB.', {
        hint: 'Give the part around the failure, such as: journalctl --since -1h | vfio-reset explain',
      })
    }
    start.take(piece)
    text.take(piece)
  }
  text.end()
  lines.end()
  const reading = log.finish()
  if (reading.lines === 0) throw nothing()
  if (reading.messages.length === 0) refuseOther(start.bytes())
  return reading
}

/** Node reads nothing of a folder, and says nothing of it. */
function isDirectory(): boolean {
  return attempt(() => fstatSync(0).isDirectory()) === true
}

function nothing(): UsageError {
  return new UsageError('There is nothing to explain: the text is empty.', {
    hint: 'Give the message in quotes, or a log on standard input.',
  })
}

/** People give the log's name where its text is wanted. What no file can be called, or nobody may look at, is a message. */
function isFile(text: string): boolean {
  if (text.includes('\n')) return false
  const look = () => attempt(() => statSync(text, { throwIfNoEntry: false })?.isFile())
  return watched(text, look) === true
}

/** Decodes a stream of bytes, once enough of it has come to tell how it is written. */
function textDecoder(take: (text: string) => void) {
  let decoder: ReturnType<typeof decoderFor> | null = null
  let start = new Uint8Array()
  const begin = () => {
    const chosen = decoderFor(start)
    decoder = chosen
    take(chosen.decode(start, { stream: true }))
    return chosen
  }
  return {
    take(piece: Uint8Array): void {
      if (decoder !== null) {
        take(decoder.decode(piece, { stream: true }))
        return
      }
      start = Buffer.concat([start, piece])
      if (start.length >= ENCODING_SAMPLE) begin()
    },
    end: (): void => take((decoder ?? begin()).decode()),
  }
}

/** Cuts a stream of text into lines. */
function lineCutter(take: (line: string) => void) {
  let rest = ''
  const add = (text: string): void => {
    if (rest.length < LINE_KEPT) rest += text.slice(0, LINE_KEPT)
  }
  return {
    take(text: string): void {
      let from = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        add(text.slice(from, end))
        take(rest)
        rest = ''
        from = end + 1
      }
      add(text.slice(from))
    },
    end(): void {
      if (rest !== '') take(rest)
      rest = ''
    },
  }
}
