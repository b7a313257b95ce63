import { cellText, describeFunction, isBridge } from '../document/function-text.js'
import { element, type Markup } from '../drawing/markup.js'
import { SIGNS, VM_NAMES } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport } from '../inspect/document.js'
import { isAboutNeed } from '../inspect/report-index.js'
import { leadLines } from '../inspect/text/device/device-lead.js'
import { remedyLines } from '../inspect/text/device/device-remedy.js'
import {
  affectedFunctions,
  type DeviceView,
  named,
  reasonsOf,
} from '../inspect/text/device/device-view.js'
import { verdictOf, verdictWords } from '../inspect/text/reset-text.js'
import { tellWarning } from '../inspect/warning-words.js'
import type { PolicyId } from '../policy/policies/index.js'
import { tellReason } from '../policy/reason-words.js'
import type { Verdict } from '../policy/verdict.js'
import { counted } from '../text/english.js'
import { resetMark } from '../topology/reset-mark.js'
import type { Given } from '../topology/scene-options.js'
import { isolationSection } from './isolation-section.js'
import { goTo, listItems, said, table } from './panel-parts.js'

/** What the panel depends on besides the function. */
export interface DetailChoice {
  readonly policy: PolicyId
  readonly given: Given
}

/**
 * All about one function: the sentences of `inspect DEVICE`, its verdicts under every policy, what is affected, isolation,
 * what to do.
 */
export function detailPanel(view: DeviceView, choice: DetailChoice): readonly Markup[] {
  const { device } = view
  const [headline = '', details = ''] = leadLines(view).filter((line) => line !== '')
  return [
    element('h2', said(named(device))),
    element('p', element('strong', headline)),
    ...(isBridge(device) ? [] : [ownership(device.address, choice)]),
    ...(isBridge(device) ? [] : [element('p', details), stateLine(view)]),
    ...warnings(view),
    ...verdictSection(view, choice),
    ...remedySection(view),
    ...affectedSection(view),
    ...isolationSection(view),
  ]
}

function stateLine({ device }: DeviceView): Markup {
  const { driver, iommuGroup, state } = device
  const holders = state.holders.map(({ command, pid }) => `${command} (pid ${pid})`)
  return element(
    'p',
    { class: 'soft' },
    said(
      [
        `Driver ${cellText(driver)}`,
        `IOMMU group ${cellText(iommuGroup)}`,
        ...(holders.length > 0 ? [`held by ${[...new Set(holders)].join(', ')}`] : []),
      ].join(', '),
    ),
  )
}

/** What the host needs among all that the reset affects, and whatever else an operator should know. */
function warnings(view: DeviceView): Markup[] {
  const concerned = new Set([view.device.address, ...affectedFunctions(view.device)])
  return [...concerned].flatMap((address) =>
    (view.index.warningsOf.get(address) ?? []).map((warning) => {
      const { words, sentence } = tellWarning(warning)
      const hint = words.hint === null ? '' : ` ${words.hint}`
      return element(
        'p',
        isAboutNeed(warning) ? { class: 'warn' } : {},
        said(`! ${sentence}${hint}`),
      )
    }),
  )
}

function ownership(address: PciAddress, { given }: DetailChoice): Markup {
  const choices = (['a', 'b'] as const).map((vm) =>
    element(
      'label',
      { class: `vm-${vm}` },
      element('input', {
        type: 'checkbox',
        'data-own': `${vm} ${address}`,
        'data-focus': `own ${vm} ${address}`,
        checked: given.get(address) === vm ? '' : undefined,
      }),
      `Give to ${VM_NAMES[vm]}`,
    ),
  )
  return element('p', { class: 'own' }, ...choices, '(as if it were bound to vfio-pci)')
}

