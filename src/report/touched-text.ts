import type { PciAddress } from '../host/pci-address.js'
import { listed } from '../text/english.js'
import { finish, paragraph } from '../text/layout.js'
import type { Style } from '../text/style.js'

/** What a scenario does to the functions that it names, said before it is done. */
export function touchedText(functions: ReadonlySet<PciAddress>, style: Style): string {
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
