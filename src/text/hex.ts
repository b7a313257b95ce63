/** A number in so many hex digits, without prefix: `00a8`. */
export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
