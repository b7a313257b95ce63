import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootGuest, type GuestHost } from './guest/guest.js'
import type { LabHost } from './guest-supplies.js'
import type { Kernel } from './kernels/kernel.js'
import { obtainKernels } from './kernels/obtain.js'
import { WANTED_KERNELS } from './kernels/wanted.js'
import { type MessageScript, readMessageScripts } from './message-script.js'
import type { LabOptions } from './options.js'
import { ensureGuestTools } from './tools.js'
import { readTopologies, type Topology } from './topology.js'
import { unpackPackages } from './unpack-packages.js'

/** A script that has not ended after so long hangs; what it has printed until then is kept. */
const LIMIT_MS = 900_000

/** Goes before every script: where output goes, what is writable, and a few words of shell. */
const PRELUDE = 'lab/guest/messages.sh'

/**
 * Has real programs and kernels print their messages: runs scripts of `lab/messages` in guests, and keeps what was printed
 * and logged in the cache, for somebody to pick lines from. Returns whether every script ran to its end.
 */
export async function recordMessages(
  names: readonly string[],
  options: LabOptions,
  host: LabHost,
): Promise<boolean> {
  const { cache } = options
  const { repository, say } = host
  const scripts = await readMessageScripts(join(repository, 'lab/messages'), names)
  if (typeof scripts === 'string') {
    say(`--messages: ${scripts}`)
    return false
  }
  const topologies = await readTopologies(join(repository, 'lab/topologies'))
  const kernelsOf = ({ kernels }: MessageScript) =>
    options.kernels.length === 0 ? kernels : options.kernels
  const ids = new Set(scripts.flatMap(kernelsOf))
  const wanted = WANTED_KERNELS.filter(({ id }) => ids.delete(id))
  if (ids.size > 0) throw new Error(`no kernel ${[...ids].join(', ')}`)
  const qemu = await ensureGuestTools(cache, 'amd64')
  const kept = { cache, scripts: join(repository, 'lab/kernels'), mayBuild: true, say }
  const { kernels, missing } = await obtainKernels(wanted, kept)
  const init = join(repository, 'lab/guest/init.sh')
  const guestHost: GuestHost = { ...host, init, foreignRoot: null }
  let isWhole = missing.length === 0
  for (const script of scripts) {
    const topology = machineFor(script, topologies)
    const unpacked = await unpackPackages(script.packages, cache)
    for (const kernel of kernels.filter(({ id }) => kernelsOf(script).includes(id))) {
      const folder = join(cache, 'messages', script.name, kernel.id)
      say(`${script.name}, QEMU ${qemu}, kernel ${kernel.release}: ${folder}/share`)
      const ended = await runScript(script, { kernel, topology, folder, unpacked }, guestHost)
      say(`  output.txt, dmesg.log; ${ended}`)
      isWhole &&= ended === ENDED
    }
  }
  return isWhole
}

function machineFor(
  { name, topology, devices, args, append }: MessageScript,
  topologies: readonly Topology[],
): Topology {
  const machine = topologies.find((one) => one.name === topology)
  if (machine === undefined) throw new Error(`${name}.sh: no topology ${topology}`)
  return {
    ...machine,
    devices: [...machine.devices, ...devices],
    args: [...machine.args, ...args],
    append: `${machine.append} ${append}`,
  }
}

interface Place {
  readonly kernel: Kernel
  readonly topology: Topology
  readonly folder: string
  readonly unpacked: string
}

const ENDED = 'ran to its end'

/** How it went, in words. A script tells by its output what its programs did; its exit code says nothing. */
async function runScript(
  script: MessageScript,
  { kernel, topology, folder, unpacked }: Place,
  host: GuestHost,
): Promise<string> {
  const guest = await bootGuest(kernel, topology, folder, host)
  try {
    const setup = topology.setups.find(({ name }) => name === (script.setup ?? name))
    if (setup === undefined) throw new Error(`${script.name}.sh: no setup ${script.setup}`)
    await guest.ask({ do: 'prepare', setup })
    const prelude = await readFile(join(host.repository, PRELUDE), 'utf8')
    await writeFile(join(guest.share, 'script.sh'), `${prelude}\n${script.text}`)
    const settings = {
      SHARE: guest.mount,
      UNPACKED: unpacked,
      NODE: host.node,
      TOOL: join(host.repository, 'bin/run.js'),
    }
    const words = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`)
    // Programs read standard input, so that the script itself must not come from there.
    const call = `exec env ${words.join(' ')} bash "${guest.mount}/script.sh" < /dev/null`
    const { exitCode } = await guest.ask({ do: 'shell', script: call, timeoutMs: LIMIT_MS })
    return exitCode === null ? `stopped after ${LIMIT_MS / 60_000} minutes` : ENDED
  } catch (error) {
    return `broke down: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await guest.stop()
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
