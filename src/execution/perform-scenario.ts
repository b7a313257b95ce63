import { formatPciAddress, type PciAddress } from '../host/pci-address.js'
import type { HotResetStep, Scenario, Step, StepOf, Verb } from '../simulation/scenario.js'
import {
  parseUuid,
  VFIO_NOIOMMU_IOMMU,
  VFIO_PCI_HOT_RESET_FLAG_DEV_ID,
  VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED,
  VFIO_TYPE1V2_IOMMU,
} from '../uapi/abi.js'
import type { CallResult, KernelCalls } from '../uapi/kernel-calls.js'
import { CONTAINER_NODE, type InfoAnswer, IOMMUFD_NODE, vfioFiles } from '../uapi/vfio-files.js'
import type { VfioNodes } from './nodes.js'
import { type FileKind, openAndKeep, openFiles } from './open-files.js'

/** What the kernel answered to one step. */
export interface PerformedStep {
  readonly outcome: 'ok' | 'refused'
  readonly errno: string | null
  readonly info?: PerformedInfo
  /** There was no file to put the step to. */
  readonly skipped?: string
}

export interface PerformedInfo {
  readonly flags: readonly ('dev-id' | 'dev-id-owned')[]
  readonly devices: readonly {
    readonly address: PciAddress
    readonly group: number | null
    readonly devid: number | null
  }[]
}

/** Numbers no process of ours has open. */
const CLOSED_FD = 1_000_000

const OK: PerformedStep = { outcome: 'ok', errno: null }

/**
 * Performs a scenario with real calls, all actors in this process, and closes every file on every path. `told` hears each
 * answer as it comes.
 */
export async function performScenario(
  scenario: Scenario,
  kernel: KernelCalls,
  nodesOf: (address: PciAddress) => VfioNodes,
  told: (index: number, performed: PerformedStep) => void = () => undefined,
): Promise<readonly PerformedStep[]> {
  const run = scenarioRun(kernel, nodesOf)
  const performed: PerformedStep[] = []
  try {
    for (const [index, step] of scenario.steps.entries()) {
      const answer = await run.perform(step)
      performed.push(answer)
      told(index, answer)
    }
    return performed
  } finally {
    run.closeAll()
  }
}

type Performers = { readonly [V in Verb]: (step: StepOf<V>) => Promise<PerformedStep> }

