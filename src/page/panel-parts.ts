import { element, type Markup } from '../drawing/markup.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceView } from '../inspect/text/device/device-view.js'
import { counted } from '../text/english.js'
import { escapeTerminal } from '../text/escape.js'
import type { Style } from '../text/style.js'

/** Text for the page: not for a terminal, and wrapped by the browser alone. */
export const PLAIN: Style = { color: false, unicode: true, width: 1_000_000 }

/** Text from a host, with nothing in it that could act or hide. */
export function said(text: string): string {
  return escapeTerminal(text)
}

/** A button that shows another function. `from`: the list that it stands in, lest the focus go to the same one elsewhere. */
export function goTo(
  address: PciAddress,
  { index }: Pick<DeviceView, 'index'>,
  from = 'show',
): Markup {
  return element(
    'button',
    { class: 'link', type: 'button', 'data-show': address, 'data-focus': `${from} ${address}` },
    index.short(address),
  )
}

/** Items of a list; those beyond `most` are counted. */
export function listItems<T>(
  all: readonly T[],
  { most, noun }: { readonly most: number; readonly noun: string },
  item: (each: T) => Markup,
): readonly Markup[] {
  const more = all.length - most
  const shown = all.slice(0, most).map(item)
  return more > 0 ? [...shown, element('li', `and ${counted(more, `more ${noun}`)}`)] : shown
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
