import { parse } from 'shell-quote'
import { type InputProblem, isInputProblem } from './vm-input.js'

/**
 * The words of a command line as a file holds it: with NULs as in `/proc/PID/cmdline`, or as a shell would split it, over
 * several lines as libvirt logs it. Variables and patterns stay as they are written; nothing is run or looked up.
 */
export function commandWords(text: string): readonly string[] | InputProblem {
  if (text.includes('\0')) {
    const words = text.split('\0').filter((word) => word !== '')
    return words.length > MOST_WORDS ? TOO_MANY : words
  }
  return shellWords(text)
}

/** The same of one line in which `#` is a character like any other. */
export function argumentWords(line: string): readonly string[] | InputProblem {
  const words = shellWords(line.replaceAll('#', HASH))
  return isInputProblem(words) ? words : words.map((word) => word.replaceAll(HASH, '#'))
}

/** Stands for `#`, after which the library would see a comment. */
const HASH = '\u{e001}'

function shellWords(text: string): readonly string[] | InputProblem {
  // Line by line, since a comment or a stray quote in a log must not swallow what follows.
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n')
  const words: string[] = []
  for (const [index, line] of lines.entries()) {
    if (words.length > MOST_WORDS) return TOO_MANY
    const split = line.length > LONGEST_LINE ? null : wordsOf(line)
    if (split === null) return { problem: 'it cannot be split into words', line: index + 1 }
    for (const word of split) words.push(word)
  }
  return words
}

/** Characters of a line, which is more than Linux takes as one argument; the library needs seconds for a million. */
const LONGEST_LINE = 262_144

const MOST_WORDS = 100_000

const TOO_MANY: InputProblem = { problem: `it has more than ${MOST_WORDS} words`, line: null }

/** Stands for `$` while the line is split: the library would look for a variable there, and fail at `${`. */
const DOLLAR = '\u{e000}'

/** null: the library gives up on the line. */
function wordsOf(line: string): readonly string[] | null {
  try {
    return parse(line.replaceAll('$', DOLLAR)).flatMap((entry) => {
      if (typeof entry === 'string') return [entry.replaceAll(DOLLAR, '$')]
      return 'pattern' in entry ? [entry.pattern.replaceAll(DOLLAR, '$')] : []
    })
  } catch {
    return null
  }
}

/** Whether a word holds a variable or a command, so that a shell makes something else of it. */
export function isVariable(word: string): boolean {
  return /\$(?:[A-Za-z_{(@*1-9]|$)|`/.test(word)
}
