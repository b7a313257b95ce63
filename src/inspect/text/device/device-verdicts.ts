import type { Reason } from '../../../policy/reason.js'
import { RULE_WORDS, RULES, type Rule, tellReason } from '../../../policy/reason-words.js'
import type { Verdict } from '../../../policy/verdict.js'
import { listed } from '../../../text/english.js'
import { bullet, heading, paragraph } from '../../../text/layout.js'
import { groupBy } from '../../../text/lists.js'
import { glyphsOf, type Style } from '../../../text/style.js'
import { renderTable } from '../../../text/table.js'
import { MARK_TONES, markKind, verdictWords } from '../reset-text.js'
import { type DeviceView, reasonsOf } from './device-view.js'

/** One line a policy, then every reason once, under the rule that it belongs to. */
export function verdictLines({ device, style }: DeviceView): string[] {
  const verdicts = kernelsFirst(device.hotReset.verdicts)
  if (verdicts.length === 0) return []
  const below = paragraph('No kernel has these rules:', style, { by: 2, tone: 'faint' })
  const shared = reasonSets(verdicts, (verdict) => reasonsOf(verdict, device))
  return [
    ...heading('Who may hot-reset it', style),
    ...renderTable({
      columns: [
        { title: ['POLICY'] },
        { title: ['ANSWER'] },
        { title: ['WHERE'], least: 10, optional: true },
      ],
      rows: verdicts.map((verdict, place) => {
        const isLastReal = !verdict.hypothetical && verdicts[place + 1]?.hypothetical === true
        return { cells: verdictCells(verdict, style), ...(isLastReal ? { below } : {}) }
      }),
      style,
      indent: 2,
    }),
    ...shared.flatMap((set) => [
      '',
      ...paragraph(`${reasonTitle(set, verdicts)}:`, style, { by: 2 }),
      ...ruleLines(set.reasons, style),
    ]),
  ]
}

function kernelsFirst(verdicts: readonly Verdict[]): readonly Verdict[] {
  const isReal = ({ hypothetical }: Verdict): boolean => !hypothetical
  return [...verdicts.filter(isReal), ...verdicts.filter((verdict) => !isReal(verdict))]
}

function verdictCells(verdict: Verdict, style: Style) {
  const { answer, where } = verdictWords(verdict)
  const kind = markKind(verdict)
  const sign = style.unicode ? `${glyphsOf(style)[kind]} ` : ''
  return [
    { text: verdict.policy },
    { text: sign + answer, tone: MARK_TONES[kind] },
    { text: where },
  ]
}

/** Reasons that the very same policies give; facts that were not read are kept apart. */
interface ReasonSet {
  readonly policies: readonly Verdict[]
  readonly reasons: readonly Reason[]
}

/** Each reason once, with the policies that give it; what most of them share comes first. */
function reasonSets(
  verdicts: readonly Verdict[],
  reasonsFor: (verdict: Verdict) => readonly Reason[],
): readonly ReasonSet[] {
  const givers = new Map<string, { reason: Reason; policies: Set<Verdict> }>()
  for (const verdict of verdicts) {
    for (const reason of reasonsFor(verdict)) {
      const key = JSON.stringify(reason)
      const entry = givers.get(key) ?? { reason, policies: new Set() }
      entry.policies.add(verdict)
      givers.set(key, entry)
    }
  }
  const sets = new Map<string, { policies: readonly Verdict[]; reasons: Reason[] }>()
  for (const { reason, policies } of givers.values()) {
    const list = [...policies]
    const key = `${reason.kind === 'unread'} ${list.map(({ policy }) => policy).join(' ')}`
    const set = sets.get(key) ?? { policies: list, reasons: [] }
    set.reasons.push(reason)
    sets.set(key, set)
  }
  return [...sets.values()].sort((a, b) => b.policies.length - a.policies.length)
}

function reasonTitle({ policies, reasons }: ReasonSet, all: readonly Verdict[]): string {
  const unread = reasons.some(({ kind }) => kind === 'unread')
  const certain = policies.some(({ outcome }) => outcome === 'refused')
  const whose =
    policies.length === all.length ? 'every policy' : listed(policies.map(({ policy }) => policy))
  if (unread) {
    const what = policies.every(({ outcome }) => outcome === 'refused')
      ? ', and it decides the errno'
      : ''
    if (all.length === 1) return `Unknown${what}`
    return what === '' ? `Unknown, and it decides for ${whose}` : `Unknown${what} of ${whose}`
  }
  const verb = certain ? 'Stands in the way' : 'May stand in the way'
  return all.length === 1 ? verb : `${verb} of ${whose}`
}

/** The rules apart, each with its meaning: people mix them up. */
function ruleLines(reasons: readonly Reason[], style: Style): string[] {
  const byRule = groupBy(reasons, (reason): Rule => tellReason(reason).words.rule)
  return RULES.flatMap((rule) => {
    const found = byRule.get(rule)
    if (found === undefined) return []
    const { title, meaning } = RULE_WORDS[rule]
    const kernel = [...new Set(found.flatMap((reason) => tellReason(reason).words.kernel ?? []))]
    return [
      ...(rule === 'unread' ? [] : paragraph(`${title}: ${meaning}`, style, { by: 2 })),
      ...[...groupBy(found, ({ kind }) => kind).values()].flatMap((group) =>
        factLines(group, style),
      ),
      ...(kernel.length > 0
        ? paragraph(`in the kernel: ${kernel.join(', ')}`, style, { by: 6, tone: 'faint' })
        : []),
    ]
  })
}

/** More facts of one kind than this are told once, with a list. */
const SENTENCES = 3

function factLines(reasons: readonly [Reason, ...Reason[]], style: Style): string[] {
  const [first] = reasons
  if (reasons.length <= SENTENCES || first.kind === 'unread') {
    const sentences = new Set(reasons.map((reason) => tellReason(reason).sentence))
    return [...sentences].flatMap((sentence) => bullet(sentence, style, 4))
  }
  const { title, meaning } = tellReason(first).words
  return [
    ...bullet(`${title} (${reasons.length}). ${meaning}`, style, 4),
    ...paragraph(reasons.map((reason) => subject(reason, style)).join(', '), style, { by: 6 }),
  ]
}

/** What a reason is about, as short as a list needs it. */
function subject(reason: Reason, style: Style): string {
  const { arrow } = glyphsOf(style)
  switch (reason.kind) {
    case 'foreign-driver':
      return `${reason.address} (${reason.driver})`
    case 'group-not-viable':
      return `${reason.member} (${reason.driver})`
    case 'group-not-owned':
      return reason.group === null
        ? reason.address
        : `${reason.address} ${arrow} group ${reason.group}`
    case 'other-context':
    case 'claimed':
      return `${reason.address} (pid ${reason.pid})`
    case 'group-busy':
      return `group ${reason.group} (pid ${reason.pid})`
    case 'blocked':
    case 'no-cdev':
    case 'unsafe-interrupts':
    case 'mode':
    case 'array':
      return tellReason(reason).words.title
    case 'unread':
      return reason.path
    case 'no-reset':
    case 'root-bus':
    case 'virtual-bus':
    case 'no-bus-reset':
    case 'bridge-inside':
    case 'unbound':
    case 'other-dev-set':
    case 'slot-moved':
    case 'vf-split':
    case 'noiommu':
    case 'no-group':
    case 'not-singleton':
      return reason.address
  }
}
