import type { PciAddress } from '../host/pci-address.js'
import type {
  BindCdevStep,
  HotResetStep,
  OpenDeviceStep,
  OpenGroupStep,
  SetIommuStep,
  Step,
} from '../simulation/scenario/scenario.js'
import { iommuTypeOf, parseUuid, VFIO_NOIOMMU_IOMMU } from '../uapi/abi.js'
import type { CallResult, KernelCalls } from '../uapi/kernel-calls.js'
import { CONTAINER_NODE, IOMMUFD_NODE, type VfioFiles } from '../uapi/vfio-files.js'
import type { VfioNodes } from './nodes.js'
import type { FileKind, OpenFiles } from './open-files.js'
import {
  answered,
  answeredInfo,
  type PerformedStep,
  refusedWith,
  SKIPPED,
} from './performed-step.js'

/** The actors of a scenario, played by this process. */
export interface Actors {
  readonly kernel: KernelCalls
  readonly vfio: VfioFiles
  readonly nodesOf: (address: PciAddress) => VfioNodes
  readonly files: OpenFiles
  /** Open containers, by number, and whether an IOMMU was chosen for them. */
  readonly containers: Map<number, 'bare' | 'with-iommu'>
  /** Types of IOMMU that the groups take that were put into containers last, by the number of the container. */
  readonly iommuTypes: Map<number, number>
}

/** Puts one step to the kernel. Steps mean what the simulator takes them to mean (`takeStep`). */
export async function performStep(actors: Actors, step: Step): Promise<PerformedStep> {
  const { vfio } = actors
  switch (step.do) {
    case 'open-container':
      return answered(openContext(actors, step.actor, step.as, CONTAINER_NODE))
    case 'open-iommufd':
      return answered(openContext(actors, step.actor, step.as, IOMMUFD_NODE))
    case 'open-group':
      return openGroup(actors, step)
    case 'set-iommu':
      return setIommu(actors, step)
    case 'open-device':
      return openDevice(actors, step)
    case 'bind-cdev':
      return bindCdev(actors, step)
    case 'reset-info':
      return onDevice(actors, step, async (fd) => answeredInfo(await vfio.info(fd, step.argsz)))
    case 'hot-reset':
      return onDevice(actors, step, async (fd) => answered(await hotReset(actors, fd, step)))
    case 'device-reset':
      return onDevice(actors, step, async (fd) => answered(await vfio.deviceReset(fd)))
    case 'set-vf-token':
      return onDevice(actors, step, async (fd) =>
        answered(await vfio.setVfToken(fd, tokenBytes(step.token))),
      )
    case 'close-device':
      return close(actors, 'device', step.actor, step.device)
    case 'close-group':
      return close(actors, 'group', step.actor, groupName(actors, step.device))
    case 'close-container':
    case 'close-iommufd':
      return close(actors, 'context', step.actor, step.name)
  }
}

function open(
  { kernel, files }: Actors,
  kind: FileKind,
  actor: string,
  name: string,
  path: string,
): CallResult {
  const result = kernel.open(path)
  if (result.ok) files.keep(kind, actor, name, result.value)
  return result
}

function openContext(actors: Actors, actor: string, name: string, path: string): CallResult {
  const opened = open(actors, 'context', actor, name, path)
  if (!opened.ok) return opened
  // The number may have been that of a container which is closed by now.
  if (path === CONTAINER_NODE) actors.containers.set(opened.value, 'bare')
  else actors.containers.delete(opened.value)
  return opened
}

async function openGroup(actors: Actors, step: OpenGroupStep): Promise<PerformedStep> {
  const { group: path } = actors.nodesOf(step.device)
  if (path === null) return refusedWith('ENOENT')
  const opened = open(actors, 'group', step.actor, path, path)
  if (!opened.ok || step.container === null) return answered(opened)
  return answered(await setContainer(actors, opened.value, step, step.container))
}

/** SET_CONTAINER, and SET_IOMMU as long as the container has none; an iommufd in its place needs none. */
async function setContainer(
  { kernel, vfio, nodesOf, containers, iommuTypes, files }: Actors,
  group: number,
  { actor, device, iommu }: OpenGroupStep,
  name: string,
): Promise<CallResult> {
  const container = files.find('context', actor, name) ?? CLOSED_FD
  const set = await vfio.setContainer(group, container)
  const state = containers.get(container)
  if (!set.ok || state === undefined) return set
  const { noiommu } = nodesOf(device)
  const type = noiommu ? VFIO_NOIOMMU_IOMMU : iommuTypeOf(kernel.arch)
  iommuTypes.set(container, type)
  if (iommu === false) return set
  const chosen = await vfio.setIommu(container, type)
  // A container forgets its IOMMU with its last group, so each group asks anew; EINVAL says that it still has one.
  if (!chosen.ok && chosen.errno === 'EINVAL' && state === 'with-iommu') return set
  if (chosen.ok) containers.set(container, 'with-iommu')
  return chosen
}

