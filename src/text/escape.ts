import { hex } from './hex.js'

/**
 * Characters that could move the cursor, change what was already written or reverse the reading order: C0 and C1 controls,
 * DEL, bidirectional marks, embeddings, overrides and isolates, zero-width characters, line and paragraph separators,
 * halves of surrogate pairs (by their numbers: to look up their category takes longer than all else that is loaded here).
 */
export const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu

/** Nearly every text: nothing in it to be looked at. ASCII; dashes, quotes and dots; arrows, lines of tables and ticks. */
export const PLAIN = /^[ -~\u2010-\u2027\u2190-\u21ff\u2500-\u257f\u2713\u2717]*$/
const PLAIN_JSON = /^[\n -~]*$/

/** Text from a host, made safe for a terminal: what could act is shown as `\x1b` or `\u{202e}`; the rest stays as it is. */
export function escapeTerminal(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
  })
}

/**
 * The same for serialised JSON, which may hold such characters only inside strings: they become `\uXXXX`, so any reader
 * gets the very same text. Line breaks of the layout stay.
 */
export function escapeJson(json: string): string {
  if (PLAIN_JSON.test(json)) return json
  return json.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${hex(character.charCodeAt(0), 4)}`,
  )
}
