import type { Envelope } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { Count, ErrnoName, GroupNumber } from '../../host/scalars.js'
import type { InspectReport } from '../../inspect/document.js'
import type { StepReport } from '../../plan/report/document.js'
import type { DiagnosisId } from '../catalogue/diagnosis.js'
import type { CauseKind, KernelCall } from '../catalogue/kernel-call.js'
import type { KnownMessage, Origin } from '../catalogue/message.js'
import type { Platform } from '../catalogue/platform.js'
import type { Listing } from '../log/listing.js'

/** What the messages of a log mean, whether they matter, and what to do about them. */
export interface ExplainReport extends Envelope<'explain', Source | null> {
  /** The host whose functions the messages were compared with; null: none. */
  readonly source: Source | null
  /** Messages that are known, each once. */
  readonly messages: readonly ExplainedMessage[]
  /** Lines that speak of VFIO or a reset and are not known. */
  readonly unknown: readonly UnknownEntry[]
  /** How many further different lines name a function or an error and are not known. */
  readonly unlisted: Count
  /** What list of functions or groups the text is; null: it is a log. */
  readonly listing: Listing | null
  /** What machine the log, or the host, shows itself to be. */
  readonly platform: Platform
  /** Lines that were not empty. */
  readonly lines: Count
  /** Different messages that are left out, because there were too many; of more than 5,000 the rest is not counted. */
  readonly omitted: Count
  /** What those were, the most frequent first. */
  readonly omittedKinds: readonly OmittedKind[]
  /**
   * Whether the log is of another host than the one looked at, so that it was compared with none: a driver that printed cannot
   * have the function at that address, or no host was chosen and this one lacks most of the functions named.
   */
  readonly elsewhere: boolean
  /** The functions named that exist on that host, as `inspect --json` describes them; null: no host was read. */
  readonly inspected: Pick<
    InspectReport,
    'devices' | 'related' | 'groups' | 'devSets' | 'warnings'
  > | null
}

/** Messages of one diagnosis that are left out. */
export interface OmittedKind {
  readonly id: DiagnosisId
  /** The diagnosis in a few words. */
  readonly title: string
  /** How many different messages of the diagnosis. */
  readonly count: Occurrences
}

/** A message that is known. */
export interface ExplainedMessage {
  /** What somebody who meets it notices, for people: "The VM does not start.", "Harmless.". */
  readonly answer: string
  /** The message, without the time and the names that the log puts before it. */
  readonly text: string
  readonly origin: Origin
  readonly id: DiagnosisId
  /** The diagnosis in a few words. */
  readonly title: string
  /** What it says, for people. */
  readonly meaning: string
  /** Whether it keeps a VM from running properly; null: unknown. */
  readonly matters: boolean | null
  readonly why: MatterReason
  /** What can have caused it, in the order in which the kernel tests. */
  readonly causes: readonly Cause[]
  /** Functions named, and those found on the host by the group or device file that is named; in the order of the message. */
  readonly devices: NamedFunctions
  /**
   * What `preflight` would do so that a VM with the function starts and can reset it; null: nothing to do, nothing helps, or
   * the host was not read.
   */
  readonly plan: readonly StepReport[] | null
  /** What to do about it, for people; null: nothing. */
  readonly hint: string | null
  /** How often it stands in the log. */
  readonly count: Occurrences
  /** The first line of the log where it stands, from 1. */
  readonly line: LineNumber
  /** Other lines of the same event, in the order of the log: consequences, and the same in other words. */
  readonly evidence: readonly EvidenceLine[]
  /** The errno that it gives; null: none. */
  readonly errno: ErrnoName | null
  /** The system call that failed with it; null: none, or unknown. */
  readonly call: KernelCall | null
  /** IOMMU groups named. */
  readonly groups: readonly GroupNumber[]
  /** What the message was recognised by. */
  readonly known: KnownText
  /** Functions named that the host does not have. */
  readonly absent: NamedFunctions
  /** Groups named that none of the functions' resets affects on this host. */
  readonly strangeGroups: readonly GroupNumber[]
}

