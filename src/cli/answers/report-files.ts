import type { Bytes } from '../../host/scalars.js'
import { UsageError } from '../errors.js'
import { writeAtomically } from '../output/write-atomically.js'

/** A file that a report was asked for. */
export interface ReportFile {
  /** What it holds: a page, an image, a drawing for Graphviz, a Mermaid chart. */
  readonly format: 'html' | 'svg' | 'dot' | 'mermaid'
  /** As the user named it; `-` is standard output. */
  readonly path: string
  readonly text: string
}

/** A file as the command line names it. */
export type WantedFile = Pick<ReportFile, 'format' | 'path'>

/** A page or drawing that was written. */
export interface WrittenFile extends WantedFile {
  readonly bytes: Bytes
}

/** Stands for standard output where a file is expected. */
export const STDOUT = '-'

const FORMATS = ['html', 'svg', 'dot', 'mermaid'] as const

/** Permissions before the umask: what is redacted is made to be shown, the rest concerns nobody but who made it. */
const MODES = { redacted: 0o644, whole: 0o600 } as const

/** The files that the flags ask for. Throws a UsageError where two of them would go to the same place. */
export function checkReportFiles(
  flags: Readonly<Record<ReportFile['format'], string | undefined>>,
): readonly WantedFile[] {
  const wanted = FORMATS.flatMap((format): readonly WantedFile[] => {
    const path = flags[format]
    if (path === '') throw new UsageError(`--${format} expects a file, but it is empty.`)
    return path === undefined ? [] : [{ format, path }]
  })
  const paths = wanted.map(({ path }) => path)
  const twice = paths.find((path, place) => paths.indexOf(path) !== place)
  if (twice !== undefined) {
    throw new UsageError(`Two files of the report would be written to ${twice}.`, { path: twice })
  }
  return wanted
}

/** Writes the files, each whole or not at all; what goes to standard output is left to the command. */
export async function writeReportFiles(
  files: readonly ReportFile[],
  content: keyof typeof MODES,
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = []
  for (const { format, path, text } of files) {
    const bytes = Buffer.from(text)
    if (path !== STDOUT) {
      const maxBytes = bytes.length
      await writeAtomically({ file: path, mode: MODES[content], maxBytes, chunks: [bytes] })
    }
    written.push({ format, path, bytes: bytes.length })
  }
  return written
}
