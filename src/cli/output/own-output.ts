import { fstatSync, writeSync } from 'node:fs'
import process from 'node:process'

/** Standard output or standard error of this process, and what is told of the terminal that it may be. */
export type OwnOutput = FileOutput | NodeJS.WriteStream

/** Files that are written to without a stream of Node's; none where somebody listens to those streams, as tests do. */
let files: ReadonlyMap<1 | 2, FileOutput> = new Map()

export function standardOutput(): OwnOutput {
  return files.get(1) ?? process.stdout
}

export function standardError(): OwnOutput {
  return files.get(2) ?? process.stderr
}

/**
 * From now on a file or `/dev/null` is written to without a stream: Node's streams take as long to load as a tenth of a short command.
 * A terminal, a pipe and a socket keep theirs: who reads them may take nothing for hours, and that must not count as work of ours.
 */
export function writeToFiles(): void {
  const plain = ([1, 2] as const).filter(isPlain)
  files = new Map(plain.map((file) => [file, new FileOutput(file)]))
}

function isPlain(file: number): boolean {
  try {
    const stat = fstatSync(file)
    return stat.isFile() || (stat.isCharacterDevice() && stat.rdev >>> 8 === MEMORY)
  } catch {
    return false
  }
}

/** Major number of `/dev/null` and its siblings (`MEM_MAJOR` in the kernel's `uapi/linux/major.h`). */
const MEMORY = 1

/** A file that takes what is written at once. */
export class FileOutput {
  readonly isTTY = false
  readonly columns = undefined

  private readonly file: 1 | 2

  constructor(file: 1 | 2) {
    this.file = file
  }

  write(text: string, done: (error?: Error | null) => void): void {
    const bytes = Buffer.from(text)
    let at = 0
    try {
      while (at < bytes.length) at += writeSync(this.file, bytes, at)
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
      return
    }
    done()
  }
}
