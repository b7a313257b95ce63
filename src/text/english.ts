/** `Without driver` inside a sentence: `without driver`. `PF and VF` stays as it is. */
export function lowerFirst(text: string): string {
  return text.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())
}

/** `the VM` at the start of a sentence: `The VM`. */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `1 function`, `2 functions`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`
}

/** `a, b`, and of more than `most` the first: `a, b and 3 more`. */
export function some(parts: readonly string[], most: number): string {
  const more = parts.length - most
  return parts.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