/** A line that belongs to a message. */
export interface EvidenceLine {
  /** The line, without the time and the names that the log puts before it. */
  readonly text: string
  readonly origin: Origin
  readonly id: DiagnosisId
  /** The diagnosis in a few words. */
  readonly title: string
  /** How often it stands in the log. */
  readonly count: Occurrences
  /** The first line of the log where it stands, from 1. */
  readonly line: LineNumber
}

/** A text of a program's source. */
export interface KnownText extends Pick<KnownMessage, 'text' | 'era' | 'project' | 'file'> {
  /** Where its file can be read. */
  readonly url: string
}

/** One of the causes that the message can have. */
export interface Cause {
  readonly kind: CauseKind
  /** What it is, for people. */
  readonly meaning: string
  /** Whether that is so on the host now; null: unknown, or no host was read. */
  readonly holds: boolean | null
  /** The functions that make it so. */
  readonly devices: NamedFunctions
}

/**
 * Functions, each once, in the order of the message.
 * @uniqueItems true
 */
export type NamedFunctions = readonly PciAddress[]

/**
 * How often something occurs.
 * @asType integer
 * @minimum 1
 */
export type Occurrences = number

/**
 * Line of a file, from 1.
 * @asType integer
 * @minimum 1
 */
export type LineNumber = number

/** Why a message matters or not. */
export type MatterReason =
  /** It does: what was asked for did not happen. */
  | 'fatal'
  /** It does not: nothing is wrong. */
  | 'harmless'
  /** The text alone does not tell. */
  | 'cannot-tell'
  /** It depends on whether the function has a reset of its own, and the host was not read. */
  | 'no-host'
  /** It depends on whether VFIO can hot-reset the function, and the host was not read. */
  | 'no-host-hot-reset'
  /** Something else held the lock of the function at that moment. */
  | 'try-again'
  /** It does not: the function has a strong reset of its own, which a VM start uses first. */
  | 'own-reset'
  /** By its registers the function has such a reset; whether it is switched off was not read. */
  | 'own-reset-likely'
  /** It does not: the function is a VF, and FLR is its reset. */
  | 'virtual-function'
  /** It does not: the function is alone on its bus, and the kernel resets that bus by itself. */
  | 'alone-on-bus'
  /** It does: the function has only a weak reset of its own, which may leave old state behind. */
  | 'weak-reset'
  /** It does: the function has no reset of its own. */
  | 'no-own-reset'
  /** It does: the function's own reset is what failed, and VFIO cannot hot-reset it either. */
  | 'own-reset-failed'
  /** The function has a strong reset of its own now; it was switched off then, or is what failed. */
  | 'own-reset-now'
  /** It does not: the function has a strong reset of its own, which was not tried here. */
  | 'own-reset-left'
  /** It does not: the function's own reset is what failed, and VFIO can hot-reset it instead. */
  | 'hot-reset-instead'
  /** A fact that decides was not read. */
  | 'reset-unread'
  /** It does not: VFIO can hot-reset the function. */
  | 'hot-reset-works'
  /** It does: no hot reset of the function is possible. */
  | 'hot-reset-impossible'
  /** It does until VFIO's hot reset is permitted, which it would be for a caller that has more. */
  | 'hot-reset-needs-more'

/** A line that is not known. */
export interface UnknownEntry {
  /** The line, without the time and the names that the log puts before it. */
  readonly text: string
  /** How often it stands in the log. */
  readonly count: Occurrences
  /** The first line of the log where it stands, from 1. */
  readonly line: LineNumber
  /** The known texts that are most like it, best first. */
  readonly nearest: readonly NearText[]
}

/** A known text that resembles an unknown line. */
export interface NearText {
  /** The text, with the places that vary in braces. */
  readonly text: string
  readonly origin: Origin
  readonly id: DiagnosisId
  readonly likeness: Likeness
}

/**
 * Share of words in common.
 * @minimum 0
 * @maximum 1
 */
export type Likeness = number
