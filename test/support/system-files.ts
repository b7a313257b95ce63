import { isVfioDriver, type VfioDevice } from './function-files.js'
import { type HostFiles, linkTo } from './host-files.js'
import { groupName, type HostSpec, hasCdev } from './host-spec.js'
import type { Places } from './places.js'

/** Files that belong to no function: proc, dev, modules and classes. */
export function systemFiles(
  spec: HostSpec,
  places: Places,
  vfioDevices: ReadonlyMap<string, VfioDevice>,
): HostFiles {
  const files: HostFiles = { 'sys/class/iommu': null }
  putRelease(files, spec)
  putIommu(files, spec)
  putModules(files, spec)
  putNodes(files, spec, vfioDevices)
  for (const { pid, command, fd, target, device } of spec.holders ?? []) {
    files[`proc/${pid}/comm`] = `${command}\n`
    files[`proc/${pid}/fd/${fd}`] = { link: target }
    const line = device === undefined ? '' : `vfio-device-syspath: /${places.pathOf(device)}\n`
    files[`proc/${pid}/fdinfo/${fd}`] = `pos:\t0\nflags:\t02000002\nmnt_id:\t15\n${line}`
  }
  return files
}

function putRelease(files: HostFiles, spec: HostSpec): void {
  const {
    kernel = '6.12.117',
    procVersion,
    cmdline = 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1',
  } = spec
  files['proc/cmdline'] = `${cmdline}\n`
  if (kernel !== null) files['proc/sys/kernel/osrelease'] = `${kernel}\n`
  const version =
    procVersion ?? (kernel === null ? undefined : `Linux version ${kernel} (a@b) #1 SMP`)
  if (version !== undefined) files['proc/version'] = `${version}\n`
}

function putIommu(files: HostFiles, spec: HostSpec): void {
  const inUse = spec.functions.some(({ group }) => group !== undefined) && spec.noiommu !== true
  const kind = spec.iommu === undefined ? (inUse ? 'intel' : null) : spec.iommu
  if (kind === null) return
  const name = { intel: 'dmar0', amd: 'ivhd0', smmu: 'smmu3.0x0000000005000000' }[kind]
  const folder = `sys/devices/virtual/iommu/${name}`
  files[`${folder}/uevent`] = ''
  files[`sys/class/iommu/${name}`] = linkTo(`sys/class/iommu/${name}`, folder)
}

function putModules(files: HostFiles, spec: HostSpec): void {
  const drivers = new Set(spec.functions.flatMap(({ driver }) => driver ?? []))
  const vfioDrivers = [...drivers].filter(isVfioDriver)
  if (vfioDrivers.length === 0 && spec.noiommu === undefined) return
  files['sys/module/vfio/parameters/enable_unsafe_noiommu_mode'] =
    spec.noiommu === true ? 'Y\n' : 'N\n'
  for (const driver of vfioDrivers) {
    const name = driver.replaceAll('-', '_')
    const holder = `sys/module/vfio_pci_core/holders/${name}`
    files[`sys/module/${name}/uevent`] = ''
    files[holder] = linkTo(holder, `sys/module/${name}`)
  }
}

function putNodes(
  files: HostFiles,
  spec: HostSpec,
  vfioDevices: ReadonlyMap<string, VfioDevice>,
): void {
  const bound = spec.functions.filter(({ driver }) => isVfioDriver(driver))
  if (bound.length === 0) return
  files['sys/class/vfio'] = null
  if (spec.dev !== false) files['dev/vfio/vfio'] = ''
  for (const { group } of bound) {
    if (group === undefined) continue
    const name = `${groupName(spec, group) === 'vfio-noiommu' ? 'noiommu-' : ''}${group}`
    files[`sys/devices/virtual/vfio/${name}/uevent`] = ''
    files[`sys/class/vfio/${name}`] = linkTo(
      `sys/class/vfio/${name}`,
      `sys/devices/virtual/vfio/${name}`,
    )
    if (spec.dev !== false) files[`dev/vfio/${name}`] = ''
  }
  if (spec.dev === false || !hasCdev(spec)) return
  files['dev/iommu'] = ''
  files['dev/vfio/devices'] = null
  for (const { name, cdev } of vfioDevices.values())
    if (cdev) files[`dev/vfio/devices/${name}`] = ''
}
