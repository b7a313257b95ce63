/** Stands in for `node:util` in the page: text for a terminal is never coloured here. */
export function styleText(_format: unknown, text: string): string {
  return text
}

/** Stands in for `string-width`, whose tables are larger than any part of the page: the browser lays out its own lines. */
export default function stringWidth(text: string): number {
  return text.length
}
