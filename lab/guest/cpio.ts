/** A file, a folder or a link of an archive. `mode`: permission bits. */
export type CpioEntry =
  | {
      readonly kind: 'file'
      readonly path: string
      readonly mode: number
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'folder'; readonly path: string }

const TYPE = { file: 0o100000, folder: 0o040000 }

/** The archive that a kernel unpacks into its first root file system (`newc`, buffer-format.rst). */
export function encodeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts = entries.flatMap((entry, index) =>
    entry.kind === 'file'
      ? record(entry.path, TYPE.file | entry.mode, index + 1, entry.bytes)
      : record(entry.path, TYPE.folder | 0o755, index + 1, new Uint8Array()),
  )
  return Buffer.concat([...parts, ...record('TRAILER!!!', 0, 0, new Uint8Array())])
}

/** Header of thirteen numbers in eight hex digits, name, content; name and content padded to four bytes. */
function record(path: string, mode: number, inode: number, bytes: Uint8Array): Uint8Array[] {
  const name = Buffer.from(`${path}\0`)
  const fields = [inode, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length, 0]
  const header = fields.map((field) => field.toString(16).padStart(8, '0')).join('')
  const head = Buffer.concat([Buffer.from(`070701${header}`), name])
  return [head, padding(head.length), bytes, padding(bytes.length)]
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4)
}
