import type { Kernel, MissingKernel } from './kernels/kernel.js'
import type { NativeChecks } from './native/watch.js'
import type { CaseOutcome } from './outcome.js'

/** Everything that a run found out. */
export interface RunSummary {
  readonly kernels: readonly Kernel[]
  readonly missing: readonly MissingKernel[]
  /** In the order of the table's columns. */
  readonly topologies: readonly { readonly name: string; readonly about: string }[]
  readonly outcomes: readonly CaseOutcome[]
  readonly random: { readonly seed: number; readonly count: number }
  readonly qemu: string
  readonly native: NativeChecks
}

/** `docs/conformance.md`: what was asked of which kernel, and how often model and kernel said the same. */
export function renderConformance(run: RunSummary): string {
  return [
    INTRODUCTION,
    `\n${renderTotals(run)}\n`,
    renderTable(run),
    renderKernels(run),
    renderTopologies(run),
    renderSection('Disagreements', run, 'differs', 'None.'),
    renderSection('Undetermined', run, 'undetermined', 'None: every step was predicted.'),
    renderSection('Not asked', run, 'failed', 'None: every scenario was put to its kernel.'),
    renderUnpredictable(run),
    renderProofs(run),
    renderLayouts(run),
  ].join('\n')
}

const INTRODUCTION = `# Conformance: the model against real kernels

Written by \`npm run test:vm\`; do not edit. Every scenario was performed by \`vfio-reset verify\` on a kernel booted in
QEMU, and predicted by \`vfio-reset simulate\` outside, from the recorded tree of that guest. A scenario agrees when
every step of it does: outcome, errno, and what INFO wrote. What the lab is and how to run it: [lab.md](lab.md).
`

function renderTotals({ outcomes, random, qemu }: RunSummary): string {
  const drawn = outcomes.filter(({ name }) => name.startsWith('random/')).length
  return [
    `**${count(outcomes, 'agreed')} of ${outcomes.length} scenarios agreed** (QEMU ${qemu}, software emulation).`,
    `${drawn} of them were drawn at random, ${random.count} a machine, seed ${random.seed}.`,
  ].join(' ')
}

/** Kernel by topology; setups of one topology are counted together. */
function renderTable({ kernels, topologies, outcomes }: RunSummary): string {
  const rows = kernels.map(({ id, release }) => {
    const ofKernel = outcomes.filter(({ kernel }) => kernel === id)
    const cells = topologies.map(({ name }) =>
      share(ofKernel.filter(({ topology }) => topology === name)),
    )
    return [release, ...cells, share(ofKernel)]
  })
  return table(['kernel', ...topologies.map(({ name }) => name), 'all'], rows)
}

function renderKernels({ kernels, missing }: RunSummary): string {
  const asked = kernels.map((kernel) => [
    kernel.id,
    kernel.release,
    `${kernel.package} ${kernel.version}`,
  ])
  const absent = missing.map(({ id, reason }) => [id, '-', `skipped: ${reason}`])
  return `\n## Kernels\n\n${table(['name', 'release', 'from'], [...asked, ...absent])}`
}

function renderTopologies({ topologies }: RunSummary): string {
  const rows = topologies.map(({ name, about }) => [name, about])
  return `\n## Topologies\n\n${table(['name', 'shows'], rows)}`
}

function renderSection(
  title: string,
  { outcomes }: RunSummary,
  verdict: CaseOutcome['verdict'],
  none: string,
): string {
  const found = outcomes.filter((outcome) => outcome.verdict === verdict)
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
