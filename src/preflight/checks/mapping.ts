import type { Observed } from '../../host/gap.js'
import { known } from '../../host/gap.js'
import type { RawFunction } from '../../host/raw-host.js'
import { hex } from '../../text/hex.js'
import type { MappingProperties } from '../inputs/pve-mapping.js'
import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass } from './check.js'

/**
 * Whether the function is the one that a resource mapping of Proxmox was made for: its IDs and its group are compared before
 * each start, in the order of their names (`PVE::Mapping::PCI::assert_valid`).
 */
export const mapping = {
  id: 'mapping',
  passes: 'It is the function that the mapping was made for.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ raw, wanted: { mapped } }: Asked): Finding | null {
  if (mapped === null) return null
  for (const property of PROPERTIES) {
    if (property === 'iommugroup' && mapped.compares === 'all-but-group') continue
    const actual = ACTUAL[property](raw)
    if (!actual.known) return missing(raw.address, actual.gap)
    const stated = mapped.expected[property]
    if (withoutPrefix(stated) !== actual.value) {
      const { address } = raw
      const { mapping: name } = mapped
      return fail([
        { kind: 'mapping-differs', address, mapping: name, property, stated, actual: actual.value },
      ])
    }
  }
  return pass()
}

type Property = keyof MappingProperties

const PROPERTIES: readonly Property[] = ['id', 'iommugroup', 'subsystem-id']

/** null: the function has none. */
const ACTUAL: Readonly<Record<Property, (raw: RawFunction) => Observed<string | null>>> = {
  id: ({ vendorId, deviceId }) => pair(vendorId, deviceId),
  iommugroup: ({ iommuGroup }) =>
    iommuGroup.known
      ? known(iommuGroup.value === null ? null : String(iommuGroup.value))
      : iommuGroup,
  'subsystem-id': ({ subsystemVendorId, subsystemDeviceId }) =>
    pair(subsystemVendorId, subsystemDeviceId),
}

function pair(vendor: Observed<number>, device: Observed<number>): Observed<string> {
  if (!vendor.known) return vendor
  if (!device.known) return device
  return known([vendor.value, device.value].map((id) => hex(id, 4)).join(':'))
}

function withoutPrefix(stated: string | null): string | null {
  return stated === null ? null : stated.replaceAll('0x', '')
}
