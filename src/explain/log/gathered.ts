import { slotKeyOf } from '../../host/pci-address.js'
import type { DiagnosisId } from '../catalogue/diagnosis.js'
import { BECOMES, FOLLOWS, isOneEvent, OF_PARENT } from '../catalogue/follows.js'
import type { RecognisedMessage } from '../catalogue/message.js'
import type { Counted } from './kept-messages.js'
import { isReason, namesFunction } from './wrappers.js'

/** A message with the lines that follow from it, or say the same of the same function. */
export interface Gathered extends Counted {
  /** In the order of the log. */
  readonly evidence: readonly Counted[]
}

/** Lines between a message that names no function, or that of a port, and one that it belongs to. */
const NEAR = 60

/** Lines between two that one failure prints. */
const TWIN = 2

/** The messages of a log as events: one cause with its consequences is one. `lines`: how many the log has. */
export function gathered(counted: readonly Counted[], lines: number): readonly Gathered[] {
  const kept = withoutWrappers(counted)
  const tellers = new Map(kept.map((each) => [each, tellerOf(each, kept)]))
  const heads = kept.filter((each) => tellers.get(each) === null)
  return heads.map((head) => {
    const evidence = kept.filter((each) => each !== head && headOf(each, tellers) === head)
    return { ...head, evidence, message: told(head, evidence, lines) }
  })
}

/** A text that only wraps a reason which is told adds nothing to it. */
function withoutWrappers(counted: readonly Counted[]): readonly Counted[] {
  const reasons = counted.map(({ message }) => message).filter(isReason)
  return counted.filter(({ message }) => !isWrapperOf(message, reasons))
}

/** A wrapper belongs to the reasons that are about its function; what `wrapperWatch` kept names none, and stays. */
function isWrapperOf(message: RecognisedMessage, reasons: readonly RecognisedMessage[]): boolean {
  return (
    message.known.isWrapper &&
    namesFunction(message) &&
    reasons.some(({ devices }) => devices.some((device) => message.devices.includes(device)))
  )
}

/**
 * The same diagnosis by the same program that names nothing more, such as QEMU's "Please ensure all devices ..." after
 * "group 1 is not viable". Of two that say the same the earlier stays.
 */
function isPartOf(each: Counted, other: Counted): boolean {
  if (each === other || !isWithin(each.message, other.message)) return false
  return !isWithin(other.message, each.message) || other.line < each.line
}

function isWithin(part: RecognisedMessage, whole: RecognisedMessage): boolean {
  return (
    part.id === whole.id &&
    part.known.origin === whole.known.origin &&
    (part.errno === null || part.errno === whole.errno) &&
    part.devices.every((device) => whole.devices.includes(device)) &&
    part.groups.every((group) => whole.groups.includes(group)) &&
    part.cdevs.every((cdev) => whole.cdevs.includes(cdev))
  )
}

/** The message that tells `each` too, the nearest of several; null: it stands for itself. */
function tellerOf(each: Counted, all: readonly Counted[]): Counted | null {
  let best: Counted | null = null
  for (const other of all) {
    if (other === each || !tells(other, each)) continue
    if (best === null || rank(other, each) < rank(best, each)) best = other
  }
  return best
}

/** A message about the same function is nearer than any that only stands near; then its place in the log decides. */
function rank(teller: Counted, each: Counted): number {
  return (sharesFunction(teller, each) ? 0 : 1_000_000) + distance(teller, each)
}

function tells(teller: Counted, each: Counted): boolean {
  if (isTwin(teller, each) || isPartOf(each, teller)) return true
  if (FOLLOWS[teller.message.id]?.includes(each.message.id) === true) return belongs(teller, each)
  const isSame = teller.message.id === each.message.id && isOneEvent(each.message.id)
  return isSame && teller.line < each.line && sharesFunction(teller, each)
}

/**
 * QEMU before 10.0 prints `VFIO_MAP_DMA failed` for each mapping that failed, and beside it, before or after, the line that
 * has the address: that one knows whether it was memory or a BAR.
 */
function isTwin(teller: Counted, each: Counted): boolean {
  return (
    each.message.known.text.startsWith('VFIO_MAP_DMA failed') &&
    MAPPINGS.has(teller.message.id) &&
    teller.message.known.text.includes('dma_map(') &&
    teller.message.errno === each.message.errno &&
    distance(teller, each) <= TWIN
  )
}

const MAPPINGS: ReadonlySet<DiagnosisId> = new Set([
  'p2p-map-failed',
  'memory-or-bar-map',
  'dma-map-failed',
  'map-refused',
  'iommu-width',
])

function belongs(teller: Counted, each: Counted): boolean {
  if (sharesFunction(teller, each)) return true
  const isLoose = [teller, each].some(
    ({ message }) => !namesFunction(message) || OF_PARENT.has(message.id),
  )
  return isLoose && distance(teller, each) <= NEAR
}

/** The functions of one device have one link and one power. */
function sharesFunction(one: Counted, other: Counted): boolean {
  const slots = new Set(one.message.devices.map(slotKeyOf))
  return other.message.devices.some((device) => slots.has(slotKeyOf(device)))
}

function distance(one: Counted, other: Counted): number {
  return Math.max(0, one.line - other.last, other.line - one.last)
}

function headOf(each: Counted, tellers: ReadonlyMap<Counted, Counted | null>): Counted {
  let head = each
  for (let step = 0; step < tellers.size; step++) {
    const teller = tellers.get(head) ?? null
    if (teller === null) break
    head = teller
  }
  return head
}

/** The head as all of its event shows it: what it turns out to be, and every function and group that was named. */
function told(
  { message }: Counted,
  evidence: readonly Counted[],
  lines: number,
): RecognisedMessage {
  const ids = new Set(evidence.map((each) => each.message.id))
  const rule = BECOMES.find(({ id, beside }) => id === message.id && ids.has(beside))
  const all = [message, ...evidence.map((each) => each.message)]
  const devices = [...new Set(all.flatMap((each) => each.devices))]
  return {
    ...message,
    id: rule?.becomes ?? (isBarAfterAll(message, lines) ? 'p2p-map-failed' : message.id),
    device: message.device ?? devices[0] ?? null,
    devices,
    groups: [...new Set(all.flatMap((each) => each.groups))],
    cdevs: [...new Set(all.flatMap((each) => each.cdevs))],
  }
}

/** QEMU says "unable to continue" right after the line if it was memory; where a log goes on without, it was a BAR. */
function isBarAfterAll({ id }: RecognisedMessage, lines: number): boolean {
  return id === 'memory-or-bar-map' && lines > 1
}
