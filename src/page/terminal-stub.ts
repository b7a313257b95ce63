/** Stands in for `node:util` in the page: text for a terminal is never coloured here. */
export function styleText(_format: unknown, text: string): string {
  return text
}
