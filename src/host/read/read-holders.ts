import type { Gap } from '../gap.js'
import { type PciAddress, parsePciAddress } from '../pci-address.js'
import type { RawHolder } from '../raw-host.js'
import { missingWhy } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { nameOf } from '../tree/tree-path.js'

export interface Holders {
  readonly holders: readonly RawHolder[]
  readonly gaps: readonly Gap[]
}

/** A device that was opened through its group; which one, only fdinfo tells (6.18+). */
const DEVICE_FD = 'anon_inode:[vfio-device]'

/** TASK_COMM_LEN, with room for what other kernels print. */
const COMMAND_LENGTH = 64

/** Open files that are looked at over all processes; hosts that have more get a gap. */
const FILE_LIMIT = 4_194_304

interface OpenFile {
  readonly pid: string
  readonly fd: string
  readonly target: string
}

/**
 * Looks through the open files of all processes for those that hold VFIO
 * (`docs/reference/hot-reset.md#who-has-it-open`). Costs one access for every open file of the host, so the caller asks
 * only where there is something to hold.
 */
export function readHolders(tree: HostTree): Holders {
  const { files, gaps } = findOpenFiles(tree)
  const pids = new Set(files.map(({ pid }) => pid))
  const commands = new Map([...pids].map((pid) => [pid, commandOf(tree, pid)]))
  const holders = files.map((file): RawHolder => {
    const { pid, fd, target } = file
    const command = commands.get(pid) ?? ''
    return { pid: Number(pid), command, target, fd, device: deviceOf(tree, file) }
  })
  return { holders, gaps }
}

function findOpenFiles(tree: HostTree): { files: OpenFile[]; gaps: readonly Gap[] } {
  const pids = listProcesses(tree)
  if (pids.length === 0) {
    const detail = 'no processes: who holds a device is unknown'
    return { files: [], gaps: [{ path: 'proc', why: missingWhy(tree.origin), detail }] }
  }
  const files: OpenFile[] = []
  let looked = 0
  let denied = 0
  for (const pid of pids) {
    const fds = tree.list(`proc/${pid}/fd`)
    if (isFailure(fds)) {
      denied += Number(fds.why === 'denied')
      continue
    }
    looked += fds.length
    if (looked > FILE_LIMIT) break
    for (const file of vfioFiles(tree, pid, fds)) files.push(file)
  }
  return { files, gaps: holderGaps(denied, looked > FILE_LIMIT) }
}

function listProcesses(tree: HostTree): readonly string[] {
  const names = tree.list('proc')
  return isFailure(names) ? [] : names.filter((name) => /^[1-9]\d{0,9}$/.test(name))
}

/** Files of one process. What cannot be looked at any more has been closed. */
function vfioFiles(tree: HostTree, pid: string, fds: readonly string[]): readonly OpenFile[] {
  return fds.flatMap((fd) => {
    const target = tree.readLink(`proc/${pid}/fd/${fd}`)
    return !isFailure(target) && isVfioTarget(target) ? { pid, fd, target } : []
  })
}

/** One gap for all processes that may not be looked into: it tells the same of each. */
function holderGaps(denied: number, isCut: boolean): Gap[] {
  const path = 'proc/*/fd'
  const gaps: Gap[] = []
  if (denied > 0) gaps.push({ path, why: 'denied', detail: `open files of ${denied} processes` })
  if (isCut) gaps.push({ path, why: 'truncated', detail: `more than ${FILE_LIMIT} open files` })
  return gaps
}

/** Where a link of `proc/PID/fd` leads that holds something of VFIO. */
export function isVfioTarget(target: string): boolean {
  return target.startsWith('/dev/vfio/') || target === '/dev/iommu' || target === DEVICE_FD
}

function isDevice(target: string): boolean {
  return target === DEVICE_FD || target.startsWith('/dev/vfio/devices/')
}

function commandOf(tree: HostTree, pid: string): string {
  const text = tree.readText(`proc/${pid}/comm`)
  return isFailure(text) ? '' : text.slice(0, COMMAND_LENGTH)
}

/** The function in the line `vfio-device-syspath: /sys/devices/…/0000:03:00.0`; null: the kernel says nothing. */
function deviceOf(tree: HostTree, { pid, fd, target }: OpenFile): PciAddress | null {
  if (!isDevice(target)) return null
  const text = tree.readText(`proc/${pid}/fdinfo/${fd}`)
  if (isFailure(text)) return null
  const path = /^vfio-device-syspath:\s*(\S+)$/m.exec(text)?.[1]
  return path === undefined ? null : (parsePciAddress(nameOf(path)) ?? null)
}
