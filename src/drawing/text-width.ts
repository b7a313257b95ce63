/**
 * Width of text in DejaVu Sans, the widest of the common fonts: an image has no font to ask, and text that fits there fits
 * elsewhere too.
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

/** Advances of DejaVu Sans in thousandths of the font size, of ASCII from the space on. */
const ADVANCES = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
  636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
  575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
  611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
  278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
]

/** Advance of a character in units of the font size. */
function unitsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0
  const advance = ADVANCES[code - 0x20]
  if (advance !== undefined) return advance / 1000
  if (character === '·') return 0.318
  return code < 0x2000 ? 0.8 : 1.05
}