function scenarioRun(kernel: KernelCalls, nodesOf: (address: PciAddress) => VfioNodes) {
  const files = openFiles(kernel)
  const vfio = vfioFiles(kernel)
  /** Containers that already have an IOMMU: only the first group of a container sets it. */
  const withIommu = new Set<number>()

  const onDevice = async (
    { actor, device }: { readonly actor: string; readonly device: PciAddress },
    call: (fd: number) => Promise<CallResult>,
  ): Promise<PerformedStep> => {
    const fd = files.find('device', actor, device)
    if (fd !== undefined) return answered(await call(fd))
    return missing('device', actor, device)
  }

  /** Opened once and closed since is a closed number to the kernel; never opened is nothing to ask about. */
  const missing = (kind: FileKind, actor: string, name: string): PerformedStep =>
    files.wasOpen(kind, actor, name)
      ? { outcome: 'refused', errno: 'EBADF' }
      : { outcome: 'refused', errno: null, skipped: `${name} is not open` }

  const numberOf = (kind: FileKind, actor: string, name: string): number =>
    files.find(kind, actor, name) ?? CLOSED_FD

  const groupName = (device: PciAddress): string => nodesOf(device).group ?? device

  const attach = async (group: number, step: StepOf<'open-group'>): Promise<CallResult> => {
    const { actor, container } = step
    if (container === null) return { ok: true, value: 0 }
    const own = files.find('container', actor, container)
    const fd = own ?? numberOf('iommufd', actor, container)
    const set = await vfio.setContainer(group, fd)
    if (!set.ok || own === undefined || withIommu.has(own)) return set
    const { noiommu } = nodesOf(step.device)
    const chosen = await vfio.setIommu(own, noiommu ? VFIO_NOIOMMU_IOMMU : VFIO_TYPE1V2_IOMMU)
    if (chosen.ok) withIommu.add(own)
    return chosen
  }

  const arrayOf = (step: HotResetStep): readonly number[] => {
    const { actor } = step
    const fds = [
      ...step.groups.map((device) => numberOf('group', actor, groupName(device))),
      ...step.deviceFds.map((device) => numberOf('device', actor, device)),
      ...step.iommufds.map((name) => numberOf('iommufd', actor, name)),
      ...step.containers.map((name) => numberOf('container', actor, name)),
    ]
    const closed = Math.max(step.closedFds, (step.count ?? 0) - fds.length)
    return [...fds, ...Array.from({ length: closed }, (_, index) => CLOSED_FD + index)]
  }

  const closing = async (kind: FileKind, actor: string, name: string): Promise<PerformedStep> =>
    files.close(kind, actor, name) ? OK : missing(kind, actor, name)

  const performers: Performers = {
    'open-container': async ({ actor, as }) =>
      answered(
        openAndKeep(kernel, files, {
          kind: 'container',
          owner: actor,
          name: as,
          path: CONTAINER_NODE,
        }),
      ),
    'open-iommufd': async ({ actor, as }) =>
      answered(
        openAndKeep(kernel, files, { kind: 'iommufd', owner: actor, name: as, path: IOMMUFD_NODE }),
      ),
    'open-group': async (step) => {
      const path = nodesOf(step.device).group
      if (path === null) return { outcome: 'refused', errno: 'ENOENT' }
      const file = { kind: 'group', owner: step.actor, name: path, path } as const
      const opened = openAndKeep(kernel, files, file)
      return answered(opened.ok ? await attach(opened.value, step) : opened)
    },
    'open-device': async ({ actor, device, token }) => {
      const group = files.find('group', actor, groupName(device))
      if (group === undefined) return missing('group', actor, groupName(device))
      const opened = await vfio.getDevice(group, device, token)
      if (opened.ok) files.keep('device', actor, device, opened.value)
      return answered(opened)
    },
    'bind-cdev': async ({ actor, device, iommufd, token }) => {
      const path = nodesOf(device).cdev
      if (path === null) return { outcome: 'refused', errno: 'ENOENT' }
      const opened = openAndKeep(kernel, files, {
        kind: 'device',
        owner: actor,
        name: device,
        path,
      })
      if (!opened.ok) return answered(opened)
      const context = iommufd === null ? -1 : numberOf('iommufd', actor, iommufd)
      const bytes = token === null ? null : (parseUuid(token) ?? null)
      return answered(await vfio.bind(opened.value, context, bytes))
    },
    'reset-info': async ({ actor, device, argsz }) => {
      const fd = files.find('device', actor, device)
      if (fd === undefined) return missing('device', actor, device)
      const result = await vfio.info(fd, argsz)
      return result.ok ? { ...OK, info: performedInfo(result.info) } : answered(result)
    },
    'hot-reset': (step) =>
      onDevice(step, (fd) =>
        vfio.hotReset(fd, arrayOf(step), {
          flags: step.flags,
          ...(step.argsz === null ? {} : { argsz: step.argsz }),
          ...(step.count === null ? {} : { count: step.count }),
        }),
      ),
    'device-reset': (step) => onDevice(step, vfio.deviceReset),
    'set-vf-token': (step) =>
      onDevice(step, (fd) => vfio.setVfToken(fd, parseUuid(step.token) ?? new Uint8Array(16))),
    'close-device': ({ actor, device }) => closing('device', actor, device),
    'close-group': ({ actor, device }) => closing('group', actor, groupName(device)),
    'close-container': ({ actor, name }) => closing('container', actor, name),
    'close-iommufd': ({ actor, name }) => closing('iommufd', actor, name),
  }

  return { perform: (step: Step) => performOne(performers, step), closeAll: files.closeAll }
}

/** The table is indexed by the very verb of the step; TypeScript cannot see that across a union. */
function performOne<V extends Verb>(performers: Performers, step: StepOf<V>): Promise<PerformedStep>
function performOne(performers: Performers, step: Step): Promise<PerformedStep> {
  const perform = performers[step.do] as (step: Step) => Promise<PerformedStep>
  return perform(step)
}

function answered(
  result: CallResult | { readonly ok: false; readonly errno: string },
): PerformedStep {
  return result.ok ? OK : { outcome: 'refused', errno: result.errno }
}

function performedInfo({ flags, devices }: InfoAnswer): PerformedInfo {
  const byDevid = (flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID) !== 0
  const owned = (flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED) !== 0
  return {
    flags: [
      ...(byDevid ? (['dev-id'] as const) : []),
      ...(owned ? (['dev-id-owned'] as const) : []),
    ],
    devices: devices.map(({ id, domain, bus, devfn }) => ({
      address: formatPciAddress({ domain, bus, device: devfn >> 3, func: devfn & 7 }),
      group: byDevid ? null : id,
      devid: byDevid ? id : null,
    })),
  }
}
