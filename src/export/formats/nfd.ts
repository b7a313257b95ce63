import { isStated } from '../../document/stated.js'
import type { Stated } from '../../document/values.js'
import type { DeviceReport } from '../../inspect/document.js'
import { groupBy } from '../../text/lists.js'
import { type Printable, printableDocument } from '../../text/printable.js'
import type { ExportedHost } from '../exported-host.js'
import { groupsDiffer } from './ansible.js'
import type { Format } from './format.js'

/** A feature file for Node Feature Discovery (`source/local` there), which makes labels of a node of it. */
export const nfd = {
  id: 'nfd',
  for: 'Node Feature Discovery of Kubernetes, as a feature file',
  hosts: 'one',
  expires: 'yes',
  open: ({ expiresAt }) => ({
    add: (host) => [lines(expiresAt === null ? [] : [`# +expiry-time=${expiresAt}`]), labels(host)],
    end: () => [],
  }),
} as const satisfies Format

const PREFIX = 'feature.node.kubernetes.io/vfio-reset'

function labels(host: ExportedHost): Printable {
  const { groupApi, cdev, noiommu } = host.report.host.vfio
  return lines([
    ...label('group-api', groupApi),
    ...label('cdev', cdev),
    ...label('noiommu', noiommu),
    ...label('groups-differ', groupsDiffer(host)),
    ...(host.changes === null ? [] : label('baseline-changes', host.changes.length)),
    ...[...groupBy(host.devices, modelOf)].flatMap(([model, devices]) =>
      model === null ? [] : modelLabels(model, devices, host),
    ),
  ])
}

/** In the spelling of the labels that NFD makes of PCI devices; null: an id of it was not read. */
function modelOf({ classCode, vendorId, deviceId }: DeviceReport): string | null {
  if (!isStated(classCode) || !isStated(vendorId) || !isStated(deviceId)) return null
  return `pci-${classCode.slice(0, 4)}_${vendorId}_${deviceId}`
}

/** Counts and no addresses: labels are for choosing nodes. */
function modelLabels(
  model: string,
  devices: readonly DeviceReport[],
  host: ExportedHost,
): readonly string[] {
  const count = (name: string, holds: (device: DeviceReport) => Stated<boolean>) =>
    label(`${model}.${name}`, countOf(devices, holds))
  return [
    ...label(`${model}.count`, devices.length),
    ...count('independent', ({ address }) => {
      const kind = host.unitOf.get(address)?.kind ?? null
      return kind === null ? { unknown: 'not-captured' } : kind === 'single'
    }),
    ...count('group-fds', (device) => isPermitted(device, 'group-fds')),
    ...count('iommufd', (device) => isPermitted(device, 'iommufd')),
    ...count('dead', ({ state }) => state.dead),
  ]
}

/** Of how many it holds; unknown where it is unknown of one, since a count is a fact. */
function countOf(
  devices: readonly DeviceReport[],
  holds: (device: DeviceReport) => Stated<boolean>,
): Stated<number> {
  let count = 0
  for (const device of devices) {
    const answer = holds(device)
    if (!isStated(answer)) return answer
    count += Number(answer)
  }
  return count
}

function isPermitted({ hotReset }: DeviceReport, id: string): Stated<boolean> {
  const verdict = hotReset.verdicts.find(({ policy }) => policy === id)
  if (verdict === undefined || verdict.outcome === 'undetermined') return { unknown: 'unmodelled' }
  return verdict.outcome === 'permitted'
}

/** What is unknown has no label: a node is not chosen by it, and not left out. */
function label(name: string, value: Stated<boolean | number>): readonly string[] {
  return isStated(value) ? [`${PREFIX}.${name}=${value}`] : []
}

function lines(texts: readonly string[]): Printable {
  return printableDocument(texts.map((text) => `${text}\n`).join(''))
}
