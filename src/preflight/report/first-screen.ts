import { type StepReport, wholeCommands } from '../../plan/report/document.js'
import { counted } from '../../text/english.js'
import { firstScreen, ONE_ANSWER, type Piece, SEVERAL } from '../../text/first-screen.js'
import { command, paragraph } from '../../text/layout.js'
import { groupBy } from '../../text/lists.js'
import { glyphsOf, type Style } from '../../text/style.js'
import type { Outcome } from '../checks/check.js'
import { NO_PLAN_WORDS, tellPreflight } from './check-words.js'
import type { CheckReport, PreflightReport, VmReport } from './document.js'
import { tellNotFollowed } from './input-words.js'
import { vmSummary } from './summary-text.js'
import { togetherText } from './together-text.js'
import { dangerText, onlyFailure, VERDICT_TONES } from './verdict-text.js'

/** `preflight` on one screen: the answer, what is in the way, and what to do about it. */
export function preflightScreen({ vms }: PreflightReport, style: Style): readonly string[] {
  const [only] = vms
  if (only !== undefined && vms.length === 1) {
    return firstScreen(vmPieces(only, style), { most: ONE_ANSWER, more: MORE }, style)
  }
  const together = togetherText(vms)
  const first = together === null ? [] : paragraph(together.text, style, { tone: together.tone })
  const answers = vms.map(
    (vm): Piece => ({
      lines: paragraph(vmSummary(vm), style, { tone: VERDICT_TONES[vm.verdict] }),
      rank: vm.verdict === 'pass' ? 2 : 1,
      called: counted(vms.length, 'VM'),
    }),
  )
  const pieces = [{ lines: first, rank: 0, called: 'the answer' }, ...answers]
  return firstScreen(pieces, { most: SEVERAL, more: MORE }, style)
}

const MORE = '--why shows every check, with costs and undo; --plan writes a script.'

function vmPieces(vm: VmReport, style: Style): readonly Piece[] {
  return [
    {
      lines: paragraph(vmSummary(vm), style, { tone: VERDICT_TONES[vm.verdict] }),
      rank: 0,
      called: 'the answer',
    },
    ...vm.notFollowed.map((each) => ({
      lines: paragraph(`Not followed: ${tellNotFollowed(each)}`, style, { tone: 'unsure' }),
      rank: 1,
      called: 'what could not be followed',
    })),
    ...trouble(vm, style),
    ...steps(vm, style),
  ]
}

const RANKS: Readonly<Record<Outcome, number>> = { fail: 1, 'cannot-tell': 2, warn: 4, pass: 9 }

/** What fails, is open, or is to be known, each sentence once, whichever functions it is said of. */
function trouble(vm: VmReport, style: Style): readonly Piece[] {
  const said = dangerText(vm) === null ? onlyFailure(vm) : null
  const told = vm.checks.filter((check) => check.outcome !== 'pass' && check !== said)
  const sentences = groupBy(told, (check) => `${check.outcome} ${sentenceOf(check)}`)
  return [...sentences.values()].map(([check, ...same]) => ({
    lines: marked(
      `${check.id}: ${sentenceOf(check)}${same.length > 0 ? ` So of ${counted(same.length, 'other function')}.` : ''}`,
      check.outcome,
      style,
    ),
    rank: RANKS[check.outcome] + (check.outcome === 'cannot-tell' && !check.decisive ? 2 : 0),
    called: check.outcome === 'warn' ? 'warnings' : 'more checks',
  }))
}

function sentenceOf({ reasons: [first], outcome }: CheckReport): string {
  if (first !== undefined) return tellPreflight(first).sentence
  return outcome === 'fail' ? 'it fails.' : 'cannot tell.'
}

function marked(text: string, outcome: Outcome, style: Style): string[] {
  const { no, unsure, attention } = glyphsOf(style)
  const sign = outcome === 'fail' ? no : outcome === 'warn' ? attention : unsure
  const [first = '', ...rest] = paragraph(text, style, { by: 2 + sign.length + 1 })
  return [`  ${sign} ${first.trimStart()}`, ...rest]
}

/** The plan: what each step does comes before how it is typed, and all of that is shown or none: half of it helps nobody. */
function steps(vm: VmReport, style: Style): readonly Piece[] {
  const { plan, noPlan, checks } = vm
  if (!checks.some(({ outcome }) => outcome === 'fail')) return []
  if (plan === null) {
    const why = noPlan === null ? [] : paragraph(`No plan: ${NO_PLAN_WORDS[noPlan]}`, style)
    return [{ lines: why, rank: 1, called: 'why there is no plan' }]
  }
  return [
    { lines: paragraph('What to do:', style, { tone: 'strong' }), rank: 1, called: 'the plan' },
    ...plan.map((step, index) => ({
      lines: stepLines(step, index, style),
      rank: 2,
      called: 'more steps',
    })),
    { lines: wholeCommands(plan).map(command), rank: 3, called: 'the commands' },
  ]
}

function stepLines({ what }: StepReport, index: number, style: Style): string[] {
  const number = `${index + 1}. `
  const [first = '', ...rest] = paragraph(what, style, { by: 2 + number.length })
  return [`  ${number}${first.trimStart()}`, ...rest]
}
