import { EXIT_WORDS } from '../../src/cli/exit-code.js'
import { COMMANDS } from '../../src/commands/index.js'
import { HOST_CHECKS } from '../../src/doctor/checks/index.js'
import type { Observed } from '../../src/host/gap.js'
import { GAP_WORDS } from '../../src/host/gap-words.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { tellWarning } from '../../src/inspect/warning-words.js'
import { ACS_ROW_CHANGES } from '../../src/iommu/acs-quirk-table.js'
import { ADOPTED_ACS } from '../../src/iommu/explain-difference.js'
import { tellIsolation } from '../../src/iommu/finding-words.js'
import type { InLine, KernelChange } from '../../src/kernel/kernel-change.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import { EVER, NO_BUS_RESET, NO_FLR, NO_PM_RESET } from '../../src/pci/flags.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import type { Policy } from '../../src/policy/policy.js'
import { RULE_WORDS, tellReason } from '../../src/policy/reason-words.js'
import { tellPreflight } from '../../src/preflight/report/check-words.js'
import { tellStep } from '../../src/simulation/report/step-words.js'
import { DENYLIST } from '../../src/vfio/denylist.js'
import { hostKernelProfile, type KernelProfile } from '../../src/vfio/kernel-profile.js'
import { KERNEL_RULES } from '../../src/vfio/kernel-rules.js'
import { exampleOf } from './example.js'
import { membersOf, shippedSchema } from './schema.js'

/** The parts of `docs/reference` that the code decides, by the name that stands in their mark. */
export async function referenceSections(raw: RawHost): Promise<Readonly<Record<string, string>>> {
  return {
    'exit-codes': exitCodes(),
    commands: await commands(),
    policies: policies(),
    callers: callers(),
    releases: releases(raw),
    'release-rules': changes(Object.values(KERNEL_RULES)),
    'quirk-rows': changes(QUIRK_CHANGES),
    reasons: reasons(),
    findings: kinds('inspect', 'IsolationFinding', tellIsolation),
    warnings: warnings(),
    gaps: gaps(),
    'step-reasons': stepReasons(),
    'check-reasons': checkReasons(),
    'host-checks': hostChecks(),
  }
}

/** A page with each of its generated parts written anew. */
export function withSections(page: string, sections: Readonly<Record<string, string>>): string {
  return page.replaceAll(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, start: string, name: string, end: string) => {
      const text = sections[name]
      if (text === undefined) throw new Error(`nothing makes the part "${name}"`)
      return `${start}${text}\n${end}`
    },
  )
}

/** The comment beside each code is its meaning. */
function exitCodes(): string {
  return table(['code', 'meaning'], Object.entries(EXIT_WORDS))
}

/** What the help tells of a flag or argument, as far as oclif's types have it in common. */
interface Told {
  readonly summary?: string
  readonly description?: string
  readonly char?: string
  readonly helpValue?: string | readonly string[]
  readonly multiple?: boolean
  readonly options?: readonly string[]
  readonly required?: boolean
  readonly allowNo?: boolean
}

interface TellingCommand {
  readonly summary?: string
  readonly baseFlags?: Readonly<Record<string, Told>>
  readonly flags?: Readonly<Record<string, Told>>
  readonly args?: Readonly<Record<string, Told>>
}

/** Flags that say the same in several commands stand in a table of their own. */
async function commands(): Promise<string> {
  const told = await Promise.all(
    Object.entries(COMMANDS).map(async ([id, load]) => {
      const command: TellingCommand = (await load()).default as object
      return { id, command, flags: Object.entries({ ...command.baseFlags, ...command.flags }) }
    }),
  )
  const all = told.flatMap(({ flags }) => flags)
  const isShared = (flag: readonly [string, Told]) =>
    all.filter((other) => flagKey(other) === flagKey(flag)).length > 1
  const shared = [...new Map(all.filter(isShared).map((flag) => [flagKey(flag), flag])).values()]
  return [
    '### Flags that several commands have',
    '',
    flagTable(shared),
    ...told.flatMap(({ id, command, flags }) => {
      const args = Object.entries(command.args ?? {})
      const own = flags.filter((flag) => !isShared(flag))
      const usual = flags.filter(isShared).map(([name]) => code(`--${name}`))
      return [
        '',
        `### ${id}`,
        '',
        `${code([id, ...args.map(argText)].join(' '))}: ${command.summary ?? ''}.`,
        ...args.map(([name, { description }]) => `${name.toUpperCase()}: ${description ?? ''}.`),
        `Also ${usual.join(' ')}.`,
        ...(own.length === 0 ? [] : ['', flagTable(own)]),
      ]
    }),
  ].join('\n')
}

function flagKey([name, { summary }]: readonly [string, Told]): string {
  return `${name}: ${summary ?? ''}`
}

function argText([name, { multiple, required }]: readonly [string, Told]): string {
  const text = `${name.toUpperCase()}${multiple === true ? '...' : ''}`
  return required === true ? text : `[${text}]`
}

