/** The answers to the reads of one walk. They determine it: walks with equal answers give equal config spaces. */
export interface WalkRecord {
  /** Begins with a file of `size` bytes. */
  start(size: number): void
  /** Takes the answer to the next read, and gives it back. */
  add(answer: Buffer): Buffer
  /** Equal for equal walks. */
  key(): string
}

/** Far longer than a walk gets: 528 capabilities, a read and a body each. */
const RECORD_SIZE = 65_536

export function createWalkRecord(): WalkRecord {
  const buffer = Buffer.allocUnsafeSlow(RECORD_SIZE)
  let size = 0
  let end = 0
  return {
    start(fileSize) {
      size = fileSize
      end = 0
    },
    add(answer) {
      end = buffer.writeUInt8(answer.length & 0xff, end)
      end += answer.copy(buffer, end)
      return answer
    },
    key: () => `${size} ${buffer.toString('latin1', 0, end)}`,
  }
}
