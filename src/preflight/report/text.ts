import { describeFunction } from '../../document/function-text.js'
import { stated, statedHex } from '../../document/stated.js'
import { mapByAddress, type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import type { RawFunction } from '../../host/raw-host.js'
import { counted, listed } from '../../text/english.js'
import { displayWidth, finish, heading, pad, paragraph } from '../../text/layout.js'
import { groupBy } from '../../text/lists.js'
import type { Printable } from '../../text/printable.js'
import { glyphsOf, paint, type Style, type Tone } from '../../text/style.js'
import type { Outcome } from '../checks/check.js'
import { findCheck } from '../checks/find-check.js'
import { CHECKS } from '../checks/index.js'
import { tellPreflight } from './check-words.js'
import type { CheckReport, FunctionNames, PreflightReport, VmReport } from './document.js'
import { preflightScreen } from './first-screen.js'
import { tellNotFollowed, tellSkipped } from './input-words.js'
import { planLines } from './plan-text.js'
import { INTERFACE_WORDS } from './start-words.js'
import { vmSummary } from './summary-text.js'
import { togetherText } from './together-text.js'
import { VERDICT_TONES } from './verdict-text.js'

export interface PreflightStyle extends Style {
  /** A line for each check, also for those that pass. */
  readonly all: boolean
  /** What a function is: `VGA: NVIDIA GA102`; undefined: no name is known. */
  readonly describe: (address: PciAddress) => string | undefined
}

/** `preflight` for people: the verdict first, then what fails, then what to do. */
export function renderPreflight(report: PreflightReport, style: PreflightStyle): Printable {
  if (style.extent === 'first-screen') return finish(preflightScreen(report, style), style)
  const together = togetherText(report.vms)
  const first = together === null ? [] : [paragraph(together.text, style, { tone: together.tone })]
  const blocks = [...first, ...report.vms.map((vm) => vmLines(vm, style))]
  return finish(
    blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    style,
  )
}

function vmLines(vm: VmReport, style: PreflightStyle): string[] {
  const lead = paragraph(vmSummary(vm), style, { tone: VERDICT_TONES[vm.verdict] })
  if (vm.devices.length === 0) return [...lead, ...inputLines(vm, style)]
  return [
    ...lead,
    ...paragraph(interfaceText(vm), style),
    ...inputLines(vm, style),
    ...vm.devices.flatMap((address) => functionLines(vm, address, style)),
    ...planLines(vm, style),
  ]
}

function interfaceText({ functions }: VmReport): string {
  const ways = [...groupBy(functions, ({ via }) => via)]
  const [first] = functions
  if (first !== undefined && ways.length === 1) {
    return `Each function is opened through ${INTERFACE_WORDS[first.via]}; a hot reset is judged by ${first.policy}.`
  }
  const parts = ways.map(([via, own]) => {
    const policies = listed([...new Set(own.map(({ policy }) => policy))])
    return `${listed(own.map(({ address }) => address))} through ${INTERFACE_WORDS[via]} (judged by ${policies})`
  })
  return `Opened in two ways: ${parts.join('; ')}.`
}

function inputLines({ skipped, notFollowed }: VmReport, style: Style): string[] {
  return [
    ...notFollowed.flatMap((each) =>
      paragraph(`Not followed: ${tellNotFollowed(each)}`, style, { tone: 'unsure' }),
    ),
    ...skipped.flatMap((each) => paragraph(tellSkipped(each), style)),
  ]
}

function functionLines(vm: VmReport, address: PciAddress, style: PreflightStyle): string[] {
  const checks = vm.checks.filter(({ device }) => device === address)
  const what = style.describe(address)
  const groups = sortOut(checks, vm, style)
  return [
    ...heading(what === undefined ? address : `${address}  ${what}`, style),
    ...groups.told.flatMap((check) => checkLines(check, style)),
    ...titleLines(groups.again, 'as above', 'cannot-tell', style),
    ...titleLines(groups.plain, counted(groups.plain.length, 'pass', 'passes'), 'pass', style),
  ]
}

interface SortedChecks {
  readonly told: readonly CheckReport[]
  /** What could not be told of an earlier function for the same cause. */
  readonly again: readonly CheckReport[]
  readonly plain: readonly CheckReport[]
}

/** What fails comes first, whatever the order in which a start would meet it. */
function sortOut(
  checks: readonly CheckReport[],
  vm: VmReport,
  { all }: PreflightStyle,
): SortedChecks {
  if (all) return { told: checks, again: [], plain: [] }
  const isAgain = (check: CheckReport): boolean => {
    if (check.outcome !== 'cannot-tell') return false
    const first = vm.checks.find((each) => each.id === check.id && causeOf(each) === causeOf(check))
    return first !== check
  }
  const open = checks.filter((check) => !isPlainPass(check) && !isAgain(check))
  return {
    told: WORST_FIRST.flatMap((outcome) => open.filter((check) => check.outcome === outcome)),
    again: checks.filter(isAgain),
    plain: checks.filter(isPlainPass),
  }
}

const WORST_FIRST: readonly Outcome[] = ['fail', 'cannot-tell', 'warn', 'pass']

function causeOf({ reasons }: CheckReport): string {
  return reasons.map((reason) => tellPreflight(reason).sentence).join(' ')
}

/** A pass that has nothing to tell beyond it: which reset happens is told. */
function isPlainPass({ id, outcome }: CheckReport): boolean {
  return outcome === 'pass' && id !== 'reset-at-start'
}

function checkLines(check: CheckReport, style: Style): string[] {
  const { id, outcome, reasons, plan } = check
  const [first = findCheck(id).passes, ...rest] = sentencesOf(check)
  const by = ID_WIDTH + displayWidth(mark('pass', style)) + 5
  const hints = reasons
    .filter(({ kind }) => !DONE_BY_PLANS.has(kind))
    .flatMap((each) => tellPreflight(each).words.hint ?? [])
  const shown = outcome === 'pass' || plan !== null ? [] : [...new Set(hints)].slice(0, MOST_HINTS)
  return [
    ...titled(id, first, outcome, style),
    ...rest.flatMap((sentence) => paragraph(sentence, style, { by })),
    ...shown.flatMap((hint) => paragraph(hint, style, { by, tone: 'faint' })),
  ]
}

/** What a plan removes. Where there is none, the host needs the function, or nobody knows: then their hints would do it harm. */
const DONE_BY_PLANS: ReadonlySet<CheckReport['reasons'][number]['kind']> = new Set([
  'foreign-driver',
  'group-not-viable',
])

/** More hints than these to one check confuse. */
const MOST_HINTS = 2

const ID_WIDTH = Math.max(...CHECKS.map(({ id }) => id.length))

/** `✗ driver   text`, with the text in a column of its own. */
function titled(name: string, text: string, outcome: Outcome, style: Style): string[] {
  const sign = mark(outcome, style)
  const [head = '', ...more] = paragraph(text, style, {
    by: ID_WIDTH + displayWidth(sign) + 5,
  })
  const toned = paint(sign, OUTCOME_TONES[outcome], style)
  return [`  ${toned} ${pad(name, ID_WIDTH)}  ${head.trimStart()}`, ...more]
}

const OUTCOME_TONES = {
  pass: 'good',
  fail: 'bad',
  'cannot-tell': 'unsure',
  warn: 'unsure',
} as const satisfies Record<Outcome, Tone>

/** Reasons of one kind beyond these are counted only; of files that were not read one is enough to understand. */
const MOST_OF_A_KIND = 4
const MOST_UNREAD = 2

function sentencesOf({ reasons, harmless, outcome, id }: CheckReport): readonly string[] {
  const told = [...groupBy(reasons, ({ kind }) => kind)].flatMap(([kind, all]) => {
    const most = kind === 'unread' ? MOST_UNREAD : MOST_OF_A_KIND
    const sentences = [...new Set(all.map((each) => tellPreflight(each).sentence))]
    const shown = sentences.slice(0, most)
    const left = sentences.length - shown.length
    return left === 0 ? shown : [...shown, `… and ${left} more of the kind.`]
  })
  const isRefused = (id === 'reset-set' || id === 'reset-ownership') && outcome !== 'pass'
  if (!isRefused) return told
  if (harmless === null) return [...told, HARMLESS_WORDS.open]
  return [...told, HARMLESS_WORDS[harmless ? 'yes' : outcome === 'fail' ? 'fatal' : 'weak']]
}

const HARMLESS_WORDS = {
  yes: 'Harmless: the function has a reset of its own, and the start of the VM uses that.',
  weak: 'That may matter: the function’s own reset is weak.',
  fatal: 'That matters: nothing else resets the function.',
  open: 'Whether that matters depends on the function’s own reset, which is unknown.',
} as const

/** Checks of which the names are enough. */
function titleLines(
  checks: readonly CheckReport[],
  name: string,
  outcome: Outcome,
  style: Style,
): string[] {
  if (checks.length === 0) return []
  return titled(name, checks.map(({ id }) => id).join(', '), outcome, style)
}

function mark(outcome: Outcome, style: Style): string {
  const { yes, no, unsure, attention } = glyphsOf(style)
  const sign = { pass: yes, fail: no, 'cannot-tell': unsure, warn: attention }[outcome]
  return pad(sign, Math.max(...[yes, no, unsure, attention].map(displayWidth)))
}

/** What functions are, for people: `VGA: NVIDIA GA102 [GeForce RTX 3090]`. A function that is not there has no name. */
export function describeFunctions(
  functions: readonly RawFunction[],
  names: FunctionNames,
): (address: PciAddress) => string | undefined {
  const byAddress = mapByAddress(functions)
  return (address) => {
    const raw = byAddress.get(address)
    if (raw === undefined) return undefined
    const driver = stated(raw.driver)
    const words = describeFunction({
      name: names.get(address) ?? null,
      classCode: statedHex(raw.classCode, 6),
      vendorId: statedHex(raw.vendorId, 4),
      deviceId: statedHex(raw.deviceId, 4),
      parent: parsePciAddress(raw.path.split('/').at(-2) ?? '') ?? null,
    })
    return typeof driver === 'string' ? `${words} (${driver})` : words
  }
}
