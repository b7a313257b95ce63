import { DIAGNOSES, type DiagnosisId } from '../catalogue/diagnosis.js'
import type { RecognisedMessage } from '../catalogue/message.js'

/**
 * Texts that stand before their reason, and the lines after them in which it stands: the head of Cloud Hypervisor's chain
 * of errors, and what libvirt and those above it put before what QEMU said.
 */
const HEADS: ReadonlyMap<DiagnosisId, number> = new Map([
  ['vmm-device-failed', 4],
  ['see-below', 16],
])

/** Whether a message can be the reason for a text that only wraps one. */
export function isReason({ known, id }: RecognisedMessage): boolean {
  return !known.isWrapper && REASON_WEIGHTS.has(DIAGNOSES[id].weight)
}

const REASON_WEIGHTS: ReadonlySet<string> = new Set([
  'fatal',
  'unless-own-reset',
  'unless-hot-reset',
])

/** Whether a wrapper can be told from others by what it names; if not, only its place in the log tells its reason. */
export function namesFunction({ devices }: RecognisedMessage): boolean {
  return devices.length > 0
}

interface Seen {
  readonly message: RecognisedMessage
  readonly line: number
  /** Place among the recognised messages. */
  readonly order: number
  readonly isExplained: boolean
}

/**
 * Follows the wrappers of a log that name no function, such as Proxmox's `TASK ERROR: start failed`: each belongs to the
 * reasons between the one of its kind before and itself.
 */
export function wrapperWatch() {
  const last = new Map<DiagnosisId, Seen>()
  let order = 0
  let reason = 0
  return {
    /** To be asked once of each message in turn: whether its reason was told, so that it need not be told itself. */
    isExplained(message: RecognisedMessage, line: number): boolean {
      order++
      if (isReason(message)) reason = order
      if (!message.known.isWrapper || namesFunction(message)) return false
      const before = last.get(message.id)
      const isExplained =
        reason > (before?.order ?? 0) ||
        (before?.isExplained === true && isSaidAgain(message, line, before))
      last.set(message.id, { message, line, order, isExplained })
      return isExplained
    },
    /** The wrapper that was told and whose reason `message` turns out to be; null: there is none. */
    explainedBy(message: RecognisedMessage, line: number): RecognisedMessage | null {
      if (!isReason(message)) return null
      for (const [id, lines] of HEADS) {
        const head = last.get(id)
        if (head === undefined || head.isExplained || line - head.line > lines) continue
        if (id !== 'see-below' && head.message.known.origin !== message.known.origin) continue
        last.set(id, { ...head, isExplained: true })
        return head.message
      }
      return null
    },
  }
}

/** The same failure in other words: Proxmox tells it in its task, and the next line ends the task with it. */
function isSaidAgain({ text }: RecognisedMessage, line: number, before: Seen): boolean {
  return line - before.line <= 1 && text !== before.message.text
}
