import { errnoText } from '../document/errno-text.js'
import { describeFunction, isBridge, portWords } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import { type SceneMark, type SceneNode, VM_NAMES, type Vm } from '../drawing/scene.js'
import type { InspectReport, RelatedFunction } from '../inspect/document.js'
import { isHostNeed } from '../inspect/report-index.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import { tellWarning } from '../inspect/warning-words.js'
import { kernelPolicy } from '../policy/find-policy.js'
import type { PolicyId } from '../policy/policies/index.js'
import { counted } from '../text/english.js'
import { acsOf } from './acs-mark.js'
import type { Tree } from './forest.js'
import { resetMark } from './reset-mark.js'
import type { SceneOptions } from './scene-options.js'

/** A node without its place in the hierarchy. */
export type CardFacts = Omit<SceneNode, 'id' | 'functions' | 'link' | 'children' | 'hidden'>

/** The card of one function. */
export function functionCard(each: RelatedFunction, options: SceneOptions): CardFacts {
  const { index, given, asked } = options
  const { address } = each
  const bridge = isBridge(each)
  const what = bridge ? portWords(each) : describeFunction(each)
  const facts = [...driversText([each], options), groupText(each)].join(' · ')
  const acs = acsOf(each)
  const mark = markOf(each, options)
  const alert = alertOf(each, options)
  return {
    kind: bridge ? 'port' : 'function',
    devices: 1,
    name: index.short(address),
    what,
    facts,
    acs,
    mark,
    alert,
    owner: given === null || bridge ? null : (given.get(address) ?? 'nobody'),
    asked: asked.has(address),
    description: [
      address,
      what,
      facts,
      ...(acs === null ? [] : [acs.text]),
      ...(mark === null || mark.kind === 'none'
        ? []
        : [`hot reset by ${options.policy}: ${mark.kind === 'harmless' ? HARMLESS : mark.text}`]),
      ...(alert === null ? [] : [`the host needs it: ${alert}`]),
      ...vmText(given?.get(address)),
    ].join(', '),
  }
}

const HARMLESS = 'refused, but harmless, it has a reset of its own'

function vmText(vm: Vm | undefined): string[] {
  return vm === undefined ? [] : [`given to ${VM_NAMES[vm]}`]
}

/** Drivers of functions that somebody could be given; ports are all on the same. What a VM has counts as bound. */
export function driversText(functions: Tree['functions'], { given }: SceneOptions): string[] {
  if (functions.every(isBridge))
    return functions.every(({ driver }) => isStated(driver)) ? [] : ['driver not read']
  const drivers = new Set(
    functions.map(({ address, driver }) => {
      if (given?.has(address) === true) return 'as if vfio-pci'
      return isStated(driver) ? (driver ?? 'no driver') : 'driver not read'
    }),
  )
  return drivers.size > 2 ? [counted(drivers.size, 'driver')] : [[...drivers].join(', ')]
}

function groupText({ iommuGroup }: RelatedFunction): string {
  if (!isStated(iommuGroup)) return 'group not read'
  return iommuGroup === null ? 'no group' : `group ${iommuGroup}`
}

/** Verdict on a function that somebody could be given. */
export function markOf(
  { address }: RelatedFunction,
  { index, policy }: Pick<SceneOptions, 'index' | 'policy'>,
): SceneMark | null {
  const device = index.devices.get(address)
  if (device === undefined || !isEndpoint(device)) return null
  const verdict = verdictOf(device, policy)
  if (verdict === undefined) return null
  const kind = resetMark(device, verdict)
  if (kind === 'yes') return { kind, text: 'permitted' }
  if (kind === 'harmless') return { kind, text: 'harmless' }
  if (kind === 'unsure') return { kind, text: 'cannot tell' }
  const errno = errnoText(verdict)
  return { kind, text: errno === null ? 'refused' : `refused ${errno}` }
}

/** What the host needs it for, or that it does not answer. */
export function alertOf(
  { address }: RelatedFunction,
  { index }: Pick<SceneOptions, 'index'>,
): string | null {
  for (const warning of index.warningsOf.get(address) ?? []) {
    if (isHostNeed(warning) || warning.kind === 'dead-function') {
      return tellWarning(warning).words.title
    }
  }
  return null
}

/** The policy whose verdicts a drawing marks unless told: what this kernel would be asked. */
export function usualPolicy({ host: { vfio } }: Pick<InspectReport, 'host'>): PolicyId {
  return kernelPolicy(vfio.cdev === true ? 'cdev' : 'group').id
}
