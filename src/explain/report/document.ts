import type { SCHEMA_VERSION, Tool } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { Count, GroupNumber } from '../../host/scalars.js'
import type { InspectReport } from '../../inspect/document.js'
import type { StepReport } from '../../plan/report/document.js'
import type { DiagnosisId } from '../catalogue/diagnosis.js'
import type { CauseKind, KernelCall } from '../catalogue/kernel-call.js'
import type { KnownMessage, Origin } from '../catalogue/message.js'
import type { Platform } from '../catalogue/platform.js'
import type { Listing } from '../log/listing.js'

/** `explain --json` (`docs/reference/documents.md#explain`). */
export interface ExplainReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'explain'
  readonly tool: Tool
  /** The host whose functions the messages were compared with; null: none was read. */
  readonly source: Source | null
  readonly gaps: readonly Gap[]
  readonly messages: readonly ExplainedMessage[]
  readonly unknown: readonly UnknownEntry[]
  /** Further different lines that name a function or an error and are not known. */
  readonly unlisted: Count
  /** The text is a list of functions or groups, not a log; null: it is none. */
  readonly listing: Listing | null
  /** What machine the log, or the host, shows itself to be: it decides which cures make sense. */
  readonly platform: Platform
  /** Lines that were not empty. */
  readonly lines: Count
  /** Different messages that were not told, because there were too many; more than 5,000 are not counted. */
  readonly omitted: Count
  /** What they were, the most frequent first. */
  readonly omittedKinds: readonly {
    readonly id: DiagnosisId
    readonly title: string
    readonly count: Count
  }[]
  /** No host was chosen, and this one lacks most of the functions that the log names: it was compared with none. */
  readonly elsewhere: boolean
  /** The functions named that exist on that host, as `inspect --json` describes them; null: no host was read. */
  readonly inspected: Pick<
    InspectReport,
    'devices' | 'related' | 'groups' | 'devSets' | 'warnings'
  > | null
}

export interface ExplainedMessage {
  /** What somebody who meets it notices: "The VM does not start.", "Harmless.". */
  readonly answer: string
  readonly text: string
  readonly origin: Origin
  readonly id: DiagnosisId
  readonly title: string
  readonly meaning: string
  /** Whether it keeps a VM from running properly; null: cannot be told from what is known. */
  readonly matters: boolean | null
  readonly why: MatterReason
  readonly causes: readonly Cause[]
  /** Functions named, and those found on the host by the group or device file that is named. */
  readonly devices: readonly PciAddress[]
  /**
   * What `preflight` would do so that a VM with the function starts and can reset it; null: nothing to do, or nothing
   * helps.
   */
  readonly plan: readonly StepReport[] | null
  readonly hint: string | null
  readonly count: Count
  readonly line: Count
  /** Other lines of the same event: consequences, and the same in other words. In the order of the log. */
  readonly evidence: readonly EvidenceLine[]
  readonly errno: string | null
  readonly call: KernelCall | null
  readonly groups: readonly GroupNumber[]
  /** The row of the catalogue. */
  readonly known: Pick<KnownMessage, 'text' | 'era' | 'project' | 'file'> & { readonly url: string }
  /** Functions named that the host does not have. */
  readonly absent: readonly PciAddress[]
  /** Groups named that none of the functions' resets touches on this host. */
  readonly strangeGroups: readonly GroupNumber[]
}

/** A line that belongs to a message. */
export interface EvidenceLine {
  readonly text: string
  readonly origin: Origin
  readonly id: DiagnosisId
  readonly title: string
  readonly count: Count
  readonly line: Count
}

/** One of the causes that the message can have. */
export interface Cause {
  readonly kind: CauseKind
  readonly meaning: string
  /** Whether that is so on the host now; null: cannot be told. */
  readonly holds: boolean | null
  /** The functions that make it so. */
  readonly devices: readonly PciAddress[]
}

/** Why a message matters or not. */
export type MatterReason =
  | 'fatal'
  | 'harmless'
  | 'cannot-tell'
  | 'no-host'
  | 'no-host-hot-reset'
  | 'try-again'
  | 'own-reset'
  | 'own-reset-likely'
  | 'virtual-function'
  | 'alone-on-bus'
  | 'weak-reset'
  | 'no-own-reset'
  | 'own-reset-failed'
  | 'own-reset-now'
  | 'own-reset-left'
  | 'hot-reset-instead'
  | 'reset-unread'
  | 'hot-reset-works'
  | 'hot-reset-impossible'
  | 'hot-reset-needs-more'

export interface UnknownEntry {
  readonly text: string
  readonly count: Count
  readonly line: Count
  readonly nearest: readonly {
    readonly text: string
    readonly origin: Origin
    readonly id: DiagnosisId
    readonly likeness: number
  }[]
}
