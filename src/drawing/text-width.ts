/**
 * Width of text in a proportional font, estimated: an image has no font to ask. The classes are those of DejaVu Sans,
 * the widest of the common ones, so text that fits here fits elsewhere too.
 */
export function textWidth(text: string, size: number): number {
  let units = 0
  for (const character of text) units += unitsOf(character)
  return units * size
}

/** The text, or its beginning with an ellipsis, as far as `width` pixels hold it. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  const room = width - textWidth('…', size)
  let kept = ''
  let used = 0
  for (const character of text) {
    used += unitsOf(character) * size
    if (used > room) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

const NARROW = new Set("iljI|!.,:;' ")
const WIDE = new Set('mwMW@%')

/** Advance of a character in units of the font size. */
function unitsOf(character: string): number {
  if (NARROW.has(character)) return 0.34
  if (WIDE.has(character)) return 0.92
  if (character > '\u2e7f') return 1.05
  return character >= 'A' && character <= 'Z' ? 0.69 : 0.61
}
