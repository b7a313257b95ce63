import { groupBy } from './group-by.js'
import type { KeptBench } from './kept-answers.js'
import { architectureOf, type Kernel, type MissingKernel } from './kernels/kernel.js'
import { type OpenCause, openName } from './known-open.js'
import type { NativeChecks } from './native/watch.js'
import type { CaseOutcome } from './outcome.js'
import type { Walk } from './walk.js'

/** Everything that is known of model and kernels, from this run and from earlier ones. */
export interface RunSummary {
  /** What was asked, one for each machine under each kernel. */
  readonly benches: readonly Pick<KeptBench, 'kernel' | 'days' | 'seconds'>[]
  readonly missing: readonly MissingKernel[]
  /** In the order of the table's columns. */
  readonly topologies: readonly { readonly name: string; readonly about: string }[]
  readonly outcomes: readonly CaseOutcome[]
  /** What the model is known to get wrong, and what it cannot tell. */
  readonly known: readonly OpenCause[]
  /** null: no guest was booted. */
  readonly qemu: string | null
  readonly native: NativeChecks
  readonly walks: readonly Walk[]
}

/** `docs/conformance.md`: what was asked of which kernel, and how often model and kernel said the same. */
export function renderConformance(run: RunSummary): string {
  return [
    INTRODUCTION,
    `\n${renderTotals(run)}\n`,
    renderTables(run),
    renderKernels(run),
    renderTopologies(run),
    renderKnown(run),
    renderSection('Disagreements', unlisted(run, 'differs'), 'None beyond those.'),
    renderSection('Undetermined', unlisted(run, 'undetermined'), 'None beyond those.'),
    renderSection(
      'Not asked',
      run.outcomes.filter(({ verdict }) => verdict === 'failed'),
      'None: every scenario was put to its kernel.',
    ),
    renderUnpredictable(run),
    renderProofs(run),
    renderWalks(run),
    renderLayouts(run),
  ].join('\n')
}

const INTRODUCTION = `# Conformance: the model against real kernels

Written by \`npm run test:vm\`; do not edit. Every scenario was performed by the code of \`vfio-reset verify\` on a kernel
booted in QEMU, and predicted by the code of \`vfio-reset simulate\` outside, from the recorded tree of that guest; one for
each machine by the commands themselves. A scenario agrees when every step of it does: outcome, errno, and what INFO wrote.
Each opens something and asks INFO or a reset, and no two on one machine are the same. Answers of earlier runs are kept, and
judged by the model of the run that wrote this. What the lab is and how to run it: [lab.md](lab.md).
`

function renderTotals({ outcomes, qemu }: RunSummary): string {
  const emulator = qemu === null ? 'answers recorded earlier' : `QEMU ${qemu}, software emulation`
  const seeds = randomSeeds(outcomes).map(
    ({ seed, drawn, kernels }) => `- seed ${seed}: ${drawn} scenarios on ${kernels} kernels\n`,
  )
  return [
    `**${count(outcomes, 'agreed')} of ${outcomes.length} scenarios agreed** (${emulator}); `,
    `${count(outcomes, 'differs')} differ, ${count(outcomes, 'undetermined')} are undetermined.`,
    seeds.length === 0 ? '' : `\n\nDrawn at random, and counted among them:\n\n${seeds.join('')}`,
  ].join('')
}

