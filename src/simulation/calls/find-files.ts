import type { PciAddress } from '../../host/pci-address.js'
import type { PciDevice } from '../../pci/device.js'
import { deviceAt, groupFact } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { HotResetStep } from '../scenario/scenario.js'
import {
  type ContainerFile,
  type ContextFile,
  type DeviceFile,
  type GroupFile,
  isDeviceFile,
  isGroupFile,
  type OpenFile,
} from '../state.js'
import { refused, type StepResult, skipped } from '../step-result.js'

/** What an actor's name for a file stands for: the file, one that it closed again, or none that was ever opened. */
export type Found<F> = F | 'closed' | 'never'

export function isFound<F extends OpenFile>(found: Found<F>): found is F {
  return typeof found !== 'string'
}

/** The actor's file of a function: the one opened last, of those still open. */
export function findDevice(turn: Turn, actor: string, device: PciAddress): Found<DeviceFile> {
  const files = turn.state.files.filter(isDeviceFile)
  return lastOf(files.filter((file) => file.actor === actor && file.device === device))
}

/** The actor's file of the group of a function. */
export function findGroup(turn: Turn, actor: string, address: PciAddress): Found<GroupFile> {
  const device = deviceAt(turn, address)
  const group = device === undefined ? null : groupFact(turn, device)
  if (group?.kind !== 'group') return 'never'
  const files = turn.state.files.filter(isGroupFile)
  return lastOf(files.filter((file) => file.actor === actor && file.group === group.id))
}

/** The actor's container or iommufd of that name. */
export function findNamed(
  turn: Turn,
  actor: string,
  name: string,
): Found<ContainerFile | ContextFile> {
  const files = turn.state.files.filter(isNamedFile)
  return lastOf(files.filter((file) => file.actor === actor && file.name === name))
}

function isNamedFile(file: OpenFile): file is ContainerFile | ContextFile {
  return file.kind === 'container' || file.kind === 'iommufd'
}

function lastOf<F extends OpenFile>(files: readonly F[]): Found<F> {
  return files.findLast(({ open }) => open) ?? (files.length > 0 ? 'closed' : 'never')
}

/** A device fd on which a call reaches the driver. */
export interface CalledDevice {
  readonly file: DeviceFile
  readonly device: PciDevice
}

/**
 * The actor's device fd for a call, or why the call does not get that far: no fd at all, a closed one (EBADF), or one
 * without access (EINVAL, `vfio_device_fops_unl_ioctl`).
 */
export function calledDevice(
  turn: Turn,
  actor: string,
  address: PciAddress,
): CalledDevice | StepResult {
  const { state } = turn
  const file = findDevice(turn, actor, address)
  const device = deviceAt(turn, address)
  if (file === 'never' || device === undefined) return skipped(state, address)
  if (!isFound(file)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: address }])
  if (file.granted) return { file, device }
  return refused(state, 'EINVAL', [
    file.via === 'cdev'
      ? { kind: 'not-bound', address }
      : { kind: 'noiommu', address, lacks: 'access' },
  ])
}

export function isCalled(found: CalledDevice | StepResult): found is CalledDevice {
  return 'device' in found
}

/** One number in the array of HOT_RESET. */
export type Passed =
  | { readonly kind: 'group'; readonly file: GroupFile }
  | { readonly kind: 'device'; readonly file: DeviceFile }
  /** A container or an iommufd. */
  | { readonly kind: 'other'; readonly name: string }
  /** No file has the number; `name`: whose it was. */
  | { readonly kind: 'closed'; readonly name: string | null }

/** The array of a call: its `count` field, and the files that stand in it. */
export interface PassedArray {
  readonly count: number
  readonly listed: readonly Passed[]
}

export function passedArray(turn: Turn, step: HotResetStep): PassedArray {
  const { actor } = step
  const listed: Passed[] = []
  for (const device of step.groups) {
    const file = findGroup(turn, actor, device)
    listed.push(isFound(file) ? { kind: 'group', file } : { kind: 'closed', name: device })
  }
  for (const device of step.deviceFds) {
    const file = findDevice(turn, actor, device)
    listed.push(isFound(file) ? { kind: 'device', file } : { kind: 'closed', name: device })
  }
  for (const name of [...step.iommufds, ...step.containers]) {
    const file = findNamed(turn, actor, name)
    listed.push(isFound(file) ? { kind: 'other', name } : { kind: 'closed', name })
  }
  return { count: step.count ?? listed.length + step.closedFds, listed }
}

/** The numbers that the kernel reads: `count` of them, closed files where the step lists fewer. */
export function readArray({ count, listed }: PassedArray): readonly Passed[] {
  return Array.from({ length: count }, (_, index) => listed[index] ?? CLOSED)
}

const CLOSED: Passed = { kind: 'closed', name: null }
