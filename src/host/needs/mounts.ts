/** One line of `proc/self/mountinfo` (`show_mountinfo`). */
export interface Mount {
  /** `MAJ:MIN` of the file system. */
  readonly device: string
  /** Where it is mounted. */
  readonly point: string
  readonly type: string
  /** What was mounted, as the file system calls it: `/dev/sda2`, `rpool/ROOT`, `tmpfs`. */
  readonly source: string
  /** Folders that an overlay lies on; empty for others, and where they are not told. */
  readonly layers: readonly string[]
}

/** Parses `mountinfo`; lines of another form are left out. Later mounts cover earlier ones at the same point. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => parseMount(line) ?? [])
}

/** The mount that holds a file, by its absolute path. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts) {
    const isAbove =
      mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`)
    if (isAbove && (best === undefined || mount.point.length >= best.point.length)) best = mount
  }
  return best
}

/** Undoes `mangle_path`: blanks and backslashes are printed as octal. */
export function unmangle(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

/** A line of `proc/swaps` after the first (`swap_show`). */
export interface Swap {
  readonly name: string
  readonly type: string
}

/** Parses `proc/swaps`. */
export function parseSwaps(text: string): readonly Swap[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, type] = line.split(/\s+/)
      return name === undefined || type === undefined ? [] : [{ name: unmangle(name), type }]
    })
}

/** Where firmware and boot loader find what they start. */
export const BOOT_POINTS: readonly string[] = ['/boot', '/boot/efi', '/efi']

function parseMount(line: string): Mount | undefined {
  const [left, right] = line.split(' - ')
  const [, , device, , point] = left?.split(' ') ?? []
  const [type, source, options = ''] = right?.split(' ') ?? []
  if (device === undefined || point === undefined) return undefined
  if (type === undefined || source === undefined) return undefined
  return {
    device,
    point: unmangle(point),
    type,
    source: unmangle(source),
    layers: options.split(',').flatMap(layersOf),
  }
}

const LAYERS = /^(?:lowerdir\+?|upperdir)=(.*)$/

/** Lower layers stand in one option with colons between them, or from 6.8 on in one option each. */
function layersOf(option: string): readonly string[] {
  return LAYERS.exec(option)?.[1]?.split(':').map(unmangle) ?? []
}
