import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostError, UsageError } from '../../src/cli/errors.js'
import { jsonText } from '../../src/cli/output/json-text.js'
import { describeError } from '../../src/cli/output/report-error.js'
import { TOOL } from '../../src/cli/tool.js'
import Reset from '../../src/commands/reset.js'
import Verify from '../../src/commands/verify.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { simulateReport } from '../../src/simulation/report/simulate-document.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import { simulate } from '../../src/simulation/simulate.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { fixtureMessages } from '../explain/fixture-messages.js'
import { explained } from '../explain/report/explain-of.js'
import { fakeKernel, writeInfo } from '../support/fake-kernel.js'
import { fixturePath, LABS, loadFixture, loadLabState, REAL_HOSTS } from '../support/fixtures.js'
import { GPU, TWO_GROUPS } from '../support/hosts.js'
import { readOracle } from '../support/oracle.js'
import { asStep } from '../support/oracle-play.js'
import { type FakeMachine, runLive } from '../support/run-live.js'
import { runMain } from '../support/run-main.js'
import { holdsGroup, t3 } from '../support/topologies.js'

/** Documents as a reader of them gets them: of one command on one host. */
export type Written = readonly [name: string, make: () => Promise<readonly object[]>]

/** What every command writes about every fixture. */
export const WRITTEN: readonly Written[] = [
  ...REAL_HOSTS.flatMap((name) => ofHost(name, hostFlags(name), () => loadFixture(name))),
  ...LABS.flatMap((name) => [
    ...ofHost(name, ['--capture', bootOf(name)], () => loadLabState(name, 's1')),
    [`${name}: simulate`, () => simulations(name)] as const,
  ]),
  ['explain', () => explanations()],
  ['reset', async () => [await reset(), await reset('--execute', '--yes', '--force')]],
  ['verify', () => verify()],
  ['policies', () => ofCommands(['policies'])],
  ['error', async () => ERRORS.map((error) => written(describeError(error)))],
]

const ERRORS = [
  new UsageError('No such device.', { hint: 'There is one near.' }),
  new HostError('Cannot read.', { path: 'sys', errno: 'EACCES' }),
  new TypeError('not a function'),
]

function hostFlags(name: string): readonly string[] {
  const archive = fixturePath(name, 'tree.tar.gz')
  return existsSync(archive) ? ['--capture', archive] : ['--root', fixturePath(name)]
}

function bootOf(lab: string): string {
  return fixturePath(lab, 'sysfs-boot.tar.gz')
}

function ofHost(
  name: string,
  flags: readonly string[],
  load: () => Promise<RawHost>,
): readonly Written[] {
  return [
    [`${name}: inspect`, async () => [inspect(await load())]],
    [
      `${name}: the other commands`,
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-documents-'))
        const file = (end: string) => join(folder, end)
        try {
          const functions = (await load()).functions.map(({ address }) => address)
          return await ofCommands(
            ['inspect', ...flags],
            ['preflight', ...flags, ...functions.slice(-3)],
            ['capture', ...flags, '--redact', '--output', file('host.tar.gz')],
            ['report', ...flags, '--for', 'kernel', '--svg', file('host.svg')],
            ['diff', file('host.tar.gz'), bootOf('lab-slots-c7.3')],
          )
        } finally {
          rmSync(folder, { recursive: true })
        }
      },
    ],
  ]
}

async function ofCommands(...commands: readonly (readonly string[])[]): Promise<readonly object[]> {
  const documents: object[] = []
  for (const argv of commands) {
    const { stdout, stderr } = await runMain(...argv, '--json')
    if (stdout === '') throw new Error(`${argv.join(' ')}: ${stderr}`)
    documents.push(JSON.parse(stdout))
  }
  return documents
}

/** Every function asked about, by all policies. */
function inspect(raw: RawHost): object {
  return written(
    inspectReport({
      host: analyseHost(raw),
      targets: raw.functions.map(({ address }) => address),
      query: { policies: POLICIES, owning: new Set(), brief: false },
      tool: TOOL,
      names: new Map(),
    }),
  )
}

/** All that a lab's kernel was asked, under every policy. */
async function simulations(lab: string): Promise<readonly object[]> {
  const documents: object[] = []
  for (const { state, steps } of Object.values(readOracle(lab).scenarios)) {
    const host = analyseHost(await loadLabState(lab, state))
    const texts = steps.flatMap((step) => asStep(step) ?? [])
    const scenario = parseScenario(JSON.stringify({ steps: texts }))
    if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
    const policies = POLICIES.map(({ id }) => id)
    const simulation = simulate({ host, scenario, policies, infoForm: 'kernel' })
    if (isScenarioProblem(simulation)) throw new Error(simulation.problem)
    const facts = { host, simulation, infoForm: 'kernel', tool: TOOL } as const
    documents.push(written(simulateReport({ ...facts, policy: 'all' })))
  }
  return documents
}

async function explanations(): Promise<readonly object[]> {
  const lines = [...fixtureMessages().map(({ line }) => line), 'vfio: something else failed']
  const reports = [null, GPU, TWO_GROUPS].map((spec) => explained(spec, ...lines))
  return (await Promise.all(reports)).map(({ report }) => written(report))
}

const MACHINE: FakeMachine = {
  host: { functions: t3(), holders: [holdsGroup(11)] },
  kernel: fakeKernel({
    script: (call) =>
      call.name === 'INFO'
        ? writeInfo(call, 0, [
            ['0000:01:00.0', 10],
            ['0000:01:00.1', 11],
          ])
        : undefined,
  }),
}

async function reset(...flags: readonly string[]): Promise<object> {
  const { stdout } = await runLive(Reset, ['01:00.0', ...flags, '--json'], MACHINE)
  return JSON.parse(stdout)
}

async function verify(): Promise<readonly object[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-documents-'))
  const file = join(folder, 'story.yaml')
  writeFileSync(
    file,
    `steps:
  - {actor: a, do: open-container, as: c0}
  - {actor: a, do: open-group, device: 0000:01:00.0, container: c0}
  - {actor: a, do: open-device, device: 0000:01:00.0}
  - {actor: a, do: reset-info, device: 0000:01:00.0}
  - {actor: a, do: hot-reset, device: 0000:01:00.0, groups: [0000:01:00.0]}
`,
  )
  const { stdout } = await runLive(Verify, [file, '--json', '--yes'], MACHINE)
  rmSync(folder, { recursive: true })
  return [JSON.parse(stdout)]
}

function written(document: object): object {
  return JSON.parse([...jsonText(document)].join(''))
}
