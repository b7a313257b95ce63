import { escapeJson, escapeTerminal, PLAIN, UNSAFE } from './escape.js'
import { once } from './lists.js'
import type { Style } from './style.js'

/**
 * Text that may go to a stream: nothing in it acts on a terminal but line breaks and the colours of `paint`. It is made here
 * and nowhere else, and streams take nothing else, so that no foreign string gets to a terminal as it is.
 */
export type Printable = string & { readonly brand: 'Printable' }

/** Colours of `paint`, and what could act. The colours come first, so that they are found as a whole. */
const colored = once(() => new RegExp(`\\u001b\\[(?:[12]|22|3[1239])m|${UNSAFE.source}`, 'gu'))

/** Laid-out lines, one below the other. What a line holds does not end it: a line break in a name is escaped too. */
export function printableLines(
  lines: readonly string[],
  { color }: Pick<Style, 'color'>,
): Printable {
  const clean = lines.map((line) => {
    if (PLAIN.test(line)) return line
    return color ? escapeAllButColor(line) : escapeTerminal(line)
  })
  return made(clean.map((line) => `${line}\n`).join(''))
}

/** A text of sentences that quote foreign strings, without layout: one line each. */
export function printableSentences(...sentences: readonly string[]): Printable {
  return printableLines(sentences, { color: false })
}

/** A document in a language of its own, such as a page or a drawing: its line breaks are its own. */
export function printableDocument(text: string): Printable {
  return made(text.split('\n').map(escapeTerminal).join('\n'))
}

/** A piece of serialised JSON, which says the same as before to any reader. */
export function printableJson(json: string): Printable {
  return made(escapeJson(json))
}

/** A question without a line break at its end, such as a prompt. */
export function printableWords(text: string): Printable {
  return made(escapeTerminal(text))
}

/** One after the other, with so many empty lines between. */
export function joinPrintable(texts: readonly Printable[], emptyLines = 0): Printable {
  return made(texts.join('\n'.repeat(emptyLines)))
}

function escapeAllButColor(line: string): string {
  return line.replace(colored(), (found) => (found.length > 2 ? found : escapeTerminal(found)))
}

// Everything above has been escaped.
function made(text: string): Printable {
  return text as Printable
}
