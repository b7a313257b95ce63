import type { Remedy } from './remedies.js'
import type { Situation } from './situation.js'

const INTEL = 0x8086

/** Parameters that switch an IOMMU off. */
const OFF = /^(?:intel_iommu=off|amd_iommu=off|iommu=off|iommu=0)$/

/**
 * How the IOMMU comes on: without the parameter that keeps it off; on Intel with one that many kernels need; else in the
 * firmware, which nothing here can see.
 */
export function noIommuSteps({ raw, byAddress }: Situation): Remedy {
  const { commandLine, iommuInstances } = raw.system
  const isActive = iommuInstances.known && iommuInstances.value.length > 0
  if (isActive) return { why: 'firmware', at: null }
  const words = commandLine.known ? commandLine.value.split(/\s+/) : []
  const parameter = words.find((word) => OFF.test(word))
  if (parameter !== undefined)
    return { steps: [{ do: 'remove-parameter', device: null, parameter }] }
  const isIntel = [...byAddress.values()].some(
    ({ vendorId, classCode }) =>
      vendorId.known &&
      vendorId.value === INTEL &&
      classCode.known &&
      classCode.value >>> 8 === HOST_BRIDGE,
  )
  const steps =
    isIntel && !words.includes(INTEL_ON)
      ? ([{ do: 'add-parameter', device: null, parameter: INTEL_ON }] as const)
      : []
  return { steps: [{ do: 'enable-in-firmware', device: null }, ...steps] }
}

const HOST_BRIDGE = 0x0600
const INTEL_ON = 'intel_iommu=on'
