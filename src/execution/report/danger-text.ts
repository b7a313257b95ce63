import { tellWarning } from '../../inspect/warning-words.js'
import type { Danger } from '../danger.js'

/** What speaks against a reset, in one sentence. */
export function dangerText(danger: Danger): string {
  const { address } = danger
  switch (danger.kind) {
    case 'held': {
      const { command, pid, target } = danger.holder
      return `${command} (pid ${pid}) has ${address} in use: it holds ${target}.`
    }
    case 'open':
      return `${address} seems to be open: its enable count is ${danger.count}, though no process was seen that has it.`
    case 'needed': {
      const { kind, detail } = danger.need
      return tellWarning({ kind, address, detail }).sentence
    }
  }
}
