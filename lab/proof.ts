import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Drivers } from './agent/protocol.js'
import { bootGuest, type Guest, type GuestHost } from './guest/guest.js'
import type { Kernel } from './kernels/kernel.js'
import type { Topology } from './topology.js'

/** A hot reset issued by `vfio-reset reset`, and what it did to a register of the device. */
export interface Proof {
  readonly kernel: string
  readonly device: string
  readonly via: 'group' | 'cdev'
  /** Whether the reset was meant to be refused: then the register has to keep its value. */
  readonly refused: boolean
  readonly exitCode: number | null
  /** What the register held just before the ioctl, and after it; null: the ioctl was never issued. */
  readonly register: {
    readonly marked: number
    readonly after: number
    readonly errno: number
  } | null
  /** The register tells the same story as the tool. */
  readonly holds: boolean
}

/** A function with its neighbour: both on vfio-pci its reset is permitted, with the neighbour unbound it is not. */
const [DEVICE, SIBLING] = ['0000:01:00.0', '0000:01:00.1']
const PERMITTED: Drivers = { [DEVICE]: 'vfio-pci', [SIBLING]: 'vfio-pci' }
const REFUSED: Drivers = { [DEVICE]: 'vfio-pci', [SIBLING]: null }

const LIMIT_MS = 120_000

/**
 * Lets the tool reset a real (emulated) function through each interface, with `marker.c` watching the ioctl. As a
 * control, a reset that the kernel refuses is forced in the same way. `topology`: `ports`.
 */
export async function proveResets(
  kernel: Kernel,
  topology: Topology,
  options: { readonly host: GuestHost; readonly folder: string; readonly marker: string },
): Promise<readonly Proof[]> {
  const { host, folder, marker } = options
  const guest = await bootGuest(kernel, topology, folder, host)
  await copyFile(marker, join(guest.share, 'marker.so'))
  const ways = kernel.kind === 'built' ? (['group', 'cdev'] as const) : (['group'] as const)
  const proofs: Proof[] = []
  try {
    const [setup] = topology.setups
    if (setup !== undefined) await guest.ask({ do: 'prepare', setup })
    for (const via of ways) {
      for (const refused of [false, true]) {
        const { exitCode, register } = await watchReset(guest, { via, refused })
        const holds = doesHold(register, refused)
        proofs.push({ kernel: kernel.id, device: DEVICE, via, refused, exitCode, register, holds })
      }
    }
  } finally {
    await guest.stop()
  }
  return proofs
}

async function watchReset(
  guest: Guest,
  { via, refused }: Pick<Proof, 'via' | 'refused'>,
): Promise<Pick<Proof, 'exitCode' | 'register'>> {
  const log = 'marker.jsonl'
  await writeFile(join(guest.share, log), '')
  const args = ['reset', DEVICE, '--execute', '--yes', '--via', via, '--json']
  const { exitCode } = await guest.ask({
    do: 'tool',
    drivers: refused ? REFUSED : PERMITTED,
    how: 'process',
    args: refused ? [...args, '--force'] : args,
    env: {
      LD_PRELOAD: join(guest.mount, 'marker.so'),
      MARKER_LOG: join(guest.mount, log),
    },
    timeoutMs: LIMIT_MS,
  })
  return { exitCode, register: decodeLog(await readFile(join(guest.share, log), 'utf8')) }
}

/** The last line that `marker.c` wrote. */
export function decodeLog(text: string): Proof['register'] {
  const line = text.trim().split('\n').at(-1)
  return line === undefined || line === '' ? null : (JSON.parse(line) as Proof['register'])
}

const MARK = 0x1234

export function doesHold(register: Proof['register'], refused: boolean): boolean {
  if (register === null || register.marked !== MARK) return false
  const isKept = register.after === MARK
  return refused ? isKept && register.errno !== 0 : !isKept && register.errno === 0
}
