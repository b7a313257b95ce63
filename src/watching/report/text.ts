import { causeText, changeSentence, listText } from '../../diff/report/change-words.js'
import { isStated } from '../../document/stated.js'
import { printableSentences } from '../../text/printable.js'
import type { ConditionId } from '../condition.js'
import type { WaitedFunction, WaitReport, WatchEvent } from './document.js'

/** A line a change. */
export function watchLines({ time, changes }: WatchEvent) {
  return printableSentences(
    ...changes.map((change) => {
      const devices = change.devices.length === 0 ? 'host' : listText(change.devices)
      const policy = change.kind === 'verdict' ? `${change.policy}: ` : ''
      const because = change.cause === null ? '' : ` (because ${causeText(change.cause)})`
      return `${time}  ${devices}  ${policy}${changeSentence(change)}${because}`
    }),
  )
}

/** How the wait ended, a line a function. */
export function waitText(report: WaitReport) {
  return printableSentences(...waitSentences(report))
}

/** A sentence a function. */
export function waitSentences({
  devices,
  for: condition,
}: Pick<WaitReport, 'devices' | 'for'>): readonly string[] {
  return devices.map((device) => sentence(device, condition))
}

function sentence({ address, named, holds }: WaitedFunction, condition: ConditionId): string {
  const subject = address ?? named
  const { yes, no, question } = WORDS[condition]
  if (isStated(holds)) return `${subject} ${holds ? yes : no}.`
  return `${subject}: unknown whether ${question} (${holds.unknown}).`
}

const WORDS: Readonly<Record<ConditionId, Record<'yes' | 'no' | 'question', string>>> = {
  permitted: {
    yes: 'may be hot-reset',
    no: 'may not be hot-reset',
    question: 'it may be hot-reset',
  },
  bound: {
    yes: 'is bound to a VFIO driver',
    no: 'is not bound to a VFIO driver',
    question: 'a VFIO driver is bound to it',
  },
  released: {
    yes: 'is open in no process',
    no: 'is open in a process',
    question: 'a process has it open',
  },
  gone: { yes: 'is not there', no: 'is still there', question: 'it is still there' },
}
