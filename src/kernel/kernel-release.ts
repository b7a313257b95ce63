/** `6.12`: a release of mainline, and the stable line that follows it. */
export interface KernelLine {
  readonly major: number
  readonly minor: number
}

/** A kernel release as its text states it. `patch: null`: the text hides the patch level. */
export interface KernelRelease extends KernelLine {
  readonly text: string
  readonly patch: number | null
}

/**
 * Parses `6.12.95`, `6.8`, `7.2.0-rc3`, `6.1.0-56-amd64`, `6.6.57.1-2.azl3`, `6.12.31_1`. A patch number of 0 that more
 * follows stands in a distribution kernel's name whatever its true patch level is, so it counts as unknown
 * (`docs/reference/commands.md#which-kernel`).
 */
export function parseKernelRelease(text: string): KernelRelease | undefined {
  const match = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5})(?:\.\d+(?=-))?)?([-+~_].*|)$/.exec(text)
  if (match === null) return undefined
  const [, major, minor, patch, suffix] = match
  const hidden = patch === undefined || (patch === '0' && suffix !== undefined && suffix !== '')
  return {
    text,
    major: Number(major),
    minor: Number(minor),
    patch: hidden ? null : Number(patch),
  }
}

/** Whether the release is `major.minor` or later. */
export function isAtLeast(release: KernelLine, major: number, minor: number): boolean {
  return release.major > major || (release.major === major && release.minor >= minor)
}

/** The last release of each major number before the next. */
const LAST_MINOR: ReadonlyMap<number, number> = new Map([
  [4, 20],
  [5, 19],
  [6, 19],
])

/** How many releases of mainline come after `earlier` until `later`; negative where they come before it. */
export function releasesBetween(earlier: KernelLine, later: KernelLine): number {
  return ordinal(later) - ordinal(earlier)
}

function ordinal({ major, minor }: KernelLine): number {
  let before = 0
  for (const [each, last] of LAST_MINOR) if (each < major) before += last + 1
  return before + minor
}
