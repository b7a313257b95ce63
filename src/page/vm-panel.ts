import { describeFunction } from '../document/function-text.js'
import { element, type Markup } from '../drawing/markup.js'
import { SIGNS } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { markKind, verdictOf } from '../inspect/text/reset-text.js'
import type { PolicyId } from '../policy/policies/index.js'
import { counted } from '../text/english.js'
import { goTo, said } from './panel-parts.js'

/** What `my VM` owns, with the verdict on each function, and what is taken along because it shares a group. */
export function vmPanel(
  index: ReportIndex,
  policy: PolicyId,
  owned: ReadonlySet<PciAddress>,
): readonly Markup[] {
  const title = element('h2', 'My VM')
  if (owned.size === 0) {
    return [
      title,
      element(
        'p',
        'Tick the functions that one VM gets: the verdicts then count them as bound to vfio-pci and opened by it. Nothing is ticked yet, so each function stands alone.',
      ),
    ]
  }
  const devices = index.report.devices.filter(({ address }) => owned.has(address))
  return [
    title,
    element('p', vmSentence(index, policy, owned)),
    element(
      'ul',
      { class: 'plain' },
      ...devices.map((device) => {
        const verdict = verdictOf(device, policy)
        const kind = markKind(verdict)
        return element(
          'li',
          element('strong', { class: kind }, SIGNS[kind]),
          goTo(device.address, { index }, 'vm'),
          element('span', { class: 'grow' }, said(describeFunction(device))),
          dropButton(device.address),
        )
      }),
      ...[...owned].filter((address) => !index.functions.has(address)).map(goneLine),
    ),
    element('button', { type: 'button', 'data-clear': '', 'data-focus': 'clear' }, 'Remove all'),
  ]
}

/** A VF whose PF the VM owns too: on the host as it would be then there is no such function. */
function goneLine(address: PciAddress): Markup {
  const text = 'goes as soon as its PF leaves the driver of the host'
  return element(
    'li',
    element('strong', { class: 'no' }, SIGNS.no),
    address,
    element('span', { class: 'grow' }, said(text)),
    dropButton(address),
  )
}

function dropButton(address: PciAddress): Markup {
  return element(
    'button',
    {
      type: 'button',
      'data-drop': address,
      'data-focus': `drop ${address}`,
      'aria-label': `Take ${address} from my VM`,
    },
    'Remove',
  )
}

/** How many of its functions the VM may reset. */
export function vmSentence(
  index: ReportIndex,
  policy: PolicyId,
  owned: ReadonlySet<PciAddress>,
): string {
  const kinds = index.report.devices
    .filter(({ address }) => owned.has(address))
    .map((device) => markKind(verdictOf(device, policy)))
  const permitted = kinds.filter((kind) => kind === 'yes').length
  const unsure = kinds.filter((kind) => kind === 'unsure').length
  const open = unsure > 0 ? `; ${unsure} cannot tell` : ''
  return `It may hot-reset ${permitted} of its ${counted(kinds.length, 'function')} under ${policy}${open}.`
}

/** Verdicts of the whole host, for the line at the bottom. */
export function hostSentence({ report }: ReportIndex, policy: PolicyId): string {
  const count = { yes: 0, no: 0, unsure: 0, none: 0 }
  for (const device of report.devices) {
    if (isEndpoint(device)) count[markKind(verdictOf(device, policy))] += 1
  }
  const none = count.none > 0 ? `, ${count.none} cannot be asked` : ''
  return `${policy}: ${SIGNS.yes} ${count.yes} permitted, ${SIGNS.no} ${count.no} refused, ${SIGNS.unsure} ${count.unsure} unknown${none}.`
}
