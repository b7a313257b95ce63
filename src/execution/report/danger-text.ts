import { NEED_WORDS } from '../../host/need-words.js'
import type { PciAddress } from '../../host/pci-address.js'
import { tellWarning } from '../../inspect/warning-words.js'
import { listed } from '../../text/english.js'
import { finish, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
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
    case 'possibly-needed': {
      const { kind, detail } = danger.need
      const what = `${NEED_WORDS[kind].noun} ${detail}`
      return tellWarning({ kind: 'possible-host-need', address, detail: what }).sentence
    }
  }
}

/** What a scenario does to the functions that it names, said before it is done. */
export function touchedText(functions: ReadonlySet<PciAddress>, style: Style): Printable {
  if (functions.size === 0) return finish(paragraph('This opens no function.', style), style)
  const names = listed([...functions].sort())
  return finish(
    paragraph(
      `This opens ${names} as the steps say. Opening a function resets it and stops its DMA; so does closing it, and the last close can reset the whole set.`,
      style,
    ),
    style,
  )
}
