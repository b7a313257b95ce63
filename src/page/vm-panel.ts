import { describeFunction } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import { element, type Markup } from '../drawing/markup.js'
import { SIGNS, VM_NAMES, type Vm } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport } from '../inspect/document.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import type { PolicyId } from '../policy/policies/index.js'
import { counted, listed } from '../text/english.js'
import { resetMark } from '../topology/reset-mark.js'
import type { Given } from '../topology/scene-options.js'
import { functionsOf } from './page-model.js'
import { goTo, said } from './panel-parts.js'

const VMS: readonly Vm[] = ['a', 'b']

/** What each VM gets, with the verdict on each function, and what cannot be divided between them. */
export function vmPanel(index: ReportIndex, policy: PolicyId, given: Given): readonly Markup[] {
  const title = element('h2', 'Give to a VM')
  if (given.size === 0) {
    return [
      title,
      element(
        'p',
        'Tick A or B on functions: they then count as bound to vfio-pci and open in that VM. Nothing is ticked yet, so each function stands alone.',
      ),
    ]
  }
  return [
    title,
    ...sharedGroups(index, given).map((text) =>
      element('p', { class: 'warn' }, `${SIGNS.no} ${text}`),
    ),
    ...VMS.flatMap((vm) => oneVm(vm, index, policy, given)),
    element('button', { type: 'button', 'data-clear': '', 'data-focus': 'clear' }, 'Remove all'),
  ]
}

function oneVm(vm: Vm, index: ReportIndex, policy: PolicyId, given: Given): readonly Markup[] {
  const mine = functionsOf(vm, given)
  if (mine.length === 0) return []
  return [
    element('h3', { class: `vm-${vm}` }, VM_NAMES[vm]),
    element('p', vmSentence(vm, index, policy, given)),
    element('ul', { class: 'plain' }, ...mine.map((address) => line(address, vm, index, policy))),
  ]
}

function line(address: PciAddress, vm: Vm, index: ReportIndex, policy: PolicyId): Markup {
  const device = index.devices.get(address)
  if (device === undefined) return goneLine(address, vm)
  const kind = resetMark(device, verdictOf(device, policy))
  return element(
    'li',
    element('strong', { class: kind }, SIGNS[kind]),
    goTo(address, { index }, 'vm'),
    element('span', { class: 'grow' }, said(describeFunction(device))),
    dropButton(address, vm),
  )
}

/** A VF whose PF is given away too: on the host as it would be then there is no such function. */
function goneLine(address: PciAddress, vm: Vm): Markup {
  const text = 'goes as soon as its PF leaves the driver of the host'
  return element(
    'li',
    element('strong', { class: 'no' }, SIGNS.no),
    address,
    element('span', { class: 'grow' }, said(text)),
    dropButton(address, vm),
  )
}

function dropButton(address: PciAddress, vm: Vm): Markup {
  return element(
    'button',
    {
      type: 'button',
      'data-tick': `${vm} ${address}`,
      'data-focus': `drop ${address}`,
      'aria-label': `Take ${address} from ${VM_NAMES[vm]}`,
    },
    'Remove',
  )
}

/** Groups of which both VMs have a function: a group has one user. */
export function sharedGroups({ report }: ReportIndex, given: Given): readonly string[] {
  return report.groups.flatMap(({ id, devices }) => {
    const owners = new Set(devices.flatMap((address) => given.get(address) ?? []))
    if (owners.size < 2) return []
    return [`VM A and VM B cannot run together: both have functions of IOMMU group ${id}.`]
  })
}

/** How many of its functions the VM may reset, and what it may not do although nothing of it is in a shared group. */
export function vmSentence(vm: Vm, index: ReportIndex, policy: PolicyId, given: Given): string {
  const devices = functionsOf(vm, given).flatMap((address) => index.devices.get(address) ?? [])
  const kinds = devices.map((device) => resetMark(device, verdictOf(device, policy)))
  const permitted = kinds.filter((kind) => kind === 'yes').length
  const rest = [
    ...(kinds.includes('harmless') ? ['a refusal marked ○ does no harm'] : []),
    ...(kinds.includes('unsure')
      ? [`${kinds.filter((kind) => kind === 'unsure').length} cannot tell`]
      : []),
  ]
  const count = `${VM_NAMES[vm]} may hot-reset ${permitted} of its ${counted(kinds.length, 'function')} under ${policy}`
  return `${[count, ...rest].join('; ')}.${sharedReset(vm, devices, given, index)}`
}

/** The other VM's functions that a reset of these affects: the very question of two users. */
function sharedReset(
  vm: Vm,
  devices: readonly DeviceReport[],
  given: Given,
  { short }: ReportIndex,
): string {
  const others = new Set(
    devices.flatMap(({ hotReset: { affected } }) =>
      isStated(affected) ? affected.filter((address) => (given.get(address) ?? vm) !== vm) : [],
    ),
  )
  if (others.size === 0) return ''
  return ` Its reset also affects ${listed([...others].map(short))} of ${VM_NAMES[vm === 'a' ? 'b' : 'a']}.`
}

/** Verdicts of the whole host, for the line at the bottom. */
export function hostSentence({ report }: ReportIndex, policy: PolicyId): string {
  const count = { yes: 0, harmless: 0, no: 0, unsure: 0, none: 0 }
  for (const device of report.devices) {
    if (isEndpoint(device)) count[resetMark(device, verdictOf(device, policy))] += 1
  }
  const none = count.none > 0 ? `, ${count.none} cannot be asked` : ''
  return `${policy}: ${SIGNS.yes} ${count.yes} permitted, ${SIGNS.harmless} ${count.harmless} refused but harmless, ${SIGNS.no} ${count.no} refused, ${SIGNS.unsure} ${count.unsure} unknown${none}.`
}
