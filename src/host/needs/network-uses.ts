import type { PciAddress } from '../pci-address.js'
import { hasFile } from '../read/function-folders.js'
import type { FunctionIdentity } from '../read/read-functions.js'
import { isFailure } from '../tree/tree.js'
import { joinPath, resolveLink } from '../tree/tree-path.js'
import { deviceType, INTERFACES, traceInterface } from './network-trace.js'
import { otherTables } from './route-tables.js'
import { functionAbove, lostTrace, namesIn, type TraceContext } from './trace.js'
import type { Use } from './use.js'

/** Routing tables, also those beyond `main`, which `proc/net/route` says nothing of. */
export const ROUTE_TABLES = 'proc/net/fib_triestat'

/** What the host's traffic goes through: interfaces with routes, VRFs, and routes that no interface is known of. */
export function networkUses(
  context: TraceContext,
  identities: readonly FunctionIdentity[],
  tables: string | null,
): readonly Use[] {
  const candidates = networkFunctions(context)
  const vrfs = virtualRouters(context)
  const names = [...new Set([...context.routed, ...vrfs])]
  const others = tables === null ? [] : otherTables(tables)
  return [
    ...names.map(
      (name): Use => ({
        kinds: ['active-route'],
        detail: name,
        trace: traceInterface(context, name),
        candidates,
      }),
    ),
    // Each VRF has a table of its own.
    ...others.slice(vrfs.length).map(
      (id): Use => ({
        kinds: ['active-route'],
        detail: `table ${id}`,
        trace: lostTrace(
          ROUTE_TABLES,
          `table ${id} has routes, and procfs does not show their interfaces`,
        ),
        candidates,
      }),
    ),
    ...identities.flatMap((each) => usesElsewhere(context, each)),
  ]
}

/** An interface that was moved to another network namespace leaves the folder that it stood in, and is not shown there. */
function usesElsewhere(
  { tree }: TraceContext,
  { folder: { address, path, files, unlisted }, facts: { classCode } }: FunctionIdentity,
): readonly Use[] {
  if (classCode.known && classCode.value >>> 16 !== NETWORK) return []
  if (unlisted === null && !hasFile(files, 'net')) return []
  const folder = joinPath(path, 'net')
  const names = tree.list(folder)
  if (isFailure(names) || names.length > 0) return []
  const detail = 'an interface in another network namespace'
  return [
    {
      kinds: ['active-route'],
      detail,
      trace: lostTrace(folder, `${address} has ${detail}, whose routes are not shown here`),
      candidates: [address],
    },
  ]
}

/** Base class of network controllers. */
const NETWORK = 0x02

/** Interfaces of the kind `vrf`: whoever puts others below one has them route by a table of its own. */
function virtualRouters({ tree }: TraceContext): readonly string[] {
  return namesIn(tree, INTERFACES).filter((name) => {
    const folder = folderOf(tree.readLink(joinPath(INTERFACES, name)), name)
    if (folder?.startsWith('sys/devices/virtual/') !== true) return false
    return deviceType(tree, folder) === 'vrf' || /(?:^|[-_])vrf(?:$|[-_])/.test(name)
  })
}

/** Functions with an interface that is not switched off. */
function networkFunctions({ tree, functions }: TraceContext): readonly PciAddress[] {
  const found = namesIn(tree, INTERFACES).flatMap((name) => {
    const folder = folderOf(tree.readLink(joinPath(INTERFACES, name)), name)
    const address = folder === undefined ? undefined : functionAbove(folder, functions)
    if (address === undefined || folder === undefined) return []
    const flags = tree.readText(joinPath(folder, 'flags'))
    const isDown = !isFailure(flags) && (Number.parseInt(flags, 16) & IFF_UP) === 0
    return isDown ? [] : [address]
  })
  return [...new Set(found)]
}

const IFF_UP = 1

function folderOf(target: unknown, name: string): string | undefined {
  return typeof target === 'string' ? resolveLink(joinPath(INTERFACES, name), target) : undefined
}
