/** One mount, as `/proc/self/mounts` lists it (`proc_pid_mounts(5)`). */
export interface Mount {
  /** Where it stands, as an absolute path. */
  readonly at: string
  /** Name of its file system. */
  readonly kind: string
  /** `nodev`: the kernel opens no device node there, whoever asks (`may_open_dev`). */
  readonly isWithoutDevices: boolean
}

/** The mounts that the kernel lists; null: what was read is no such list. */
export function parseMounts(text: string): readonly Mount[] | null {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, at, kind, options = ''] = line.split(' ')
    if (at === undefined || kind === undefined) return null
    mounts.push({
      at: unescaped(at),
      kind,
      isWithoutDevices: options.split(',').includes('nodev'),
    })
  }
  return mounts
}

/** Whether no device node can be opened in a folder, nor in what is mounted in it. The path is absolute and holds no link. */
export function isWithoutDevices(mounts: readonly Mount[], folder: string): boolean {
  let nearest = ''
  for (const { at } of mounts) {
    if (at.length > nearest.length && (at === '/' || isIn(folder, at))) nearest = at
  }
  // One can lie over another at the same place: then both have to be.
  const touched = mounts.filter(({ at }) => at === nearest || isIn(at, folder))
  return nearest !== '' && touched.every((mount) => mount.isWithoutDevices)
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** The kernel writes blanks, line breaks and backslashes as three octal digits (`show_mountpoint`, `mangle`). */
function unescaped(path: string): string {
  return path.includes('\\')
    ? path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
    : path
}
