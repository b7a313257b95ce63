import { known, type Observed, unknown } from '../host/gap.js'
import { remembered } from '../text/lists.js'
import type { Kernel } from './kernel.js'
import {
  isAtLeast,
  type KernelLine,
  type KernelRelease,
  parseKernelRelease,
  releasesBetween,
} from './kernel-release.js'

/** A change of the kernel that an answer hangs on, and the releases that have it. */
export interface KernelChange {
  /** What is so from then on, as a phrase that follows "whether": `each VF has a dev_set of its own`. */
  readonly what: string
  /** First release of mainline with it. */
  readonly mainline: `${number}.${number}`
  /** By stable line: what it has taken of it. A line that is not named took nothing, unless it can be doubted. */
  readonly stable: StableLines
  /** `vfio`: a rule of VFIO or of hotplug. `quirk`: a row of a table, which vendors take one by one. */
  readonly part: 'vfio' | 'quirk'
  /** How the releases are known. */
  readonly source: string
}

export type StableLines = Readonly<Partial<Record<`${number}.${number}`, InLine>>>

/** What a stable line has of a change. */
export type InLine =
  /** Its first patch level with it. */
  | number
  /** The line was read beyond the time when others took it. */
  | 'never'
  /** The last patch level that lacks it, and the first that has it, as far as they were read. */
  | { readonly without?: number; readonly with?: number }

/** Whether a kernel has a change. What its files show comes before its number. */
export function carries(kernel: Kernel, change: KernelChange): Observed<boolean> {
  const { release, vendor, shown } = kernel
  const { major, minor } = lineOf(change.mainline)
  if (isAtLeast(release, major, minor)) return known(true)
  const isRule = change.part === 'vfio'
  const level = vendor?.vfio ?? null
  if (isRule && [shown, level].some((each) => each !== null && isAtLeast(each, major, minor))) {
    return known(true)
  }
  if (vendor?.builds === 'backports') {
    return isRule && level !== null ? known(false) : undetermined(kernel, change)
  }
  // A kernel with files that its number does not explain holds more than that says.
  const isBeyond = shown !== null && !isAtLeast(release, shown.major, shown.minor)
  const inLine = isBeyond ? null : inStableLine(release, vendor, change)
  return inLine === null ? undetermined(kernel, change) : known(inLine)
}

/** null: not known. */
function inStableLine(
  { major, minor, patch }: KernelRelease,
  vendor: Kernel['vendor'],
  change: KernelChange,
): boolean | null {
  const { stable } = change
  const line = stable[`${major}.${minor}`]
  if (line === 'never') return false
  if (line === undefined) {
    const mayHave =
      mayBeTaken(vendor, change) || (patch !== 0 && isDoubtful({ major, minor }, change))
    return mayHave ? null : false
  }
  if (patch === null) return null
  if (typeof line === 'number') return patch >= line
  if (line.without !== undefined && patch <= line.without) return false
  return line.with !== undefined && patch >= line.with ? true : null
}

/**
 * Whether a line that nobody read could have taken a change: some other line did, and this one was still alive. A line that
 * is not for the long term ends with the release after it, so it takes nothing that came two releases later.
 */
function isDoubtful(line: KernelLine, change: KernelChange): boolean {
  if (!isTaken(change)) return false
  const { mainline } = change
  const isLongterm = LONGTERM.has(`${line.major}.${line.minor}`)
  return isLongterm || releasesBetween(line, lineOf(mainline)) <= 2
}

/** A vendor keeps its line alive beyond the end of the stable one, and takes rows that other lines took. */
function mayBeTaken(vendor: Kernel['vendor'], change: KernelChange): boolean {
  return vendor !== null && change.part === 'quirk' && isTaken(change)
}

function isTaken({ stable }: KernelChange): boolean {
  return Object.values(stable).some((each) => each !== 'never')
}

/** Lines that kernel.org maintains for years. */
const LONGTERM: ReadonlySet<string> = new Set(['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18'])

function lineOf(text: string): KernelLine {
  return remembered(LINES, text, () => {
    const line = parseKernelRelease(text)
    if (line === undefined) throw new Error(`${text} is no release`)
    return line
  })
}

/** Those of the tables of changes, which every function is asked about. */
const LINES = new Map<string, KernelLine>()

/** What would settle it, and why the release does not. */
function undetermined({ release, vendor }: Kernel, { what }: KernelChange) {
  const { text, patch } = release
  const isHidden = vendor?.builds === 'stable' && patch === null
  const path = isHidden ? 'proc/version_signature' : 'proc/sys/kernel/osrelease'
  const reason =
    vendor === null
      ? ''
      : vendor.builds === 'backports'
        ? `a vendor kernel (${vendor.name}) with changes of newer releases, `
        : isHidden
          ? `a vendor kernel (${vendor.name}) that does not tell its stable release, `
          : `a vendor kernel (${vendor.name}) that may hold what later releases changed, `
  return unknown({
    path,
    why: 'unmodelled',
    detail: `${text}: ${reason}whether ${what} is unknown`,
  })
}

/** The newest releases of stable lines that are known to lack a change which came to them, or was not looked for after. */
export function lastReleasesWithout({ stable }: KernelChange): readonly string[] {
  return Object.entries(stable).flatMap(([line, has]) => {
    if (has === 'never') return []
    const last = typeof has === 'number' ? has - 1 : has?.without
    return last === undefined ? [] : [`${line}.${last}`]
  })
}

/** The first releases that are known to have a change: `7.0`, and those of stable lines, the newest first. */
export function firstReleases({ mainline, stable }: KernelChange): readonly string[] {
  const taken = Object.entries(stable).flatMap(([line, has]) =>
    typeof has === 'number' ? [`${line}.${has}`] : [],
  )
  return [mainline, ...taken.reverse()]
}
