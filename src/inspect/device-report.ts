import type { PciDevice } from '../pci/device.js'
import type { DeviceReport, RelatedFunction } from './document.js'
import { type DeviceReporting, LazyDevice } from './lazy-device.js'

/**
 * One function as `inspect --json` states it. Written out field by field: there can be thousands of these, and objects
 * that are spread take far longer to make.
 */
export function deviceReport(device: PciDevice, context: DeviceReporting): DeviceReport {
  const facts = new LazyDevice(device, context)
  return {
    address: facts.address,
    vendorId: facts.vendorId,
    deviceId: facts.deviceId,
    subsystemVendorId: facts.subsystemVendorId,
    subsystemDeviceId: facts.subsystemDeviceId,
    classCode: facts.classCode,
    revision: facts.revision,
    name: facts.name,
    header: facts.header,
    portType: facts.portType,
    parent: facts.parent,
    bus: facts.bus,
    driver: facts.driver,
    vfio: facts.vfio,
    iommuGroup: facts.iommuGroup,
    numaNode: facts.numaNode,
    sriov: facts.sriov,
    resetMethods: facts.resetMethods,
    functionResets: facts.functionResets,
    ownReset: facts.ownReset,
    acs: facts.acs,
    isolation: facts.isolation,
    state: facts.state,
    hotReset: facts.hotReset,
    coupled: facts.coupled,
    summary: facts.summary,
  }
}

/** The facts about one function that do not depend on what was asked. */
export function relatedFunction(device: PciDevice, context: DeviceReporting): RelatedFunction {
  const facts = new LazyDevice(device, context)
  return {
    address: facts.address,
    vendorId: facts.vendorId,
    deviceId: facts.deviceId,
    classCode: facts.classCode,
    name: facts.name,
    header: facts.header,
    portType: facts.portType,
    parent: facts.parent,
    driver: facts.driver,
    vfio: facts.vfio,
    iommuGroup: facts.iommuGroup,
    sriov: facts.sriov,
    acs: facts.acs,
    isolation: facts.isolation,
    state: facts.state,
  }
}
