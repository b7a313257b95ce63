import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Setup } from '../topology.js'
import { bindDriver, DEVICES, driverOf, releaseStub } from './drivers.js'
import type {
  AgentAnswers,
  AgentFailure,
  AgentRequest,
  Drivers,
  ShellRun,
  ToolRun,
} from './protocol.js'
import { recordHost } from './record.js'
import { serveTool } from './serve-tool.js'
import { survey } from './survey.js'

const POLL_MS = 20

/** Functions that keep their driver for the whole boot, with it. */
const fixed = new Map<string, string>()

type ToolRequest = AgentRequest & { readonly do: 'tool' }

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
      return survey({ fixed, apart })
    case 'record':
      return recordHost()
    case 'tool':
      return runTool(request)
    case 'shell':
      return runShell(request)
    case 'stop':
      return null
  }
}

function prepare({ sriov, witnesses, remove, clearResetMethod }: Setup): void {
  releaseStub(testedFunctions())
  for (const address of witnesses) {
    const failure = bindDriver(address, 'vfio-pci')
    if (failure !== null) throw new Error(failure)
    apart.add(address)
  }
  for (const address of remove) writeFileSync(`${DEVICES}/${address}/remove`, '1')
  for (const address of clearResetMethod) {
    const file = `${DEVICES}/${address}/reset_method`
    // Kernels before 5.15 have no such file: there the setup is one more plain machine.
    if (existsSync(file)) writeFileSync(file, '\n')
  }
  for (const { pf, driver, vfs } of sriov) {
    const failure = bindDriver(pf, driver)
    if (failure !== null) throw new Error(failure)
    fixed.set(pf, driver)
    writeFileSync(`${DEVICES}/${pf}/sriov_numvfs`, String(vfs))
  }
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
  applied = JSON.stringify(drivers)
  const tested = testedFunctions()
  for (const address of Object.keys(drivers)) {
    if (!tested.includes(address) && !others.has(address)) others.set(address, driverOf(address))
  }
  const wanted = Object.entries({ ...Object.fromEntries(others), ...drivers })
  const failures = [...tested, ...others.keys()]
    .filter((address) => !fixed.has(address))
    .map((address) => bindDriver(address, null))
  for (const [address, driver] of wanted) {
    if (!fixed.has(address)) failures.push(bindDriver(address, driver))
  }
  const found = failures.filter((failure) => failure !== null)
  if (found.length > 0) applied = ''
  return found
}

function testedFunctions(): string[] {
  return survey({ fixed, apart })
    .functions.filter(({ isTested }) => isTested)
    .map(({ address }) => address)
}

function pause(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}
