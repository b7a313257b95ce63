import { NEED_WORDS } from '../../host/need-words.js'
import type { PciAddress } from '../../host/pci-address.js'
import { isVital } from '../../plan/host-use.js'
import { vmName } from '../../plan/report/step-words.js'
import { counted, listed, lowerFirst, some, upperFirst } from '../../text/english.js'
import type { Tone } from '../../text/style.js'
import type { Verdict3 } from '../answer.js'
import type { HostNeeds, KnownBadReset } from '../reason.js'
import { tellPreflight } from './check-words.js'
import type { CheckReport, VmReport } from './document.js'
import { formatName } from './input-words.js'

export const VERDICT_TONES = {
  pass: 'good',
  fail: 'bad',
  'cannot-tell': 'unsure',
} as const satisfies Record<Verdict3, Tone>

/** The first sentence on a VM: whether it gets its functions, and whether they come to it reset; or that it must not be tried. */
export function verdictText(vm: VmReport): string {
  const danger = dangerText(vm)
  if (danger !== null) return danger
  const start = STARTS_TEXT[vm.starts]
  if (vm.starts === 'fail') {
    const [reason] = onlyFailure(vm)?.reasons ?? []
    const why = reason === undefined ? null : lowerFirst(tellPreflight(reason).sentence)
    return `${vmTitle(vm)} ${start}: ${why ?? `${failures(vm.checks)}.`}`
  }
  const open = vm.starts === 'cannot-tell' ? ` (cannot tell: ${openIds(vm)})` : ''
  return `${vmTitle(vm)} ${start}${open}${resetText(vm)}.`
}

/** The one check that keeps the VM from starting: its sentence says more than its title; null: none, or several. */
export function onlyFailure({ checks, starts }: VmReport): CheckReport | null {
  const failing = checks.filter(({ outcome }) => outcome === 'fail')
  return starts === 'fail' && failing.length === 1 ? (failing[0] ?? null) : null
}

/** The VM with where it is described: `VM web (web.xml, libvirt domain)`. */
export function vmTitle(vm: VmReport): string {
  return upperFirst(describedVm(vm))
}

function describedVm({ name, input, format }: VmReport): string {
  const file = input === '-' ? 'standard input' : input
  const where = file === null || format === null ? '' : ` (${file}, ${formatName(format)})`
  return name === null && input === null ? 'this VM' : `${vmName(name)}${where}`
}

/**
 * The warning before a start that takes from the host what it needs; null: there is nothing to warn of. "Will not start" would
 * read as safe to try.
 */
export function dangerText(vm: VmReport): string | null {
  const needs = takenNeeds(vm)
  if (needs.length === 0) return null
  const addresses = [...new Set(needs.map(({ address }) => address))]
  const nouns = [...new Set(needs.map(({ need }) => NEED_WORDS[need].noun))]
  const others = vm.checks.filter(({ outcome, id }) => outcome === 'fail' && id !== 'host-needs')
  const more = others.length === 0 ? '' : ` Besides, ${failures(others)}.`
  const taken = takenFor(vm, CERTAINLY)
  const takes = needs.some(({ address }) => taken.has(address)) ? 'takes' : 'may take'
  return `Do not start ${describedVm(vm)}: it ${takes} ${some(addresses, MOST_NAMED)} from the host, which needs ${addresses.length === 1 ? 'it' : 'them'} (${listed(nouns)}).${more}`
}

const MOST_NAMED = 4

/** What the host needs of the functions that whoever starts the VM binds to vfio-pci, or may. */
function takenNeeds(vm: VmReport): readonly HostNeeds[] {
  const taken = takenFor(vm, [...CERTAINLY, 'binding-unseen'])
  return vm.checks
    .flatMap((check) => check.reasons)
    .filter(
      (each): each is HostNeeds =>
        each.kind === 'host-needs' && isVital(each.need) && taken.has(each.address),
    )
}

const CERTAINLY = ['bound-at-start', 'taken-along'] as const

/** Functions that the start takes from the host, by the reasons that tell it. */
function takenFor(
  { checks }: VmReport,
  kinds: readonly ((typeof CERTAINLY)[number] | 'binding-unseen')[],
): ReadonlySet<PciAddress> {
  const reasons = checks.flatMap((check) => check.reasons)
  return new Set(
    kinds.flatMap((kind) => reasons.flatMap((each) => (each.kind === kind ? [each.address] : []))),
  )
}

const STARTS_TEXT = {
  pass: 'will get its functions',
  fail: 'will not start',
  'cannot-tell': 'may or may not start',
} as const satisfies Record<Verdict3, string>

/** A reset that is there and permitted, and that the function does not survive, is none to rely on. */
function resetText({ resets, checks }: VmReport): string {
  const deadly = checks.flatMap(({ reasons }) => reasons.filter(isKnownBad))
  if (resets === 'pass' && deadly.length > 0) return `, but ${deadlyText(deadly)}`
  const joint = resets === 'pass' ? ', and' : ', but'
  const tail = resets === 'fail' ? `: ${failures(checks)}` : ''
  return `${joint} ${RESETS_TEXT[resets]}${tail}`
}

function isKnownBad(reason: CheckReport['reasons'][number]): reason is KnownBadReset {
  return reason.kind === 'known-bad-reset'
}

function deadlyText(all: readonly KnownBadReset[]): string {
  const fatal = all.filter(({ until }) => until !== null)
  const [first] = fatal
  const named = (each: readonly KnownBadReset[]) =>
    some([...new Set(each.map(({ address }) => address))], MOST_NAMED)
  if (first === undefined) return `${named(all)} may not come back from the reset`
  return `the reset is known to kill ${named(fatal)} until ${first.until}`
}

const RESETS_TEXT = {
  pass: 'its functions come to it reset',
  fail: 'not all of its functions come to it reset',
  'cannot-tell': 'it is unknown whether its functions come to it reset',
} as const satisfies Record<Verdict3, string>

function openIds({ checks, notFollowed }: VmReport): string {
  const open = checks.filter(({ outcome, decisive }) => outcome === 'cannot-tell' && decisive)
  const ids = open.map(({ id }) => id)
  return listed([
    ...(notFollowed.length === 0 ? [] : ['what could not be followed']),
    ...new Set(ids),
  ])
}

function failures(checks: readonly CheckReport[]): string {
  const failing = checks.filter(({ outcome }) => outcome === 'fail')
  const ids = [...new Set(failing.map(({ id }) => id))]
  return `${counted(failing.length, 'check')} ${failing.length === 1 ? 'fails' : 'fail'} (${listed(ids)})`
}
