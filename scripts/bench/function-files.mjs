import { encodeConfig } from './config-space.mjs'
import { hex } from './host-plan.mjs'

/** Attributes that functions of one model and driver have in common: name, text and mode. */
export function sharedAttributes(each) {
  const { model, driver, pf } = each
  const isVfio = driver === 'vfio-pci'
  const attributes = [
    ['vendor', `0x${hex(model.vendor, 4)}`],
    ['device', `0x${hex(model.device, 4)}`],
    ['subsystem_vendor', model.isBridge ? '0x0000' : `0x${hex(model.vendor, 4)}`],
    ['subsystem_device', model.isBridge ? '0x0000' : '0x0001'],
    ['class', `0x${hex(model.class, 6)}`],
    ['revision', '0x00'],
    ['modalias', modalias(model)],
    ['enable', driver === null || isVfio ? '0' : '1'],
    ['irq', driver === null ? '0' : '64'],
    ['resource', resourceText(model)],
    ['numa_node', '0'],
    ['local_cpulist', '0-63'],
    ['local_cpus', 'ffffffff,ffffffff'],
    ['dma_mask_bits', '64'],
    ['driver_override', isVfio ? 'vfio-pci' : '(null)'],
    ['msi_bus', '1'],
    ['power_state', 'D0'],
    ['d3cold_allowed', '1'],
    ['remove', '', 0o200],
    ['power/control', 'on'],
    ['power/runtime_status', 'active'],
    ['power/runtime_usage', '1'],
  ]
  if (model.type !== null) attributes.push(...expressAttributes(model))
  const methods = resetMethods(each)
  if (methods !== '') attributes.push(['reset', '', 0o200], ['reset_method', methods])
  if (model.class === 0x030000) attributes.push(['boot_vga', '0'])
  if (pf !== null) attributes.push(['sriov_vf_msix_count', '', 0o200])
  return attributes
}

/** Attributes of bridges and PFs, which differ from one to the next. */
export function countedAttributes({ buses, vfs, model }) {
  const attributes = []
  if (buses !== null) {
    attributes.push(['secondary_bus_number', String(buses.secondary)])
    attributes.push(['subordinate_bus_number', String(buses.subordinate)])
    attributes.push(['reset_subordinate', '', 0o200])
  }
  if (vfs.length > 0) {
    attributes.push(['sriov_totalvfs', String(totalVfs(vfs))])
    attributes.push(['sriov_numvfs', String(vfs.length)])
    attributes.push(['sriov_offset', String(vfOffset(vfs))], ['sriov_stride', '1'])
    attributes.push(['sriov_vf_device', hex(model.device + 1, 4)])
    attributes.push(['sriov_drivers_autoprobe', '1'])
  }
  return attributes
}

/** Configuration space of one function. */
export function configOf({ model, multifunction, pf, buses, vfs }) {
  const sriov = {
    ...{ total: totalVfs(vfs), count: vfs.length, stride: 1 },
    ...{ offset: vfOffset(vfs), device: model.device + 1 },
  }
  const counted = vfs.length > 0 ? sriov : null
  return encodeConfig({ model, multifunction, isVf: pf !== null, buses, vfs: counted })
}

/** Text of `uevent`: the one attribute that no two functions share. */
export function ueventText({ address, driver, model }) {
  const subsystem = model.isBridge ? '0000:0000' : `${hex(model.vendor, 4)}:0001`
  return [
    ...(driver === null ? [] : [`DRIVER=${driver}`]),
    `PCI_CLASS=${model.class.toString(16)}`.toUpperCase(),
    `PCI_ID=${hex(model.vendor, 4)}:${hex(model.device, 4)}`.toUpperCase(),
    `PCI_SUBSYS_ID=${subsystem}`.toUpperCase(),
    `PCI_SLOT_NAME=${address}`,
    `MODALIAS=${modalias(model)}`,
    '',
  ].join('\n')
}

function modalias({ vendor, device, class: code }) {
  const wide = (value) => hex(value, 8).toUpperCase()
  const part = (shift) => hex((code >> shift) & 0xff, 2)
  const own = `pci:v${wide(vendor)}d${wide(device)}sv${wide(vendor)}sd00000001`
  return `${own}bc${part(16)}sc${part(8)}i${part(0)}`
}

function resourceText({ isBridge }) {
  const line = (start, end, flags) => `0x${hex(start, 16)} 0x${hex(end, 16)} 0x${hex(flags, 16)}`
  const empty = line(0, 0, 0)
  const first = isBridge ? empty : line(0xc000_0000, 0xc000_3fff, 0x140204)
  return [first, ...Array(isBridge ? 16 : 12).fill(empty)].join('\n')
}

function expressAttributes({ ari }) {
  return [
    ['ari_enabled', ari ? '1' : '0'],
    ['current_link_speed', '8.0 GT/s PCIe'],
    ['current_link_width', '16'],
    ['max_link_speed', '8.0 GT/s PCIe'],
    ['max_link_width', '16'],
  ]
}

function resetMethods({ model, pf, multifunction, bus }) {
  const isAlone = pf === null && !multifunction && bus.number !== 0 && !model.isBridge
  return [model.flr ? 'flr' : '', isAlone ? 'bus' : ''].filter((word) => word !== '').join(' ')
}

function totalVfs(vfs) {
  return Math.max(vfs.length, 8)
}

function vfOffset(vfs) {
  const [first] = vfs
  return first === undefined ? 0 : requesterId(first.address) - requesterId(first.pf.address)
}

function requesterId(address) {
  const [, bus, device, fn] = /:(..):(..)\.(.)$/.exec(address)
  const number = (text) => Number.parseInt(text, 16)
  return number(bus) * 256 + number(device) * 8 + number(fn)
}
