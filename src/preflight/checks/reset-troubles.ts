import { firstReleases } from '../../kernel/kernel-change.js'
import type { KernelRelease } from '../../kernel/kernel-release.js'
import type { PciDevice } from '../../pci/device.js'
import { noBusResetRow } from '../../pci/flags.js'
import type { KnownBad } from '../../pci/known-bad.js'

/** A function whose bus newer kernels never reset, as one whose bus this kernel does reset. */
export function exemptLater(
  device: PciDevice,
): Omit<KnownBad, 'vendor' | 'devices' | 'reset'> | undefined {
  const row = noBusResetRow(device)
  if (!row.known || row.value === null) return undefined
  const { what, since } = row.value
  return {
    until: null,
    what: `${what}: does not come back from a bus reset`,
    source: `quirk_no_bus_reset of Linux ${firstReleases(since).join(', ')} and later`,
  }
}

/** A kernel release that is reported to refuse or break resets that others do. */
interface KernelTrouble {
  readonly major: number
  readonly minor: number
  /** First patch level with it. The fix came later in the same line; from which level on was not read. */
  readonly fromPatch: number
  readonly what: string
  readonly source: string
}

const KERNEL_TROUBLES: readonly KernelTrouble[] = [
  {
    major: 6,
    minor: 14,
    fromPatch: 2,
    what: 'bus resets of cards with several functions are refused ("no available reset mechanism")',
    source: 'kernel bugzilla 220010',
  },
]

/** The row that speaks for the release; undefined: none, or its patch level is hidden. */
export function kernelTrouble({ major, minor, patch }: KernelRelease): KernelTrouble | undefined {
  if (patch === null) return undefined
  return KERNEL_TROUBLES.find(
    (each) => each.major === major && each.minor === minor && patch >= each.fromPatch,
  )
}
