import { iommuActive } from '../iommu/groups.js'
import type { Remedy } from './planning/remedies.js'
import type { Situation } from './situation.js'

const INTEL = 0x8086

/** Parameters that switch an IOMMU off. */
const OFF = /^(?:intel_iommu=off|amd_iommu=off|iommu=off|iommu=0)$/

/**
 * How the IOMMU comes on, where none is: one that is on and does not cover the function is the firmware's doing. Otherwise without the parameter that keeps it off; on Intel with one that many kernels need; else in the
 * firmware, which nothing here can see.
 */
export function noIommuSteps({ raw, byAddress }: Situation): Remedy {
  const active = iommuActive(raw)
  if (active.known && active.value) return { why: 'no-iommu-above', at: null }
  const { commandLine } = raw.system
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
