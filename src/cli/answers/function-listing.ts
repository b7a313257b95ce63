import { type ExportQuestion, exportedHost } from '../../export/exported-host.js'
import { COLUMNS, type ColumnName } from '../../export/row.js'
import { rowsOf } from '../../export/rows.js'
import { type HostFlags, type NameFlags, namesFor } from '../flags.js'
import { hostCalled } from '../input/name-hosts.js'
import type { Listing } from '../output/listing.js'
import { TOOL } from '../tool.js'
import type { Framed, OpenedHost } from '../with-host.js'
import { digest, timeOf } from './export-hosts.js'

/** The table of `export`, of the functions that were named. In a module of its own, so that what makes it is loaded for it only. */
export function functionListing(
  command: Framed,
  { tree, host }: OpenedHost,
  flags: HostFlags & NameFlags,
  asked: Pick<ExportQuestion, 'targets' | 'owning'>,
): Listing {
  const exported = exportedHost({
    ...asked,
    host,
    called: hostCalled(flags),
    scannedAt: timeOf(tree),
    scanSeconds: 0,
    select: 'all',
    baseline: null,
    names: namesFor(command, flags, host.raw.functions),
    tool: TOOL,
    digest,
  })
  const names = exported.devices.map(({ address }) => address)
  return { rows: rowsOf(exported), fields: COLUMNS, wide: WIDE, names }
}

const WIDE: readonly ColumnName[] = [
  'pci_address',
  'device_name',
  'driver',
  'iommu_group',
  'numa_node',
  'unit_size',
  'affected',
  'function_resets',
  'group_fds',
  'iommufd',
  'isolated',
  'held_by',
  'host_needs',
]
