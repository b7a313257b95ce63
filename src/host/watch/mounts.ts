/** One mount, as `/proc/self/mounts` lists it (`proc_pid_mounts(5)`). */
export interface Mount {
  /** Where it stands, as an absolute path. */
  readonly at: string
  /** Name of its file system. */
  readonly kind: string
}

/** The mounts that the kernel lists; null: what was read is no such list. */
export function parseMounts(text: string): readonly Mount[] | null {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, at, kind] = line.split(' ')
    if (at === undefined || kind === undefined) return null
    mounts.push({ at: unescaped(at), kind })
  }
  return mounts
}

/** The kernel writes blanks, line breaks and backslashes as three octal digits (`show_mountpoint`, `mangle`). */
function unescaped(path: string): string {
  return path.includes('\\')
    ? path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
    : path
}