function flagTable(flags: readonly (readonly [string, Told])[]): string {
  return table(
    ['flag', 'does'],
    flags.map(([name, { char, options, helpValue, summary, allowNo }]) => {
      const value = options?.join('|') ?? helpValue
      const short = char === undefined ? '' : `-${char}, `
      const no = allowNo === true ? '[no-]' : ''
      return [
        code(`${short}--${no}${name}${value === undefined ? '' : ` ${value}`}`),
        summary ?? '',
      ]
    }),
  )
}

function hostChecks(): string {
  return table(
    ['check', 'asks', 'a pass says', 'decided by'],
    HOST_CHECKS.map(({ id, title, passes, source }) => [code(id), title, passes, source]),
  )
}

function policies(): string {
  return table(
    ['policy', 'rule', 'in kernels', 'from'],
    POLICIES.map(({ id, rule, implementedSince, isDefault, origin: { by, date, subject } }) => [
      `${code(id)}${isDefault ? ' (default)' : ''}`,
      rule,
      implementedSince === null ? 'none' : `since ${implementedSince}`,
      `${by}, ${date}: ${subject}`,
    ]),
  )
}

const OPENED: Readonly<Record<Policy['opened'], readonly [decidesAbout: string, opens: string]>> = {
  group: ['group files', 'its group file and a container (type1, or no-IOMMU)'],
  cdev: ['device files', 'its cdev, bound to a fresh context'],
  either: ['either', 'its cdev, bound to a fresh context'],
}

const PASSED: Readonly<Record<Policy['passed'], string>> = {
  'group-files': 'group files of D and X, each once, only of groups that occur in S(D)',
  nothing: 'an empty array; the cdevs of X are bound to the same context',
  'any-files': 'device fds of D and X',
}

/** Policies with the same kind of caller share a row. */
function callers(): string {
  const rows = POLICIES.map((policy: Policy) => {
    const [decidesAbout, opens] = OPENED[policy.opened]
    const claim = policy.claims === null ? '' : ': X first, D last and with the claim'
    return { id: code(policy.id), cells: [decidesAbout, `${opens}${claim}`, PASSED[policy.passed]] }
  })
  const kinds = [...new Set(rows.map(({ cells }) => cells.join()))]
  return table(
    [
      'policies',
      'decide about callers through',
      'the assumed caller opens D through',
      'and passes',
    ],
    kinds.map((kind) => {
      const same = rows.filter(({ cells }) => cells.join() === kind)
      return [same.map(({ id }) => id).join(' '), ...(same[0]?.cells ?? [])]
    }),
  )
}

const LINES = [
  ...Array.from({ length: 12 }, (_, minor) => `5.${minor + 8}`),
  ...Array.from({ length: 20 }, (_, minor) => `6.${minor}`),
  ...Array.from({ length: 5 }, (_, minor) => `7.${minor}`),
]

/** More than any stable line has had. */
const PATCHES = 400

/** Every patch level of every line is asked; neighbours with the same answers share a row. */
function releases(raw: RawHost): string {
  const runs: { first: string; last: string; answers: readonly string[] }[] = []
  for (const line of LINES) {
    for (let patch = 0; patch < PATCHES; patch += 1) {
      const last = `${line}.${patch}`
      const answers = answersOf(hostKernelProfile(raw, parseKernelRelease(last)))
      const run = runs.at(-1)
      if (run !== undefined && run.answers.join() === answers.join()) run.last = last
      else runs.push({ first: last, last, answers })
    }
  }
  return table(
    [
      'release',
      'dev_sets',
      'DMA claimed at SET_CONTAINER; a bare group file will do',
      'cdevs',
      'VFs in sets of their own',
      'wide slots',
      'no-IOMMU cdevs',
    ],
    runs.map(({ first, last, answers }) => [range(first, last), ...answers]),
  )
}

function answersOf(kernel: KernelProfile): readonly string[] {
  const { devSets, dmaOwnership, cdev, vfSplit, wideSlots, noiommuCdev } = kernel
  return [
    yesNo(devSets),
    yesNo(dmaOwnership),
    ifKnown(cdev),
    ifKnown(vfSplit),
    ifKnown(wideSlots),
    ifKnown(noiommuCdev),
  ]
}

const QUIRK_ROWS = [...NO_BUS_RESET, ...NO_FLR, ...NO_PM_RESET, ...DENYLIST]

/** Rows of the kernel's tables. */
export const QUIRK_CHANGES: readonly KernelChange[] = [
  ...QUIRK_ROWS.map(({ since }) => since),
  ...ACS_ROW_CHANGES,
  ADOPTED_ACS,
]

/** Each change with the releases on both sides of its borders, and how they are known. */
function changes(all: readonly KernelChange[]): string {
  return table(
    ['from then on', 'lack it → have it', 'known from'],
    all.map(({ what, mainline, stable, source }) => [
      what,
      [
        mainline === EVER.mainline ? 'in every release read' : `${before(mainline)} → ${mainline}`,
        ...Object.entries(stable).map(([line, has]) => border(line, has)),
      ].join('; '),
      source,
    ]),
  )
}

