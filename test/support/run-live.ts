import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import type { LiveCommand, LiveMachine } from '../../src/cli/live-command.js'
import { PACKAGE_JSON } from '../../src/cli/tool.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { HostTree } from '../../src/host/tree/tree.js'
import { type FakeKernel, fakeKernel } from './fake-kernel.js'
import { buildHost } from './host-builder.js'
import { type HostFiles, without } from './host-files.js'
import type { HostSpec } from './host-spec.js'
import { NOTHING_IN_USE } from './host-uses.js'
import { divert } from './run-main.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A machine that nothing can happen to. */
export interface FakeMachine {
  readonly host: HostSpec
  /** Files beside those of the host. */
  readonly files?: HostFiles
  /** Paths that the host does not have after all, with everything below. */
  readonly lacking?: readonly string[]
  /** The host as it is found when somebody has answered. */
  readonly meanwhile?: HostSpec
  /** The host as it is found after a reset. */
  readonly later?: HostSpec
  readonly kernel?: FakeKernel
  readonly isRoot?: boolean
  /** What the user types; null: there is no terminal. */
  readonly answer?: string | null
  readonly callDeadlineMs?: number
}

export interface LiveRun {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  readonly stuck: boolean
}

type LiveClass = new (argv: string[], config: Config) => LiveCommand

/** Runs a command that touches hardware on a machine from literals. */
export async function runLive(
  Command: LiveClass,
  argv: readonly string[],
  machine: FakeMachine,
): Promise<LiveRun> {
  const config = new Config({ root: ROOT, pjson: PACKAGE_JSON, userPlugins: false })
  await config.load()
  const stdout = divert(process.stdout)
  const stderr = divert(process.stderr)
  const written = () => ({ stdout: stdout.text(), stderr: stderr.text() })
  const command = new Command([...argv], config).on(liveMachine(machine))
  command.id = Command.name.toLowerCase()
  try {
    const ending = await command.execute()
    return { ...written(), ...ending }
  } finally {
    stdout.restore()
    stderr.restore()
  }
}

function liveMachine(machine: FakeMachine): LiveMachine {
  const { kernel = fakeKernel(), isRoot = true, answer = null, callDeadlineMs = 60_000 } = machine
  let looks = 0
  return {
    openLiveHost: () => {
      looks += 1
      return treeOf(machine, hostAt(machine, looks))
    },
    isRoot: () => isRoot,
    ask: async () => answer,
    loadKernelCalls: async () => kernel.calls,
    callDeadlineMs,
  }
}

/** After an answer a command looks again before it does something: as long as it is asked anew the host stays as it was then. */
function hostAt({ host, meanwhile = host, later, answer = null }: FakeMachine, looks: number) {
  if (looks === 1) return host
  return later !== undefined && (answer === null || looks > 2) ? later : meanwhile
}

function treeOf({ files = {}, lacking = [] }: FakeMachine, host: HostSpec): HostTree {
  const all = {
    'sys/bus/pci/drivers/vfio-pci': null,
    ...NOTHING_IN_USE,
    ...buildHost(host),
    ...files,
  }
  return createMemoryTree(Object.entries(without(all, ...lacking)), { kind: 'live', path: null })
}
