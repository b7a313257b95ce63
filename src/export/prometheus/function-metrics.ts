import { isStated } from '../../document/stated.js'
import type { Stated } from '../../document/values.js'
import { numbersOf, type PciAddress } from '../../host/pci-address.js'
import type { DeviceReport } from '../../inspect/document.js'
import { hex } from '../../text/hex.js'
import type { ExportedHost } from '../exported-host.js'
import { heldBy } from '../rows.js'
import type { Metric, Sample } from './metric.js'

const OUTCOMES = ['permitted', 'refused', 'undetermined'] as const

/** What is told of each function that was chosen. */
export const FUNCTION_METRICS: readonly Metric[] = [
  {
    name: 'function_info',
    help: 'A PCI function; segment, bus, device and function are those of node_pcidevice_info.',
    samples: ofEach((device) => [[infoLabels(device), 1]]),
  },
  {
    name: 'verdict',
    help: 'Whether a user who takes the function alone may hot-reset it, by each rule that this kernel has.',
    samples: ofEach(({ address, hotReset }) =>
      hotReset.verdicts
        .filter(({ implemented }) => implemented)
        .flatMap(({ policy, outcome }) =>
          OUTCOMES.map((each): Sample => {
            const labels = { pci_address: address, policy, outcome: each }
            return [labels, Number(each === outcome)]
          }),
        ),
    ),
  },
  {
    name: 'affected_functions',
    help: 'Functions that a hot reset of the function resets, itself among them; 0: there is no such reset.',
    samples: value(({ hotReset: { affected } }) => lengthOf(affected)),
  },
  {
    name: 'affected_groups',
    help: 'IOMMU groups of the functions that a hot reset of the function resets.',
    samples: value(({ hotReset: { groups } }) => lengthOf(groups)),
  },
  {
    name: 'blockers',
    help: 'What stands in the way of a hot reset whoever asks, by kind.',
    samples: ofEach(({ address, hotReset: { blockers } }) => countKinds(address, blockers)),
  },
  {
    name: 'isolated',
    help: 'Whether the group that the registers predict holds the function alone; no sample: unknown.',
    samples: value(({ isolation }) => isolation.isolated),
  },
  {
    name: 'function_reset_available',
    help: 'Whether the function has a reset of its own that works.',
    samples: value(({ ownReset }) => (isStated(ownReset) ? ownReset !== null : ownReset)),
  },
  {
    name: 'dead',
    help: 'Whether the configuration space reads as all ones.',
    samples: value(({ state }) => state.dead),
  },
  {
    name: 'held',
    help: 'Whether a process has the function or its group open; no sample: not all processes could be seen.',
    samples: value((device, host) => {
      const names = heldBy(device, host)
      return isStated(names) ? names.length > 0 : names
    }),
  },
  {
    name: 'host_needed',
    help: 'What the host itself needs the function for, or may need it for.',
    samples: ofEach(({ address }, { needsOf }) =>
      (needsOf.get(address) ?? []).map((kind): Sample => [{ pci_address: address, kind }, 1]),
    ),
  },
]

function ofEach(
  samples: (device: DeviceReport, host: ExportedHost) => readonly Sample[],
): Metric['samples'] {
  return (host) => host.devices.flatMap((device) => samples(device, host))
}

function value(
  of: (device: DeviceReport, host: ExportedHost) => Stated<boolean | number>,
): Metric['samples'] {
  return ofEach((device, host) => {
    const found = of(device, host)
    return isStated(found) ? [[{ pci_address: device.address }, Number(found)]] : []
  })
}

function lengthOf(list: Stated<readonly unknown[]>): Stated<number> {
  return isStated(list) ? list.length : list
}

/** Each kind once, with how many there are. */
function countKinds(
  address: PciAddress,
  blockers: readonly { readonly kind: string }[],
): readonly Sample[] {
  const counts = new Map<string, number>()
  for (const { kind } of blockers) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => [{ pci_address: address, kind }, count])
}

/** A label that is unknown, or that says "none", is empty: Prometheus takes that for a label that is not there. */
function infoLabels(device: DeviceReport) {
  const { domain, bus, device: slot, func } = numbersOf(device.address)
  const text = (given: Stated<string | number | null>, prefix = '') =>
    isStated(given) && given !== null ? `${prefix}${given}` : ''
  return {
    pci_address: device.address,
    segment: hex(domain, 4),
    bus: hex(bus, 2),
    device: hex(slot, 2),
    function: hex(func, 1),
    vendor_id: text(device.vendorId, '0x'),
    device_id: text(device.deviceId, '0x'),
    class_id: text(device.classCode, '0x'),
    driver: text(device.driver),
    iommu_group: text(device.iommuGroup),
  }
}
