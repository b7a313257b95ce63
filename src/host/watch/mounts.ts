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

/**
 * Whether no device node can be opened in a folder, nor in what is mounted in it. The path is absolute and holds no link. A mount can
 * hide those that are listed before it, at its own place or below, so all that stand above the folder have to be without devices, from
 * the nearest one on.
 */
export function isWithoutDevices(mounts: readonly Mount[], folder: string): boolean {
  const above = mounts.filter(({ at }) => at === '/' || isIn(folder, at))
  const depth = above.reduce((most, { at }) => Math.max(most, at.length), 0)
  const nearest = above.findIndex(({ at }) => at.length === depth)
  const touched = [...above.slice(nearest), ...mounts.filter(({ at }) => isIn(at, folder))]
  return above.length > 0 && touched.every((mount) => mount.isWithoutDevices)
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