/** Scenarios drawn at random are called `random/SEED/NUMBER`. */
function randomSeeds(outcomes: readonly CaseOutcome[]) {
  const bySeed = groupBy(outcomes, ({ name }) => /^random\/(\d+)\//.exec(name)?.[1] ?? '')
  bySeed.delete('')
  return [...bySeed].map(([seed, drawn]) => ({
    seed,
    drawn: drawn.length,
    kernels: new Set(drawn.map(({ kernel }) => kernel)).size,
  }))
}

/** Kernel by topology, each architecture for itself; setups of one topology are counted together. */
function renderTables({ benches, topologies, outcomes }: RunSummary): string {
  const architectures = new Map(
    benches.map(({ kernel }) => [kernel.release, architectureOf(kernel)]),
  )
  const byArchitecture = groupBy(outcomes, ({ kernel }) => architectures.get(kernel) ?? 'amd64')
  return [...byArchitecture.values()].map((some) => renderTable(topologies, some)).join('\n')
}

function renderTable(
  topologies: RunSummary['topologies'],
  outcomes: readonly CaseOutcome[],
): string {
  const asked = new Set(outcomes.map(({ topology }) => topology))
  const columns = topologies.map(({ name }) => name).filter((name) => asked.has(name))
  const rows = [...groupBy(outcomes, ({ kernel }) => kernel)].map(([kernel, ofKernel]) => {
    const cells = columns.map((name) => share(ofKernel.filter(({ topology }) => topology === name)))
    return [kernel, ...cells, share(ofKernel)]
  })
  const all = columns.map((name) => share(outcomes.filter(({ topology }) => topology === name)))
  return table(['kernel', ...columns, 'all'], [...rows, ['all', ...all, share(outcomes)]])
}

function renderKernels({ benches, missing }: RunSummary): string {
  const asked = [...groupBy(benches, ({ kernel }) => kernel.id).values()].flatMap(kernelRow)
  const absent = missing.map(({ id, reason }) => [id, '-', `skipped: ${reason}`, '-', '-', '-'])
  const head = ['name', 'release', 'from', 'package of', 'asked on', 'minutes']
  return `\n## Kernels\n\n${table(head, [...asked, ...absent])}`
}

function kernelRow(benches: RunSummary['benches']): string[][] {
  const [first] = benches
  if (first === undefined) return []
  const { id, release, version, date, ...kernel }: Kernel = first.kernel
  const days = [...new Set(benches.flatMap((bench) => bench.days))].sort()
  const minutes = Math.round(benches.reduce((sum, { seconds }) => sum + seconds, 0) / 60)
  const from = `${kernel.package} ${version}`
  return [[id, release, from, date ?? '-', days.join(', '), String(minutes)]]
}

function renderTopologies({ topologies }: RunSummary): string {
  const rows = topologies.map(({ name, about }) => [name, about])
  return `\n## Topologies\n\n${table(['name', 'shows'], rows)}`
}

/** By cause: what the model still has to learn, and what it cannot learn from files. */
function renderKnown(run: RunSummary): string {
  return [
    '\n## Known to be wrong\n\n',
    'Scenarios on which model and kernel part for a reason that is understood, each named in',
    ' `fixtures/lab/known-open.json`.\n\n',
    causeTable(run, 'differs'),
    '\n## Undetermined by nature\n\n',
    'Scenarios whose answer rests on what no file of a host shows. The model says so, and is right to; they count neither as',
    ' agreed nor as wrong. Named in the same file.\n\n',
    causeTable(run, 'undetermined'),
  ].join('')
}

function causeTable({ outcomes, known }: RunSummary, verdict: OpenCause['verdict']): string {
  const names = new Set(outcomes.filter((one) => one.verdict === verdict).map(openName))
  const rows = known
    .filter((cause) => cause.verdict === verdict)
    .map(
      ({ cause, about, open }) =>
        [cause, about, open.filter((name) => names.has(name)).length] as const,
    )
    .filter(([, , found]) => found > 0)
  return rows.length === 0
    ? 'None.\n'
    : table(
        ['cause', 'the kernel', 'scenarios'],
        rows.map((row) => row.map(String)),
      )
}

/** Outcomes of a kind that no cause is known of. */
function unlisted(
  { outcomes, known }: RunSummary,
  verdict: CaseOutcome['verdict'],
): readonly CaseOutcome[] {
  const causes = known.filter((cause) => cause.verdict === verdict)
  const listed = new Set(causes.flatMap(({ open }) => open))
  return outcomes.filter((outcome) => outcome.verdict === verdict && !listed.has(openName(outcome)))
}

function renderSection(title: string, found: readonly CaseOutcome[], none: string): string {
  const lines = found.map((outcome) => `- ${place(outcome)}: ${outcome.remarks.join('; ')}\n`)
  return `\n## ${title}\n\n${found.length === 0 ? `${none}\n` : lines.join('')}`
}

/** Agreements that rest on an errno which the moment decides: named, so that nobody takes them for predictions. */
function renderUnpredictable({ outcomes }: RunSummary): string {
  const found = outcomes.filter(
    ({ verdict, remarks }) => verdict === 'agreed' && remarks.length > 0,
  )
  const lines = found.map((outcome) => `- ${place(outcome)}: ${outcome.remarks.join('; ')}\n`)
  return [
    '\n## Unpredictable errnos\n\n',
    'Locks and links that do not come back depend on the moment. The model names these errnos as possible; here the kernel',
    ' gave one of them, and the scenario counts as agreed.\n\n',
    found.length === 0 ? 'None were seen.\n' : lines.join(''),
  ].join('')
}

function renderProofs({ native }: RunSummary): string {
  const rows = native.proofs.map(({ kernel, device, via, refused, exitCode, register, holds }) => [
    kernel,
    device,
    via,
    refused ? 'a refusal, forced' : 'a reset',
    register === null ? '-' : String(register.marked),
    register === null ? '-' : String(register.after),
    String(exitCode),
    holds ? 'yes' : '**no**',
  ])
  const head = [
    'kernel',
    'device',
    'via',
    'asked for',
    'before',
    'after',
    'exit',
    'as it should be',
  ]
  return [
    '\n## Resets that reached the device\n\n',
    '`vfio-reset reset --execute --yes`, with a register of the function written just before the ioctl and read just',
    ' after it: a reset changes it, a refusal leaves it alone.\n\n',
    rows.length === 0 ? 'Not watched in this run.\n' : table(head, rows),
  ].join('')
}

function watchedText(watched: boolean | null | undefined): string {
  return typeof watched !== 'boolean' ? '-' : watched ? 'seen' : '**not seen**'
}

function renderWalks({ walks }: RunSummary): string {
  const rows = walks.map(({ kernel, via, before, plan, after, reset, ...seen }) => [
    kernel,
    via,
    ...[before, plan, after, reset].map((code) => (code === null ? '-' : String(code))),
    seen.captureAgrees === null ? '-' : seen.captureAgrees ? 'the same' : '**differ**',
    watchedText(seen.watched),
    seen.holds ? 'yes' : '**no**',
    seen.day ?? '-',
  ])
  const head = [
    'kernel',
    'via',
    'preflight',
    'its plan',
    'preflight again',
    'reset',
    'inspect live, from the capture, unpacked',
    'a bind, by watch and wait',
    'as it should be',
    'on',
  ]
  return [
    '\n## From a preflight that fails to a reset\n\n',
    'Two functions without a driver: `preflight` fails (1), its plan is run by a shell in the guest, `preflight` passes (0), and',
    ' `reset --execute --yes` gets a hot reset that the kernel permits. Then `capture` saves the guest, and a function leaves vfio-pci and comes back by',
    ' `driver_override` while `watch` looks on and `wait --for bound` waits. With `libvirt` it is',
    ' `virsh create` of a domain with both functions that the shipped hook refuses (1), and that starts once the plan was run (0).\n\n',
    rows.length === 0 ? 'Not walked in this run.\n' : table(head, rows),
  ].join('')
}

function renderLayouts({ native: { layoutDifferences } }: RunSummary): string {
  const told = {
    none: 'Every structure and number of `src/uapi/abi.ts` is what a C program makes of the kernel’s headers.',
    skipped: 'Not compared in this run.',
  }
  const text =
    layoutDifferences === null
      ? told.skipped
      : layoutDifferences.map((line) => `- ${line}`).join('\n') || told.none
  return `\n## Structures\n\n${text}\n`
}

function place({ kernel, topology, setup, name }: CaseOutcome): string {
  return `${kernel}, ${topology}/${setup}, \`${name}\``
}

function share(outcomes: readonly CaseOutcome[]): string {
  return outcomes.length === 0 ? '-' : `${count(outcomes, 'agreed')}/${outcomes.length}`
}

function count(outcomes: readonly CaseOutcome[], verdict: CaseOutcome['verdict']): number {
  return outcomes.filter((outcome) => outcome.verdict === verdict).length
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('')
}