function verdictSection(view: DeviceView, { policy }: DetailChoice): Markup[] {
  const { verdicts } = view.device.hotReset
  const chosen = verdictOf(view.device, policy)
  if (chosen === undefined) return []
  const real = verdicts.filter(({ hypothetical }) => !hypothetical)
  const debated = verdicts.filter(({ hypothetical }) => hypothetical)
  return [
    element('h3', `Why, under ${policy}`),
    ...reasonList(chosen, view),
    element('h3', 'Who may hot-reset it'),
    table(
      ['Policy', 'Answer', 'Where'],
      real.map((verdict) => verdictRow(verdict, view.device, policy)),
      [
        element(
          'tr',
          element('th', { colspan: 3, scope: 'rowgroup' }, 'No kernel has these rules:'),
        ),
        ...debated.map((verdict) => verdictRow(verdict, view.device, policy)),
      ],
    ),
  ]
}

function verdictRow(verdict: Verdict, device: DeviceReport, chosen: PolicyId): Markup {
  const { policy } = verdict
  const kind = resetMark(device, verdict)
  const { answer, where } = verdictWords(verdict)
  const choose = {
    class: 'link',
    type: 'button',
    'data-policy': policy,
    'data-focus': `policy ${policy}`,
  }
  return element(
    'tr',
    policy === chosen ? { class: 'chosen', 'aria-current': 'true' } : {},
    element('td', element('button', choose, policy)),
    element('td', { class: `answer ${kind}` }, `${SIGNS[kind]} ${answer}`),
    element('td', where),
  )
}

/** Reasons beyond this many are counted: a reset can affect hundreds of functions. */
const LISTED = 12

function reasonList(verdict: Verdict, view: DeviceView): Markup[] {
  const reasons = reasonsOf(verdict, view.device)
  if (reasons.length === 0) {
    const text =
      verdict.outcome === 'permitted'
        ? 'Nothing stands in the way of a user who has what is ticked, and this function.'
        : 'No reason is known.'
    return [element('p', text)]
  }
  return [
    element(
      'ul',
      ...listItems(reasons, { most: LISTED, noun: 'reason' }, (reason) => {
        const { words, sentence } = tellReason(reason)
        const hint =
          words.hint === null ? [] : [element('span', { class: 'soft' }, ` ${said(words.hint)}`)]
        return element('li', said(sentence), ...hint)
      }),
    ),
  ]
}

/** The commands of `inspect DEVICE`, under its own heading. */
function remedySection(view: DeviceView): Markup[] {
  const lines = remedyLines(view).filter((line) => line !== '')
  const [title, ...rest] = lines
  if (title === undefined || rest.length === 0) return []
  return [
    element('h3', title),
    ...rest.map((line) => {
      const text = line.trim()
      const isCommand = line.startsWith('      ')
      return element(
        'p',
        isCommand ? { class: 'command' } : {},
        isCommand ? element('code', text) : text,
      )
    }),
  ]
}

function affectedSection(view: DeviceView): Markup[] {
  const affected = affectedFunctions(view.device)
  if (affected.length === 0 || isBridge(view.device)) return []
  return [
    element('h3', `What the reset affects: ${counted(affected.length, 'function')}`),
    element(
      'ul',
      { class: 'plain' },
      ...listItems(affected, { most: 4 * LISTED, noun: 'function' }, (address) =>
        affectedLine(address, view),
      ),
    ),
  ]
}

function affectedLine(address: PciAddress, view: DeviceView): Markup {
  const found = view.index.functions.get(address)
  if (found === undefined) return element('li', address)
  const blockers = view.device.hotReset.blockers.filter((blocker) => blocker.address === address)
  const notes = blockers.map((blocker) => tellReason(blocker).words.title.toLowerCase())
  return element(
    'li',
    goTo(address, view),
    element(
      'span',
      { class: 'grow' },
      said(
        `${describeFunction(found)}, ${cellText(found.driver)}, group ${cellText(found.iommuGroup)}`,
      ),
      ...(notes.length > 0
        ? [element('span', { class: 'no' }, ` ${SIGNS.no} ${[...new Set(notes)].join(', ')}`)]
        : []),
    ),
  )
}
