import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { HostChange } from '../scenario.js'
import type { Setup } from '../topology.js'
import { bindDriver, DEVICES, driverOf, releaseStub } from './drivers.js'
import { makeChange, nothingToUndo, undo } from './host-changes.js'
import type {
  AgentAnswers,
  AgentFailure,
  AgentRequest,
  Drivers,
  Played,
  ShellRun,
  ToolRun,
} from './protocol.js'
import { recordHost } from './record.js'
import { serveTool } from './serve-tool.js'
import { survey } from './survey.js'
import { leaveToken } from './tokens.js'

const POLL_MS = 20

/** Functions that keep their driver for the whole boot, with it. */
const fixed = new Map<string, string>()

type ToolRequest = AgentRequest & { readonly do: 'tool' }

type PlayRequest = AgentRequest & { readonly do: 'play' }

/** Functions that take no part. */
const apart = new Set<string>()

const [share = '', root = ''] = process.argv.slice(2)
const served = serveTool(join(share, 'tool-server.cjs'), root)
void serve()

/** Answers one request after the other until it is told to stop. */
async function serve(): Promise<void> {
  for (let number = 0; ; number++) {
    const file = join(share, `request-${number}.json`)
    while (!existsSync(file)) pause(POLL_MS)
    const request = JSON.parse(readFileSync(file, 'utf8')) as AgentRequest
    const answer = await perform(request).catch(
      (error: unknown): AgentFailure => ({
        failed: error instanceof Error ? String(error.stack) : String(error),
      }),
    )
    const partial = join(share, 'answer.partial')
    writeFileSync(partial, JSON.stringify(answer))
    renameSync(partial, join(share, `answer-${number}.json`))
    if (request.do === 'stop') return served.stop()
  }
}

async function perform(request: AgentRequest): Promise<AgentAnswers[AgentRequest['do']]> {
  switch (request.do) {
    case 'prepare':
      prepare(request.setup)
      groupsAtFirst = groups()
      return survey({ fixed, apart })
    case 'record':
      return recordHost()
    case 'tool':
      return runTool(request)
    case 'play':
      return play(request)
    case 'shell':
      return runShell(request)
    case 'stop':
      return null
  }
}

function prepare({ sriov, witnesses, remove, clearResetMethod, bindFirst }: Setup): void {
  releaseStub(testedFunctions())
  for (const address of witnesses) {
    mustBind(address, 'vfio-pci')
    apart.add(address)
  }
  for (const address of remove) writeFileSync(`${DEVICES}/${address}/remove`, '1')
  for (const address of clearResetMethod) {
    const file = `${DEVICES}/${address}/reset_method`
    // Kernels before 5.15 have no such file: there the setup is one more plain machine.
    if (existsSync(file)) writeFileSync(file, '\n')
  }
  for (const { pf, driver, vfs } of sriov) {
    mustBind(pf, driver)
    fixed.set(pf, driver)
    writeFileSync(`${DEVICES}/${pf}/sriov_numvfs`, String(vfs))
  }
  if (bindFirst === true) bindOnce()
}

function mustBind(address: string, driver: string): void {
  const failure = bindDriver(address, driver)
  if (failure !== null) throw new Error(failure)
}

/** Every function to vfio-pci and off it again. */
function bindOnce(): void {
  const tested = testedFunctions().filter((address) => !fixed.has(address))
  for (const driver of ['vfio-pci', null]) {
    for (const address of tested) bindDriver(address, driver)
  }
}

/** What the last scenario did to the machine besides binding drivers. */
const undoing = nothingToUndo()

/**
 * Which function was in which group when the machine was first looked at. A function that was taken off can come back in another
 * one, and then the machine is no more what was recorded of it.
 */
let groupsAtFirst = ''

function groups(): string {
  const { functions } = survey({ fixed, apart })
  return JSON.stringify(functions.map(({ address, group }) => [address, group]).sort())
}

/** Has the scenario's beginning happen to the host, and performs it. */
async function play({ before, drivers, scenario, timeoutMs }: PlayRequest): Promise<Played> {
  const nothing = { answers: null, tree: null, leaked: [] }
  const obstacles = isApplied(before, drivers) ? [] : await begin(before, drivers)
  const isOther = before.length > 0 || groups() !== groupsAtFirst
  const tree = isOther && obstacles.length === 0 ? recordHost() : null
  obstacles.push(...bindAll(drivers))
  applied = before.length === 0 && obstacles.length === 0 ? JSON.stringify(drivers) : ''
  if (obstacles.length > 0) return { ...nothing, failure: obstacles.join('; ') }
  const played = await served.play(scenario, timeoutMs)
  return played === null ? { ...nothing, failure: 'no answer in time' } : { ...played, tree }
}

