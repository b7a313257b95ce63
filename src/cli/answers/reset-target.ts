import { vfioNodes } from '../../execution/nodes.js'
import { chooseInterface } from '../../execution/reset-plan.js'
import { isKnownAs, valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { isBridge, type PciDevice } from '../../pci/device.js'
import type { Topology } from '../../pci/topology.js'
import { hostLosses } from '../../plan/host-use.js'
import {
  loadCommand,
  type PlanStyle,
  resetCommand,
  stepCommands,
} from '../../plan/report/commands.js'
import { lossText } from '../../plan/report/step-words.js'
import type { Interface } from '../../policy/policy.js'
import { rebind } from '../../simulation/rebind.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { VfioHost } from '../../vfio/vfio-host.js'
import { HostError, UsageError } from '../errors.js'
import { TOOL } from '../tool.js'

/** So many functions are offered where one must be named. */
const MOST_CHOICES = 8

/**
 * The one function that a hot reset is asked of. Throws where several are named, told as `describe` has them, and where
 * VFIO can never open it, with the command that helps.
 */
export function resetTarget(
  found: readonly PciAddress[],
  host: VfioHost,
  describe: () => (address: PciAddress) => string | undefined = () => () => undefined,
): PciDevice {
  const [address, ...others] = found
  const device = address === undefined ? undefined : host.topology.byAddress.get(address)
  if (device === undefined || others.length > 0) {
    const wordsOf = describe()
    throw new UsageError(`DEVICE names ${found.length} functions.`, {
      hint: 'Name the one function to open; what is reset with it is worked out.',
      choices: [
        ...found
          .slice(0, MOST_CHOICES)
          .map((each) => [each, wordsOf(each) ?? []].flat().join('  ')),
        ...(found.length > MOST_CHOICES ? [`and ${found.length - MOST_CHOICES} others`] : []),
      ],
    })
  }
  checkKind(device, host.topology)
  return device
}

function checkKind(device: PciDevice, topology: Topology): void {
  const { address, raw } = device
  if (isBridge(device)) {
    const below = topology.children.get(address)?.find((each) => isKnownAs(each.header, 'normal'))
    throw new UsageError(`${address} is a bridge, and vfio-pci does not bind to bridges.`, {
      hint:
        below === undefined
          ? `Nothing is below it: ${TOOL.name} inspect --tree shows the host.`
          : `Ask for a function below it: ${TOOL.name} reset ${below.address}`,
    })
  }
  if (device.isVirtfn) {
    const pf = raw.physfn.known && raw.physfn.value !== null ? ` ${raw.physfn.value}` : ''
    throw new UsageError(
      `${address} is a VF: a hot reset of it would reset its PF${pf} and all other VFs.`,
      {
        hint: `Reset it by itself: ${resetCommand(address)}`,
      },
    )
  }
}

/** The host as if the function were bound to vfio-pci, as `inspect` answers; the same host where it is. */
export function asIfBound(host: AnalysedHost, { address }: PciDevice): AnalysedHost {
  return rebind(host, new Map([[address, 'vfio-pci']]))
}

/** Throws where the function is not bound to vfio-pci, with what binds it. */
export function checkBound(device: PciDevice, host: VfioHost): void {
  const { address, raw } = device
  const bound = host.isVfioBound(device)
  if (!bound.known || bound.value) return
  const driver = valueOrNull(raw.driver)
  throw new HostError(
    `${address} ${driver === null ? 'has no driver' : `is bound to ${driver}`}: it must be bound to vfio-pci to be opened.`,
    { hint: bindHint(device, driver, host) },
  )
}

/** How it is bound; of what the host needs, what that is in place of a command. */
function bindHint(
  { address: device, raw }: PciDevice,
  from: string | null,
  host: VfioHost,
): string {
  const losses = hostLosses(host.topology.raw, device)
  const step = { do: 'bind', device, from, ids: null } as const
  const bind = (style: PlanStyle) => stepCommands({ step, losses }, style).command?.join(' && ')
  const [driverctl, sysfs] = [bind('driverctl'), bind('sysfs')]
  if (driverctl === undefined || sysfs === undefined) {
    return `No command is given for that: ${losses.map(lossText).join('; ')}.`
  }
  if (isKnownAs(raw.iommuGroup, null)) {
    return 'It has no IOMMU group, so that vfio-pci does not bind to it: look with preflight what is missing.'
  }
  return `${loadCommand('vfio-pci')} && ${driverctl}; or without driverctl: ${sysfs}`
}

/** What `--via` takes. */
export const INTERFACES = ['auto', 'group', 'cdev'] as const

/** The interface that `--via` names. Throws where this kernel, or this function, does not have it. */
export function interfaceFor(
  stated: (typeof INTERFACES)[number],
  host: VfioHost,
  target: PciDevice,
): Interface {
  const via = stated === 'auto' ? chooseInterface(host) : stated
  if (via === 'group') checkGroupApi(host)
  else checkCdev(host, target)
  return via
}

function checkGroupApi({ interfaces: { groupApi, cdev } }: VfioHost): void {
  if (!groupApi.known || groupApi.value) return
  throw new HostError('This host has no group files: there is no /dev/vfio/vfio.', {
    hint: cdev.known && cdev.value ? 'Use --via cdev.' : loadCommand('vfio_iommu_type1'),
  })
}

function checkCdev({ kernel, interfaces: { cdev }, topology }: VfioHost, target: PciDevice): void {
  const hint = 'Use --via group.'
  if (cdev.known && !cdev.value) {
    throw new HostError(
      `The kernel ${kernel.release.text} has no device files of vfio devices (CONFIG_VFIO_DEVICE_CDEV, 6.6 and later).`,
      { hint },
    )
  }
  if (vfioNodes(topology.raw)(target.address).cdev === null) {
    throw new HostError(`${target.address} has no device file in this kernel.`, { hint })
  }
}
