import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { execa } from 'execa'
import type { Guest, GuestHost } from './guest/guest.js'
import type { Kernel } from './kernels/kernel.js'
import { watchBinding } from './watch-binding.js'

/** What a user of a host goes through, once, on a real kernel: refused, told what to do, done, reset, and a bug report. */
export interface Walk {
  readonly kernel: string
  readonly via: 'group' | 'cdev' | 'libvirt'
  /**
   * Exit codes: of the first preflight (1: it fails), of its plan run by a shell, of the second (0: it passes), of the reset.
   * With libvirt `virsh create` stands for the preflights, which the shipped hook refuses and lets pass, and nothing is reset.
   */
  readonly before: number | null
  readonly plan: number | null
  readonly after: number | null
  readonly reset: number | null
  /** Whether `inspect` says the same live, from a capture made in the guest, and from that capture unpacked; null: not asked. */
  readonly captureAgrees: boolean | null
  /** Whether `watch` and `wait` saw a function leave vfio-pci and come back; absent or null: not asked. */
  readonly watched?: boolean | null
  readonly holds: boolean
  /** Day on which it was walked, `2026-12-01`; absent in what was written before days were kept. */
  readonly day?: string
}

/** Walks of this run, and those of earlier ones for kernels and interfaces that it did not walk. */
export function withEarlier(walks: readonly Walk[], earlier: readonly Walk[]): readonly Walk[] {
  const isWalked = ({ kernel, via }: Walk) =>
    walks.some((walked) => walked.kernel === kernel && walked.via === via)
  return [...walks, ...earlier.filter((each) => !isWalked(each))].toSorted((one, other) =>
    compareTexts(one.kernel, other.kernel),
  )
}

function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

/** Two functions that one bus reset affects. At the start of a walk neither has a driver. */
export const FUNCTIONS = ['0000:01:00.0', '0000:01:00.1'] as const

/** A guest of the topology `ports`, just booted. */
export interface WalkedGuest {
  readonly guest: Guest
  readonly host: GuestHost
}

const UNBOUND = Object.fromEntries(FUNCTIONS.map((address) => [address, null]))

const LIMIT_MS = 120_000

/** Walks through one interface that the kernel has. */
export async function walk(
  { id }: Kernel,
  via: 'group' | 'cdev',
  { guest, host }: WalkedGuest,
): Promise<Walk> {
  const preflight = ['preflight', ...FUNCTIONS, '--via', via === 'cdev' ? 'iommufd' : 'group']
  const first = await runTool(guest, [...preflight, '--json'])
  const script = await runTool(guest, [...preflight, '--plan'])
  const plan = await guest.ask({ do: 'shell', script: script.stdout, timeoutMs: LIMIT_MS })
  const second = await runTool(guest, [...preflight, '--json'])
  await writeFile(
    join(guest.share, `walk-${via}.json`),
    JSON.stringify({ first, script, plan, second }),
  )
  const reset = await runTool(guest, ['reset', FUNCTIONS[0], '--execute', '--yes', '--via', via])
  const captureAgrees = await doesCaptureAgree(guest, host)
  const watched = await watchBinding(FUNCTIONS[0], { guest, host })
  const [before, after] = [first.exitCode, second.exitCode]
  const codes = [before, plan.exitCode, after, reset.exitCode]
  return {
    kernel: id,
    via,
    before,
    plan: plan.exitCode,
    after,
    reset: reset.exitCode,
    captureAgrees,
    watched,
    holds: captureAgrees && watched && isDeepStrictEqual(codes, [1, 0, 0, 0]),
  }
}

/** The same bind state throughout, which the agent leaves alone: the plan is what changes drivers. */
export function runTool(guest: Guest, args: readonly string[]) {
  const request = { do: 'tool', drivers: UNBOUND, how: 'process', env: {} } as const
  return guest.ask({ ...request, args, timeoutMs: LIMIT_MS })
}

async function doesCaptureAgree(guest: Guest, host: GuestHost): Promise<boolean> {
  const archive = 'host.tar.gz'
  await runTool(guest, ['capture', '-o', join(guest.mount, archive)])
  const live = await runTool(guest, ['inspect', '--all', '--json', '-n'])
  const file = join(guest.share, archive)
  const folder = join(guest.share, 'unpacked')
  await execa('mkdir', ['-p', folder])
  await execa('tar', ['xzf', file, '-C', folder])
  const reports = [
    live.stdout,
    await inspect(host, '--capture', file),
    await inspect(host, '--root', folder),
  ]
  await Promise.all(
    reports.map((text, index) => writeFile(join(guest.share, `report-${index}.json`), text)),
  )
  const [first, ...others] = reports.map(withoutSource)
  return first !== undefined && others.every((other) => isDeepStrictEqual(other, first))
}

async function inspect(
  { node, repository }: GuestHost,
  ...from: readonly string[]
): Promise<string> {
  const tool = join(repository, 'bin/run.js')
  const { stdout } = await execa(node, [tool, 'inspect', '--all', '--json', '-n', ...from])
  return stdout
}

function withoutSource(text: string): unknown {
  const report: Record<string, unknown> = JSON.parse(text)
  return { ...report, source: null }
}
