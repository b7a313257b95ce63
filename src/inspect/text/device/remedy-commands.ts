import { isStated } from '../../../document/stated.js'
import type { PciAddress } from '../../../host/pci-address.js'
import type { DeviceView } from './device-view.js'

/** More functions than this are handled by a loop. */
const SPELLED_OUT = 4

/** Shell commands that put functions on vfio-pci until the next boot. */
export function bindCommands(
  addresses: readonly PciAddress[],
  { index }: Pick<DeviceView, 'index'>,
): string[] {
  const switchedOff = addresses.filter((address) => {
    const sriov = index.functions.get(address)?.sriov
    return sriov !== undefined && isStated(sriov) && sriov?.role === 'pf' && sriov.vfs.length > 0
  })
  const isDriven = (address: PciAddress): boolean => {
    const driver = index.functions.get(address)?.driver
    return driver === undefined || !isStated(driver) || driver !== null
  }
  return [
    'modprobe vfio-pci',
    ...switchedOff.flatMap(switchOffCommands),
    ...(addresses.length <= SPELLED_OUT
      ? addresses.flatMap((address) => bindOne(address, isDriven(address)))
      : bindLoop(addresses)),
  ]
}

/** The same with driverctl, which remembers it over reboots. */
export function lastingCommands(addresses: readonly PciAddress[]): string[] {
  if (addresses.length <= SPELLED_OUT) {
    return addresses.map((address) => `driverctl set-override ${address} vfio-pci`)
  }
  return [`for f in ${addresses.join(' ')}; do driverctl set-override $f vfio-pci; done`]
}

function bindOne(address: PciAddress, driven: boolean): string[] {
  return [
    `echo vfio-pci > ${folder(address)}/driver_override`,
    ...(driven ? [`echo ${address} > ${folder(address)}/driver/unbind`] : []),
    `echo ${address} > /sys/bus/pci/drivers_probe`,
  ]
}

function bindLoop(addresses: readonly PciAddress[]): string[] {
  return [
    `for f in ${addresses.join(' ')}; do`,
    `  echo vfio-pci > ${folder('$f')}/driver_override`,
    `  [ ! -e ${folder('$f')}/driver ] || echo $f > ${folder('$f')}/driver/unbind`,
    '  echo $f > /sys/bus/pci/drivers_probe',
    'done',
  ]
}

/** Shell commands that switch the VFs of a PF off. */
export function switchOffCommands(pf: PciAddress): string[] {
  return [`echo 0 > ${folder(pf)}/sriov_numvfs`]
}

/** Shell commands that take functions off their drivers. */
export function releaseCommands(addresses: readonly PciAddress[]): string[] {
  if (addresses.length <= SPELLED_OUT) {
    return addresses.map((address) => `echo ${address} > ${folder(address)}/driver/unbind`)
  }
  return [
    `for f in ${addresses.join(' ')}; do`,
    `  echo $f > ${folder('$f')}/driver/unbind`,
    'done',
  ]
}

function folder(address: string): string {
  return `/sys/bus/pci/devices/${address}`
}
