import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { AgentAnswers, AgentFailure, AgentRequest } from '../agent/protocol.js'
import { architectureOf, type Kernel } from '../kernels/kernel.js'
import type { Topology } from '../topology.js'
import { buildInitramfs } from './initramfs.js'
import { PLATFORMS, qemuArguments } from './qemu.js'
import { type GuestRoot, ownRoot } from './root.js'

/** What every guest of a run has in common. */
export interface GuestHost {
  /** Path of `init.sh`. */
  readonly init: string
  /** Folder of the bundled scripts that run inside: `agent.cjs`, `tool-server.cjs`. */
  readonly scripts: string
  /** Path of Node, to be run inside as well. */
  readonly node: string
  /** The checkout whose built tool is put to the test. */
  readonly repository: string
  /** Root of guests of another architecture; null: none is booted. */
  readonly foreignRoot: GuestRoot | null
}

/** A booted guest, with the agent ready in it. */
export interface Guest {
  /** Folder that the guest sees as `mount`. */
  readonly share: string
  readonly mount: string
  /** Asks the agent. Rejects when the guest dies, hangs, or the agent fails. */
  ask<Request extends AgentRequest>(request: Request): Promise<AgentAnswers[Request['do']]>
  /** Shuts the guest down; ends it by force when it does not go by itself. */
  stop(): Promise<void>
}

/** A request that takes longer than the tool itself may: the guest hangs. */
const GRACE_MS = 60_000
const BOOT_LIMIT_MS = 240_000
const STOP_LIMIT_MS = 15_000
const POLL_MS = 15

/** Boots a topology under a kernel. `folder`: a fresh folder for its share and its logs. */
export async function bootGuest(
  kernel: Kernel,
  topology: Topology,
  folder: string,
  host: GuestHost,
): Promise<Guest> {
  const { init, scripts } = host
  const root = rootOf(kernel, host)
  const share = join(folder, 'share')
  await rm(folder, { recursive: true, force: true })
  await mkdir(share, { recursive: true })
  for (const script of ['agent.cjs', 'tool-server.cjs']) {
    await copyFile(join(scripts, script), join(share, script))
  }
  const mount = chooseMount([root.tool, root.node])
  const settings = {
    node: root.node,
    agent: 'agent.cjs',
    tool: root.tool,
    share: mount,
    noiommu: topology.noiommu,
    unsafeInterrupts: topology.unsafeInterrupts,
  }
  const initramfs = join(folder, 'initramfs')
  await writeFile(
    initramfs,
    await buildInitramfs(kernel, settings, { init, busybox: root.busybox }),
  )
  const console = join(folder, 'console.log')
  const machine = execa(
    PLATFORMS[architectureOf(kernel)].program,
    qemuArguments(kernel, topology, { initramfs, share, root: root.folder, console }),
    {
      reject: false,
      stdin: 'ignore',
    },
  )
  let ended: string | null = null
  const end = machine.then(({ exitCode, stderr }) => {
    ended = `QEMU ended with ${exitCode}: ${stderr}`
  })
  const post = createPost(share, () => ended)
  const ask: Guest['ask'] = async (request) => {
    const limitMs = 'timeoutMs' in request ? request.timeoutMs + GRACE_MS : BOOT_LIMIT_MS
    const answer = await post(request, limitMs)
    if (answer === undefined) {
      machine.kill('SIGKILL')
      throw new Error(`the guest gave no answer for ${limitMs / 1000} s, see ${console}`)
    }
    return answer
  }

  return {
    share,
    mount,
    ask,
    async stop() {
      if (ended === null) await ask({ do: 'stop' }).catch(() => null)
      await Promise.race([end, sleep(STOP_LIMIT_MS, undefined, { ref: false })])
      machine.kill('SIGKILL')
      await end
      await rm(initramfs, { force: true })
    },
  }
}

function rootOf(kernel: Kernel, { node, repository, foreignRoot }: GuestHost): GuestRoot {
  if (architectureOf(kernel) === 'amd64') return ownRoot(node, repository)
  if (foreignRoot === null) throw new Error(`there is no root for guests of ${kernel.id}`)
  return foreignRoot
}

/**
 * Puts requests into the share and waits for their answers. undefined: none in time. Rejects when the guest ended, as
 * `ended` tells, or the agent failed.
 */
function createPost(share: string, ended: () => string | null) {
  let number = 0
  return async (request: AgentRequest, limitMs: number) => {
    const answerFile = join(share, `answer-${number}.json`)
    await writeFile(join(share, 'request.partial'), JSON.stringify(request))
    await rename(join(share, 'request.partial'), join(share, `request-${number}.json`))
    number += 1
    const deadline = performance.now() + limitMs
    while (performance.now() < deadline) {
      const text = await readFile(answerFile, 'utf8').catch(() => null)
      if (text !== null) return decodeAnswer(text)
      const end = ended()
      if (end !== null) throw new Error(end)
      await sleep(POLL_MS)
    }
    return undefined
  }
}

function decodeAnswer(text: string) {
  const answer = JSON.parse(text)
  if (isFailure(answer)) throw new Error(`agent: ${answer.failed}`)
  return answer
}

/** A folder of the host's root that none of the needed paths lies below: the share is mounted over it. */
export function chooseMount(needed: readonly string[]): string {
  const candidates = ['/mnt', '/media', '/srv', '/opt']
  const free = candidates.find((folder) =>
    needed.every((path) => !`${path}/`.startsWith(`${folder}/`)),
  )
  return free ?? '/mnt'
}

function isFailure(answer: unknown): answer is AgentFailure {
  return typeof answer === 'object' && answer !== null && 'failed' in answer
}
