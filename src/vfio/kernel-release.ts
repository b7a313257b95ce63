/** A kernel release as its text states it. `patch: null`: the text hides the patch level. */
export interface KernelRelease {
  readonly text: string
  readonly major: number
  readonly minor: number
  readonly patch: number | null
}

/**
 * Parses `6.12.95`, `6.8`, `7.2.0-rc3`, `6.1.0-56-amd64`. A patch number of 0 followed by `-` stands in a distribution
 * kernel's name whatever its true patch level is, so it counts as unknown (`docs/reference/commands.md#which-kernel`).
 */
export function parseKernelRelease(text: string): KernelRelease | undefined {
  const match = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?([-+~].*|)$/.exec(text)
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
export function isAtLeast(release: KernelRelease, major: number, minor: number): boolean {
  return release.major > major || (release.major === major && release.minor >= minor)
}

/** Whether the release belongs to the stable line `major.minor`. */
export function isOfLine(release: KernelRelease, major: number, minor: number): boolean {
  return release.major === major && release.minor === minor
}
