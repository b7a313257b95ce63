import { escapeTerminal } from '../text/escape.js'
import { UsageError } from './errors.js'

/** Asks a person; null: there is no terminal to ask at. An answer that was broken off is empty. */
export type Ask = (question: string) => Promise<string | null>

export interface Confirmation {
  /** The word to be typed. */
  readonly word: string
  /** `--yes`: the answer of a script. */
  readonly yes: boolean
  /** What would be done, as the end of the sentence "Nothing was done: …". */
  readonly deed: string
}

/** Throws unless somebody said that the hardware may be touched. */
export async function confirm(ask: Ask, { word, yes, deed }: Confirmation): Promise<void> {
  if (yes) return
  const answer = await ask(`Type ${word} to go on: `)
  if (answer === null) {
    throw new UsageError(`Nothing was done: ${deed}, and there is no terminal to ask at.`, {
      hint: '--yes answers for a script.',
    })
  }
  if (answer.trim() === word) return
  throw new UsageError(`Nothing was done: the answer was not "${word}".`)
}

/** Asks on stderr, since stdout holds nothing but the answer. */
export async function askOnTerminal(question: string): Promise<string | null> {
  const { stdin: input, stderr: output } = process
  if (input.isTTY !== true || output.isTTY !== true) return null
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input, output })
  const broken = new Promise<string>((resolve) => {
    // Without a listener Ctrl-C would leave the question unanswered and end the process as if all were well.
    lines.once('SIGINT', () => resolve(''))
    lines.once('close', () => resolve(''))
  })
  try {
    return await Promise.race([lines.question(escapeTerminal(question)), broken])
  } finally {
    lines.close()
  }
}
