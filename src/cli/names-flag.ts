import { lookUpNames, type NamedFunction } from '../document/names.js'
import type { DeviceName } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import { readPciIds, readSystemPciIds } from '../host/read/read-pci-ids.js'
import { isFailure } from '../host/tree/tree.js'
import { UsageError } from './errors.js'

/** Names of the functions from the list that the flags choose; none with `-n` or on a system without a list. */
export function namesFor(
  flags: { readonly numeric: boolean; readonly 'pci-ids'?: string | undefined },
  functions: readonly NamedFunction[],
): ReadonlyMap<PciAddress, DeviceName> {
  if (flags.numeric) return new Map()
  const file = flags['pci-ids']
  if (file === undefined) return lookUpNames(readSystemPciIds(), functions)
  const ids = readPciIds(file)
  if (!isFailure(ids)) return lookUpNames(ids, functions)
  throw new UsageError(`Cannot read the list of names ${file}: ${ids.detail}.`, {
    path: file,
    errno: ids.errno ?? undefined,
    hint: '--pci-ids takes a file such as /usr/share/misc/pci.ids; -n needs none.',
  })
}
