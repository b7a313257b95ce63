import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import type { Interface } from '../policy/policy.js'
import type { DevSetKey } from '../vfio/dev-set.js'

/** Everything that the steps so far have changed. Plain data: a step makes a new one. */
export interface MachineState {
  /** Every file that was ever opened, in that order. */
  readonly files: readonly OpenFile[]
  /** Reset groups that a context has claimed; only two policies make any. */
  readonly claims: readonly Claim[]
  /** VF tokens that were set, by PF. The token of a PF without one is random, or what an earlier user has left. */
  readonly tokens: ReadonlyMap<PciAddress, string>
  /** Functions that were closed and could not be reset by themselves (`needs_reset`); `maybe`: that is not known. */
  readonly needsReset: ReadonlyMap<PciAddress, 'yes' | 'maybe'>
}

export type OpenFile = ContainerFile | ContextFile | GroupFile | DeviceFile

interface File {
  /** Its place in `files`. */
  readonly id: number
  /** The process that opened it; each has numbers of its own. */
  readonly actor: string
  /** The actor still has it. What was closed can live on through other files. */
  readonly open: boolean
}

export interface ContainerFile extends File {
  readonly kind: 'container'
  readonly name: string
  /** What SET_IOMMU chose; null: nothing yet, or the last group has left. */
  readonly iommu: 'type1' | 'noiommu' | null
}

/** An iommufd: one open file is one context. */
export interface ContextFile extends File {
  readonly kind: 'iommufd'
  readonly name: string
  /** What the groups that use it as their container have made of it; that never changes back. */
  readonly compat: 'real' | 'noiommu' | null
  /** The next id that a device gets in it. */
  readonly nextDevid: number
}

export interface GroupFile extends File {
  readonly kind: 'group'
  readonly group: GroupNumber
  /** A group of unsafe no-IOMMU mode. */
  readonly fake: boolean
  /** The container or iommufd that SET_CONTAINER gave it. */
  readonly container: number | null
}

export interface DeviceFile extends File {
  readonly kind: 'device'
  readonly device: PciAddress
  readonly via: Interface
  /** The group file that it was opened through. */
  readonly groupFile: number | null
  /** The context that the device is bound to. noiommu functions opened through a group have none. */
  readonly context: number | null
  readonly devid: number | null
  /** `access_granted`: without it every call is EINVAL, and the device does not count as open. */
  readonly granted: boolean
}

export interface Claim {
  readonly key: DevSetKey
  readonly context: number
  readonly actor: string
}

export const EMPTY_STATE: MachineState = {
  files: [],
  claims: [],
  tokens: new Map(),
  needsReset: new Map(),
}

/** A file without the id that it gets when it is opened. */
export type NewFile = OpenFile extends infer F
  ? F extends OpenFile
    ? Omit<F, 'id' | 'open'>
    : never
  : never

export function withFile(state: MachineState, file: NewFile): MachineState {
  const made: OpenFile = { ...file, id: state.files.length, open: true }
  return { ...state, files: [...state.files, made] }
}

/** The state with one file changed. */
export function changed<F extends OpenFile>(
  state: MachineState,
  file: F,
  change: Partial<Omit<F, 'id' | 'kind'>>,
): MachineState {
  return {
    ...state,
    files: state.files.map((each) => (each.id === file.id ? { ...each, ...change } : each)),
  }
}

export function isDeviceFile(file: OpenFile): file is DeviceFile {
  return file.kind === 'device'
}

export function isGroupFile(file: OpenFile): file is GroupFile {
  return file.kind === 'group'
}

/** Opens that count: what `open_count` counts in the kernel. */
export function opensOf(state: MachineState, device: PciAddress): readonly DeviceFile[] {
  return state.files.filter(isDeviceFile).filter((file) => isUsed(file) && file.device === device)
}

/** Device files that are open and answer calls. */
export function usedDevices(state: MachineState): readonly DeviceFile[] {
  return state.files.filter(isDeviceFile).filter(isUsed)
}

function isUsed({ open, granted }: DeviceFile): boolean {
  return open && granted
}

/**
 * The group file that keeps a group from being opened again. A device opened through it on a container holds a reference
 * (`vfio_group_use_container`); on an iommufd it does not.
 */
export function liveGroupFile(state: MachineState, group: number): GroupFile | undefined {
  return state.files
    .filter(isGroupFile)
    .find((file) => file.group === group && isLiveGroupFile(state, file))
}

export function isLiveGroupFile(state: MachineState, file: GroupFile): boolean {
  if (file.open) return true
  const container = file.container === null ? undefined : state.files[file.container]
  if (container?.kind !== 'container') return false
  return usedDevices(state).some(({ groupFile }) => groupFile === file.id)
}

/** Live group files that are in a container, or use an iommufd as one. */
export function groupsIn(state: MachineState, container: number): readonly GroupFile[] {
  return state.files
    .filter(isGroupFile)
    .filter((file) => file.container === container && isLiveGroupFile(state, file))
}
