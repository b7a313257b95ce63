import { type Gap, isNo, isYes, known, type Observed, unknown } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import { type Kernel, kernelOf } from '../kernel/kernel.js'
import { carries, type KernelChange, lastReleasesWithout } from '../kernel/kernel-change.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import { acsBitNames, missingAcsFlags, REQ_ACS_FLAGS } from './acs.js'
import { ACS_QUIRKS, type AcsQuirk, type AcsQuirkId, namesDevice } from './acs-quirk-table.js'
import type { Isolates, NotIsolated } from './findings.js'
import { iommuActive } from './groups.js'

/** Whether one function keeps requests apart, and the fact it rests on; null: plain registers or a single function. */
export interface Judgement {
  readonly isolated: Observed<boolean>
  readonly finding: NotIsolated | Isolates | null
}

/** Judgement of one row of the table. */
export interface QuirkJudgement extends Judgement {
  readonly quirk: AcsQuirkId
}

/** What the quirk table says about one function. */
export interface QuirkAnswer {
  /** The row that decides; null: none, the registers do. Unknown: the IDs could not be read. */
  readonly decided: Observed<QuirkJudgement | null>
  /** Rows before it that would decide if something that was not read were so. */
  readonly possible: readonly { readonly judgement: QuirkJudgement; readonly gap: Gap }[]
}

/** What rows ask about the machine, and the rows for a function's IDs. */
export interface QuirkHost {
  /** ACPI has an IVRS table: an AMD IOMMU (`ivhd*` in `sys/class/iommu`). */
  readonly ivrs: Observed<boolean>
  readonly iommuActive: Observed<boolean>
  /** The kernel that made the groups. */
  readonly kernel: Kernel
  /** Rows that name these IDs, in the kernel's order. Hosts have many functions and few IDs: found once for each. */
  readonly rowsFor: (vendor: number, device: number) => readonly AcsQuirk[]
}

export function quirkHost(raw: RawHost): QuirkHost {
  const { iommuInstances } = raw.system
  const ivrs = iommuInstances.known
    ? known(iommuInstances.value.some((name) => name.startsWith('ivhd')))
    : iommuInstances
  const kernel = kernelOf(raw, undefined)
  return { ivrs, iommuActive: iommuActive(raw), kernel, rowsFor: rememberRows() }
}

/** Releases to tell where the host states none: a row that its kernel has for certain is not doubted. */
export function lackedBy(
  since: KernelChange | null,
  { kernel }: Pick<QuirkHost, 'kernel'>,
): readonly string[] {
  return since === null || kernel.from !== 'assumed' ? [] : lastReleasesWithout(since)
}

/** Runs the quirk table in the kernel's order (`pci_dev_specific_acs_enabled`, 5.10 to 7.3). */
export function findAcsQuirk(device: PciDevice, host: QuirkHost): QuirkAnswer {
  const { vendorId, deviceId } = device.raw
  if (!vendorId.known) return { decided: vendorId, possible: [] }
  if (!VENDORS.has(vendorId.value)) return NONE
  if (!deviceId.known) return { decided: deviceId, possible: [] }
  const rows = host.rowsFor(vendorId.value, deviceId.value)
  if (rows.length === 0) return NONE
  const possible: QuirkAnswer['possible'][number][] = []
  for (const row of rows) {
    const applies = ifCarried(rowApplies(row, device, host), row, host)
    if (isNo(applies)) continue
    const judgement = judge(row, device, host)
    if (judgement === null) continue
    if (applies.known) return { decided: known(judgement), possible }
    possible.push({ judgement, gap: applies.gap })
  }
  return { decided: known(null), possible }
}

const NONE: QuirkAnswer = { decided: known(null), possible: [] }

const VENDORS: ReadonlySet<number> = new Set(ACS_QUIRKS.map(({ vendor }) => vendor))

function rememberRows(): QuirkHost['rowsFor'] {
  const found = new Map<number, readonly AcsQuirk[]>()
  return (vendor, device) =>
    remembered(found, vendor * 0x10000 + device, () =>
      ACS_QUIRKS.filter((row) => row.vendor === vendor && namesDevice(row, device)),
    )
}

/** A row that the kernel lacks for certain does not apply, whatever else is so. */
function ifCarried(applies: Observed<boolean>, { since }: AcsQuirk, { kernel }: QuirkHost) {
  const has = since === null ? known(true) : carries(kernel, since)
  if (isNo(applies) || isYes(has)) return applies
  return isNo(has) || applies.known ? has : applies
}

/** Conditions beside the IDs under which a row does not fall through to the next. */
function rowApplies(row: AcsQuirk, device: PciDevice, host: QuirkHost): Observed<boolean> {
  if (row.verdict === 'southbridge') return isSouthbridge(device, host)
  if (row.types === null) return known(true)
  const { portType } = device
  return portType.known ? known(row.types.includes(portType.value)) : portType
}

/** `pci_quirk_amd_sb_acs`: multifunction, on a root bus, below an AMD IOMMU. */
function isSouthbridge({ onRootBus, multifunction }: PciDevice, host: QuirkHost) {
  if (!onRootBus) return known(false)
  if (isNo(multifunction)) return known(false)
  if (isNo(host.ivrs)) return known(false)
  return multifunction.known ? host.ivrs : multifunction
}

/** What a row that applies says; null: it falls through after all. */
function judge(row: AcsQuirk, device: PciDevice, host: QuirkHost): QuirkJudgement | null {
  const { address: at } = device
  const quirk = row.id
  const denies = { kind: 'quirk-denies', at, quirk } as const
  const isolates = {
    kind: 'quirk-isolates',
    at,
    quirk,
    assumed: false,
    lackedBy: lackedBy(row.since, host),
  } as const
  switch (row.verdict) {
    case 'isolates':
    case 'southbridge':
      return { quirk, isolated: known(true), finding: isolates }
    case 'denies':
      return { quirk, isolated: known(false), finding: denies }
    case 'pch':
      return judgePch(host, quirk, { ...isolates, assumed: true }, denies)
    case 'dwords':
      return judgeDwords(device, quirk, isolates)
  }
}

/**
 * `pci_quirk_intel_pch_acs`: yes if the workaround of `pci_quirk_enable_intel_pch_acs` succeeded. That flag is not in
 * sysfs; the kernel tries it whenever an IOMMU driver asks for ACS, and it is taken to have worked.
 */
function judgePch(
  { iommuActive: active }: QuirkHost,
  quirk: AcsQuirkId,
  isolates: Isolates,
  denies: NotIsolated,
): QuirkJudgement {
  if (!active.known) return { quirk, isolated: active, finding: null }
  return { quirk, isolated: active, finding: active.value ? isolates : denies }
}

/** `pci_quirk_intel_spt_pch_acs`: the standard check on registers that are dwords, control at +8. */
function judgeDwords(
  { acs, address: at, raw }: PciDevice,
  quirk: AcsQuirkId,
  isolates: Isolates,
): QuirkJudgement | null {
  if (!acs.known) return { quirk, isolated: acs, finding: null }
  if (acs.value === null) return null
  const { wide } = acs.value
  if (wide === null) {
    const gap: Gap = {
      path: `${raw.path}/config`,
      why: 'truncated',
      detail: 'the ACS control register at +8 was not read',
    }
    return { quirk, isolated: unknown(gap), finding: null }
  }
  const missing = missingAcsFlags(wide, REQ_ACS_FLAGS)
  if (missing === 0) return { quirk, isolated: known(true), finding: isolates }
  const finding = { kind: 'acs-not-enabled', at, missing: acsBitNames(missing) } as const
  return { quirk, isolated: known(false), finding }
}