async function setIommu(actors: Actors, step: SetIommuStep): Promise<PerformedStep> {
  const { kernel, vfio, files, iommuTypes, containers } = actors
  const { actor, container: name } = step
  const container = files.find('context', actor, name)
  if (container === undefined) return missing(actors, 'context', actor, name)
  const chosen = await vfio.setIommu(
    container,
    iommuTypes.get(container) ?? iommuTypeOf(kernel.arch),
  )
  if (chosen.ok && containers.has(container)) containers.set(container, 'with-iommu')
  return answered(chosen)
}

async function openDevice(actors: Actors, step: OpenDeviceStep): Promise<PerformedStep> {
  const { vfio, files } = actors
  const { actor, device, token } = step
  const name = groupName(actors, device)
  const group = files.find('group', actor, name)
  if (group === undefined) return missing(actors, 'group', actor, name)
  const opened = await vfio.getDevice(group, device, token)
  if (opened.ok) files.keep('device', actor, device, opened.value)
  return answered(opened)
}

/** After a refused BIND the cdev stays open, and later steps are put to it. */
async function bindCdev(actors: Actors, step: BindCdevStep): Promise<PerformedStep> {
  const { kernel, vfio, nodesOf } = actors
  const { actor, device, token, claim } = step
  const { cdev: path } = nodesOf(device)
  if (path === null) return refusedWith('ENOENT')
  const opened = open(actors, 'device', actor, device, path)
  if (!opened.ok) return answered(opened)
  // vfio3 can be another function since the host was read, and BIND would reset that one.
  const found = kernel.deviceOf(opened.value)
  if (found !== null && found !== device) return refusedWith('ENODEV')
  const iommufd = step.iommufd === null ? -1 : contextNumber(actors, actor, step.iommufd)
  const bytes = token === null ? null : tokenBytes(token)
  return answered(await vfio.bind(opened.value, { iommufd, token: bytes, claim }))
}

/** -1: it never was open, because opening it was refused. */
function contextNumber({ files }: Actors, actor: string, name: string): number {
  const found = files.find('context', actor, name)
  return found ?? (files.wasOpen('context', actor, name) ? CLOSED_FD : -1)
}

function hotReset(actors: Actors, device: number, step: HotResetStep): Promise<CallResult> {
  const { argsz, flags, count } = step
  return actors.vfio.hotReset(device, arrayOf(actors, step), {
    flags,
    ...(argsz === null ? {} : { argsz }),
    ...(count === null ? {} : { count }),
  })
}

/** No process of ours has this number, or one of those after it, open. */
const CLOSED_FD = 1_000_000

/** More files than this no kernel reads: it has refused such a count before. */
const MOST_FILES = 65_536

function arrayOf(actors: Actors, step: HotResetStep): readonly number[] {
  const { actor, count } = step
  const numberOf = (kind: FileKind, name: string): number =>
    actors.files.find(kind, actor, name) ?? CLOSED_FD
  const fds = [
    ...step.groups.map((device) => numberOf('group', groupName(actors, device))),
    ...step.deviceFds.map((device) => numberOf('device', device)),
    ...step.iommufds.map((name) => numberOf('context', name)),
    ...step.containers.map((name) => numberOf('context', name)),
  ]
  const wanted = Math.max(step.closedFds, Math.min(count ?? 0, MOST_FILES) - fds.length)
  return [...fds, ...Array.from({ length: wanted }, (_, index) => CLOSED_FD + index)]
}

async function onDevice(
  actors: Actors,
  { actor, device }: { readonly actor: string; readonly device: PciAddress },
  call: (fd: number) => Promise<PerformedStep>,
): Promise<PerformedStep> {
  const fd = actors.files.find('device', actor, device)
  return fd === undefined ? missing(actors, 'device', actor, device) : call(fd)
}

async function close(
  actors: Actors,
  kind: FileKind,
  actor: string,
  name: string,
): Promise<PerformedStep> {
  const closed = await actors.files.close(kind, actor, name)
  return closed === undefined ? missing(actors, kind, actor, name) : answered(closed)
}

/** Opened once and closed since is a closed number to the kernel; never opened is nothing to ask about. */
function missing({ files }: Actors, kind: FileKind, actor: string, name: string): PerformedStep {
  return files.wasOpen(kind, actor, name) ? refusedWith('EBADF') : SKIPPED
}

/** All functions of a group share its file. */
function groupName({ nodesOf }: Actors, device: PciAddress): string {
  return nodesOf(device).group ?? device
}

/** The parser has let only UUIDs through. */
function tokenBytes(token: string): Uint8Array {
  return parseUuid(token) ?? new Uint8Array(16)
}
