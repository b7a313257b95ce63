import { comparePciAddress, type PciAddress, parsePciAddress } from '../pci-address.js'
import type { HostNeed, OpenNeed, RawFunction } from '../raw-host.js'

/**
 * Needs of functions that exist only as long as another one keeps its driver are needs of that one too: of a VF its PF, of what
 * is in a domain of its own the controller that makes the domain (VMD).
 */
export function withCarriers(
  needs: readonly HostNeed[],
  functions: readonly RawFunction[],
): readonly HostNeed[] {
  if (needs.length === 0) return needs
  const carriers = carriersOf(functions)
  const known = new Set(needs.map(keyOf))
  const more = needs.flatMap((need) =>
    (carriers.get(need.address) ?? [])
      .map((address) => ({ ...need, address }))
      .filter((each) => {
        const isNew = !known.has(keyOf(each))
        known.add(keyOf(each))
        return isNew
      }),
  )
  return more.length === 0
    ? needs
    : [...needs, ...more].sort((a, b) => comparePciAddress(a.address, b.address))
}

/** The same of what may rest on functions. */
export function withCarriersOf(
  open: readonly OpenNeed[],
  functions: readonly RawFunction[],
): readonly OpenNeed[] {
  if (open.length === 0) return open
  const carriers = carriersOf(functions)
  return open.map((need) => {
    const more = need.candidates.flatMap((address) => carriers.get(address) ?? [])
    return { ...need, candidates: [...new Set([...need.candidates, ...more])] }
  })
}

/** The functions without which each function would not exist; one that is missing exists by itself. */
export function carriersOf(
  functions: readonly Pick<RawFunction, 'address' | 'path' | 'physfn'>[],
): ReadonlyMap<PciAddress, readonly PciAddress[]> {
  const all = new Set(functions.map(({ address }) => address))
  const carriers = new Map<PciAddress, readonly PciAddress[]>()
  for (const { address, path, physfn } of functions) {
    const pf = physfn.known && physfn.value !== null ? [physfn.value] : []
    const found = [...pf, ...domainOwners(path, all)]
    if (found.length > 0) carriers.set(address, found)
  }
  return carriers
}

/** Whether a function is there only while one of `carriers` keeps its driver. */
export function isCarriedByAny(
  { path, physfn }: Pick<RawFunction, 'path' | 'physfn'>,
  carriers: ReadonlySet<PciAddress>,
): boolean {
  const isPfAmong = physfn.known && physfn.value !== null && carriers.has(physfn.value)
  return isPfAmong || domainOwners(path, carriers).length > 0
}

const DOMAIN_ROOT = /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/

/** Functions right above the root bus of another domain on the way to a function. */
function domainOwners(path: string, all: ReadonlySet<PciAddress>): readonly PciAddress[] {
  const parts = path.split('/')
  return parts.flatMap((part, index) => {
    const owner = parsePciAddress(parts[index - 1] ?? '')
    return DOMAIN_ROOT.test(part) && owner !== undefined && all.has(owner) ? [owner] : []
  })
}

function keyOf({ kind, address, detail }: HostNeed): string {
  return `${kind} ${address} ${detail}`
}
