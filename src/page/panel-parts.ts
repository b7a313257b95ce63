import { element, type Markup } from '../drawing/markup.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceView } from '../inspect/text/device/device-view.js'
import { escapeTerminal } from '../text/escape.js'
import type { Style } from '../text/style.js'

/** Text for the page: not for a terminal, and wrapped by the browser alone. */
export const PLAIN: Style = { color: false, unicode: true, width: 1_000_000 }

/** Text from a host, with nothing in it that could act or hide. */
export function said(text: string): string {
  return escapeTerminal(text)
}

/** A button that shows another function. */
export function goTo(address: PciAddress, view: DeviceView): Markup {
  return element(
    'button',
    { class: 'link', type: 'button', 'data-show': address, 'data-focus': `show ${address}` },
    view.index.short(address),
  )
}

/** A table of rows, in one body or several. */
export function table(
  titles: readonly string[],
  ...bodies: readonly (readonly Markup[])[]
): Markup {
  const head = titles.map((title) => element('th', { scope: 'col' }, title))
  return element(
    'table',
    element('thead', element('tr', ...head)),
    ...bodies.map((rows) => element('tbody', ...rows)),
  )
}