function border(line: string, has: InLine = 'never'): string {
  if (has === 'never') return `${line}.y never`
  if (typeof has === 'number') return `${line}.${has - 1} → ${line}.${has}`
  const { without, with: first } = has
  const lacks = without === undefined ? '?' : `${line}.${without}`
  return without === undefined && first === undefined
    ? `${line}.y not known`
    : `${lacks} → ${first === undefined ? '?' : `${line}.${first}`}`
}

/** The release of mainline before this one. */
function before(release: string): string {
  const index = LINES.indexOf(release)
  return LINES[index - 1] ?? '?'
}

function ifKnown(answer: Observed<boolean>): string {
  return answer.known ? yesNo(answer.value) : '?'
}

function yesNo(answer: boolean): string {
  return answer ? 'yes' : 'no'
}

/** `6.12.1 to 6.12.94`, `6.2 to 6.5`, `7.1`: a patch level is named where it matters. */
function range(first: string, last: string): string {
  const isWhole = last.endsWith(`.${PATCHES - 1}`)
  const to = isWhole ? lineOf(last) : last
  const from = first.endsWith('.0') && lineOf(first) !== to && first !== to ? lineOf(first) : first
  if (isWhole && first === `${to}.0`) return to
  if (from === to) return from
  return isWhole && lineOf(first) === to ? `${from} and later of ${to}` : `${from} to ${to}`
}

function lineOf(release: string): string {
  return release.replace(/\.\d+$/, '')
}

interface Telling {
  readonly sentence: string
  readonly words: { readonly hint: string | null; readonly kernel?: string | null }
}

/** Each kind of a union of facts with its sentence, the kernel function behind it, and what helps. */
function kinds(document: string, union: string, tell: (fact: never) => Telling): string {
  return factTable(
    factsOf(document, union).map(({ kind, fact }) => ({ kind, told: tell(fact as never) })),
  )
}

function factsOf(
  document: string,
  union: string,
): readonly { readonly kind: string; readonly fact: object }[] {
  const { $defs } = shippedSchema(document)
  return membersOf({ $ref: `#/$defs/${union}` }, $defs).map((member) => {
    const fact = exampleOf(member, $defs) as { readonly kind: string }
    return { kind: fact.kind, fact }
  })
}

function factTable(rows: readonly { readonly kind: string; readonly told: Telling }[]): string {
  const hasKernel = rows.some(({ told }) => 'kernel' in told.words)
  return table(
    ['kind', 'says', ...(hasKernel ? ['in the kernel'] : []), 'what helps'],
    rows.map(({ kind, told: { sentence, words } }) => [
      code(kind),
      sentence,
      ...(hasKernel ? [words.kernel ?? ''] : []),
      words.hint ?? '',
    ]),
  )
}

/** By the rule that they belong to. */
function reasons(): string {
  const all = factsOf('inspect', 'Reason').map(({ kind, fact }) => ({
    kind,
    told: tellReason(fact as never),
  }))
  return Object.entries(RULE_WORDS)
    .map(([rule, { title, meaning }]) => {
      const rows = all.filter(({ told }) => told.words.rule === rule)
      return `### ${title}\n\n${capital(meaning)}\n\n${factTable(rows)}`
    })
    .join('\n\n')
}

function warnings(): string {
  const { $defs } = shippedSchema('inspect')
  const kinds = membersOf({ $ref: '#/$defs/WarningKind' }, $defs).flatMap((each) => each.enum ?? [])
  return factTable(
    kinds.map((kind) => {
      const told = tellWarning({ kind, address: '<address>', detail: '<detail>' } as never)
      return { kind: String(kind), told }
    }),
  )
}

function gaps(): string {
  return table(
    ['why', 'says', 'what helps', 'for a copy'],
    Object.entries(GAP_WORDS).map(([why, { sentence, hint, copyHint }]) => [
      code(why),
      sentence({ path: '<path>', why: why as never, detail: '<detail>' }),
      hint,
      copyHint === hint ? '' : copyHint,
    ]),
  )
}

/** Those that say something else than the same kind in a verdict. */
function stepReasons(): string {
  const said = new Set(
    factsOf('inspect', 'Reason').map(({ fact }) => tellReason(fact as never).sentence),
  )
  return factTable(
    factsOf('simulate', 'StepReason')
      .map(({ kind, fact }) => ({ kind, told: tellStep(fact as never) }))
      .filter(({ told }) => !said.has(told.sentence)),
  )
}

/** What only a start of a VM meets; the others are those of verdicts. */
function checkReasons(): string {
  const own = new Set(factsOf('inspect', 'Reason').map(({ kind }) => kind))
  const all = factsOf('preflight', 'PreflightReason')
  return factTable(
    all
      .filter(({ kind }) => !own.has(kind))
      .map(({ kind, fact }) => ({ kind, told: tellPreflight(fact as never) })),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** A placeholder in angle brackets would be taken for HTML. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll(/<([\w-]+)>/g, '*$1*')
}

function code(text: string): string {
  return `\`${text}\``
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
