/** Bytes from the beginning of a text that tell how it is written. */
export const ENCODING_SAMPLE = 1_024

/** Of a text in UTF-16 whose letters are mostly Latin, nearly every other byte is zero; fewer than this share is chance. */
const LEAST_ZEROS = 0.2

/**
 * The decoder for a text that begins with these bytes: UTF-16, as Windows programs and PowerShell write it, with or without
 * a byte order mark, else UTF-8. A mark alone is not believed, since logs may begin with bytes that are no text.
 */
export function decoderFor(start: Uint8Array) {
  const sample = start.subarray(0, ENCODING_SAMPLE)
  const half = Math.max(1, Math.floor(sample.length / 2))
  const zeros = [0, 0]
  for (const [place, byte] of sample.entries()) {
    if (byte === 0) zeros[place % 2] = (zeros[place % 2] ?? 0) + 1
  }
  const [even = 0, odd = 0] = zeros
  if (odd / half >= LEAST_ZEROS && odd > even) return new TextDecoder('utf-16le')
  if (even / half >= LEAST_ZEROS && even > odd) return new TextDecoder('utf-16be')
  return new TextDecoder()
}
