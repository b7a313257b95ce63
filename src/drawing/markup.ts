/** An element of SVG or HTML as plain data: written as text into a file, or made into live elements by the page. */
export interface Markup {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Markup | string)[]
}

/** Attributes of an element; one that is `undefined` is left out, numbers are rounded to a tenth. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

type Child = Markup | string

/** An element with its attributes, if it has any, and what stands in it. */
export function element(
  tag: string,
  ...parts: readonly [(Attributes | Child)?, ...Child[]]
): Markup {
  const [first, ...rest] = parts
  if (first === undefined) return { tag, attributes: {}, children: rest }
  if (isChild(first)) return { tag, attributes: {}, children: [first, ...rest] }
  const written = Object.entries(first).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'number' ? rounded(value) : value]],
  )
  return { tag, attributes: Object.fromEntries(written), children: rest }
}

function isChild(part: Attributes | Child): part is Child {
  return typeof part === 'string' || 'children' in part
}

/** XML text of an element. Whatever a host put into a text or an attribute stays text. */
export function markupText({ tag, attributes, children }: Markup): string {
  const written = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${escapeXml(value)}"`,
  )
  if (children.length === 0) return `<${tag}${written.join('')}/>`
  const inside = children.map((child) =>
    typeof child === 'string' ? escapeXml(child) : markupText(child),
  )
  return `<${tag}${written.join('')}>${inside.join('')}</${tag}>`
}

/** Text with nothing left that XML or HTML would read as markup; characters that XML forbids are replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * Characters outside XML 1.0's `Char`, and those that reverse the reading order or are not seen, with which a name
 * could pass for another one.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}
