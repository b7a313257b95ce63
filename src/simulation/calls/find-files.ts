import type { PciAddress } from '../../host/pci-address.js'
import { deviceAt, groupFact } from '../host-facts.js'
import type { Turn } from '../machine.js'
import {
  type ContainerFile,
  type ContextFile,
  type DeviceFile,
  type GroupFile,
  isDeviceFile,
  isGroupFile,
  type OpenFile,
} from '../state.js'

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