/** Whether the machine is already as a scenario wants it. A physical function that keeps its driver keeps its token as well. */
function isApplied(before: readonly HostChange[], drivers: Drivers): boolean {
  return before.length === 0 && fixed.size === 0 && JSON.stringify(drivers) === applied
}

/** From a machine with no driver bound, and no token that a scenario knows. */
async function begin(before: readonly HostChange[], drivers: Drivers): Promise<string[]> {
  const failures: (string | null)[] = [...unbound(drivers)]
  for (const [address, driver] of fixed) {
    if (driver === 'vfio-pci') failures.push(await leaveToken(served, address))
  }
  for (const change of before) {
    const failure =
      change.do === 'token'
        ? await leaveToken(served, change.device, change.token)
        : makeChange(change, undoing)
    failures.push(failure)
  }
  return failures.filter((failure) => failure !== null)
}

/** Brings every function under test to the wanted driver, and runs the tool. */
async function runTool(request: ToolRequest): Promise<ToolRun> {
  const bindFailures = applyDrivers(request.drivers)
  if (request.how === 'process') return { ...runProcess(request), bindFailures }
  const run = await served.run(request.args, request.timeoutMs)
  if (run !== null) return { ...run, signal: null, bindFailures }
  const lost = { exitCode: null, signal: 'SIGKILL', stdout: '', leaked: [], bindFailures }
  return { ...lost, stderr: 'no answer in time', durationMs: request.timeoutMs }
}

function runProcess({ args, env, timeoutMs }: ToolRequest): Omit<ToolRun, 'bindFailures'> {
  const started = performance.now()
  const command = [join(root, 'bin/run.js'), ...args]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', NO_COLOR: '1', ...env },
    killSignal: 'SIGKILL',
    maxBuffer: 64 << 20,
    timeout: timeoutMs,
  })
  const durationMs = Math.round(performance.now() - started)
  return { exitCode: status, signal, stdout, stderr, durationMs, leaked: [] }
}

function runShell({ script, timeoutMs }: AgentRequest & { readonly do: 'shell' }): ShellRun {
  const prelude = 'modprobe() { [ -d "/sys/bus/pci/drivers/$1" ]; }\n'
  const { status, stderr } = spawnSync('/bin/sh', ['-s'], {
    encoding: 'utf8',
    input: prelude + script,
    env: { PATH: '/usr/bin:/bin' },
    timeout: timeoutMs,
  })
  return { exitCode: status, stderr }
}

/** Functions outside the tested ones that a scenario bound, such as bridges, with the driver that they had before. */
const others = new Map<string, string | null>()

/** The bind state that the last call asked for, as text. */
let applied = ''

/**
 * A state that differs from the last one is made from nothing, in its own order: numbers of groups without an IOMMU, and
 * the order in which vfio walks a set, follow the order of binding.
 */
function applyDrivers(drivers: Drivers): string[] {
  if (JSON.stringify(drivers) === applied) return []
  const failures = [...unbound(drivers), ...bindAll(drivers)]
  applied = failures.length > 0 ? '' : JSON.stringify(drivers)
  return failures
}

/** Makes the machine as it was before any scenario: no driver on a function under test. */
function unbound(drivers: Drivers): string[] {
  const undone = undo(undoing)
  noteOthers(drivers)
  return [...undone, ...unbindAll(), ...bindAll(Object.fromEntries(others))]
}

function noteOthers(drivers: Drivers): void {
  const tested = testedFunctions()
  for (const address of Object.keys(drivers)) {
    if (!tested.includes(address) && !others.has(address)) others.set(address, driverOf(address))
  }
}

function unbindAll(): string[] {
  const failures = [...testedFunctions(), ...others.keys()]
    .filter((address) => !fixed.has(address))
    .map((address) => bindDriver(address, null))
  return failures.filter((failure) => failure !== null)
}

function bindAll(drivers: Drivers): string[] {
  const failures = Object.entries(drivers)
    .filter(([address]) => !fixed.has(address))
    .map(([address, driver]) => bindDriver(address, driver))
  return failures.filter((failure) => failure !== null)
}

function testedFunctions(): string[] {
  return survey({ fixed, apart })
    .functions.filter(({ isTested }) => isTested)
    .map(({ address }) => address)
}

function pause(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}
