import { errnoText } from '../document/errno-text.js'
import { describeFunction, isBridge, portWords } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import {
  type SceneAcs,
  type SceneMark,
  type SceneNode,
  VM_NAMES,
  type Vm,
} from '../drawing/scene.js'
import type { InspectReport, RelatedFunction } from '../inspect/document.js'
import { groupNumbersOf, isHostNeed } from '../inspect/report-index.js'
import { acsText } from '../inspect/text/acs-text.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import { isOnOwnBus } from '../inspect/text/tree/tree-facts.js'
import type { TreeNode } from '../inspect/text/tree/tree-topology.js'
import { tellWarning } from '../inspect/warning-words.js'
import { tellIsolation } from '../iommu/finding-words.js'
import { kernelPolicy } from '../policy/find-policy.js'
import type { PolicyId } from '../policy/policies/index.js'
import { counted } from '../text/english.js'
import { resetMark } from './reset-mark.js'
import type { SceneOptions } from './scene-options.js'

/** A node without its place in the hierarchy. */
type CardFacts = Omit<SceneNode, 'id' | 'functions' | 'children' | 'hidden'>

/** The card of one function. */
export function functionCard(each: RelatedFunction, options: SceneOptions): CardFacts {
  const { index, given, asked } = options
  const { address } = each
  const bridge = isBridge(each)
  const what = bridge ? portWords(each) : describeFunction(each)
  const facts = [...driverText(each), groupText(each)].join(' · ')
  const acs = acsOf(each)
  const mark = markOf(each, options)
  const alert = alertOf(each, options)
  return {
    kind: bridge ? 'port' : 'function',
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

/** The card of functions that are alike. */
export function severalCard({ kind, functions }: TreeNode, options: SceneOptions): CardFacts {
  const { short } = options.index
  const [first] = functions
  const last = functions.at(-1) ?? first
  const noun = kind === 'virtual-functions' ? 'VF' : 'other function'
  const name = counted(functions.length, noun)
  const range = `${short(first.address)} to ${short(last.address)}`
  const facts = [
    ...(kind === 'virtual-functions' ? driverText(first) : []),
    ...groupCount(functions),
    ...(isOnOwnBus(first) ? ['bus of their own'] : []),
  ].join(' · ')
  const mark = sharedMark(functions, options)
  return {
    kind: 'several',
    name,
    what: range,
    facts,
    acs: null,
    mark,
    alert: functions.map((each) => alertOf(each, options)).find((alert) => alert !== null) ?? null,
    owner: null,
    asked: false,
    description: [name, range, facts, ...(mark === null ? [] : [mark.text])].join(', '),
  }
}

/** Driver of a function that somebody could be given; ports are all on the same. */
function driverText(each: RelatedFunction): string[] {
  const { driver } = each
  if (!isStated(driver)) return ['driver not read']
  if (isBridge(each)) return []
  return [driver ?? 'no driver']
}

function groupText({ iommuGroup }: RelatedFunction): string {
  if (!isStated(iommuGroup)) return 'group not read'
  return iommuGroup === null ? 'no group' : `group ${iommuGroup}`
}

function groupCount(functions: readonly RelatedFunction[]): string[] {
  const groups = groupNumbersOf(functions)
  const [first] = groups
  if (first === undefined) return []
  return [groups.length === 1 ? `group ${first}` : counted(groups.length, 'group')]
}

/** Only ports that lead somewhere are asked for ACS by everything below them. */
function acsOf(each: RelatedFunction): SceneAcs | null {
  const { portType, acs, isolation, address } = each
  if (!isStated(portType) || !ASKED.has(portType)) return null
  const text = acsText(each)
  if (!isStated(acs.present) && acs.quirk === null) return { text, state: 'unread' }
  const against = isolation.findings.some(
    (finding) =>
      'at' in finding &&
      finding.at === address &&
      finding.kind !== 'strict-sibling-leak' &&
      tellIsolation(finding).words.speaks === 'against',
  )
  return {
    text,
    state: against || (acs.present === false && acs.quirk === null) ? 'open' : 'enforced',
  }
}

const ASKED: ReadonlySet<string> = new Set(['root-port', 'downstream-port'])

function markOf({ address }: RelatedFunction, { index, policy }: SceneOptions): SceneMark | null {
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

function sharedMark(functions: TreeNode['functions'], options: SceneOptions): SceneMark | null {
  const marks = functions.flatMap((each) => markOf(each, options) ?? [])
  const [first] = marks
  if (first === undefined) return null
  if (marks.every(({ text }) => text === first.text)) return first
  const refused = marks.filter(({ kind }) => kind === 'no').length
  const harmless = marks.filter(({ kind }) => kind === 'harmless').length
  if (refused > 0) return { kind: 'no', text: `${refused} of ${functions.length} refused` }
  if (harmless > 0) {
    return { kind: 'harmless', text: `${harmless} of ${functions.length} harmless` }
  }
  return { kind: 'unsure', text: 'cannot tell for all' }
}

/** What the host needs it for, or that it does not answer. */
function alertOf({ address }: RelatedFunction, { index }: SceneOptions): string | null {
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
