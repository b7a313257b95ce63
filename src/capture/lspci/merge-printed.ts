import type { PciAddress } from '../../host/pci-address.js'
import { isSame } from '../../text/lists.js'
import type { PrintedFunction } from './printed-function.js'

/**
 * One entry for each function, by address: a listing of groups and the output of `lspci -nnk` below it are about one host. A string
 * is the phrase that says in what the text contradicts itself.
 */
export function mergePrinted(
  printed: readonly PrintedFunction[],
): readonly PrintedFunction[] | string {
  const found = new Map<PciAddress, PrintedFunction>()
  for (const each of printed) {
    const before = found.get(each.address)
    if (before?.bytes !== undefined && each.bytes !== undefined) {
      return `it dumps ${each.address} twice`
    }
    const merged = before === undefined ? each : merge(before, each)
    if (typeof merged === 'string') return merged
    found.set(each.address, merged)
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
}

/** Facts that one host cannot have two of. */
const SINGLE = ['driver', 'group', 'ids'] as const

function merge(one: PrintedFunction, other: PrintedFunction): PrintedFunction | string {
  const clash = SINGLE.find((name) => differ(one[name], other[name]))
  if (clash !== undefined) return `it states two values of ${NAMES[clash]} for ${one.address}`
  const stated = Object.entries(other).filter(([, value]) => value !== undefined && value !== null)
  const isVirtual = one.isVirtual || other.isVirtual
  const isListed = one.isListed || other.isListed
  return { ...other, ...definedIn(one), ...Object.fromEntries(stated), isVirtual, isListed }
}

function differ(one: unknown, other: unknown): boolean {
  const isStated = (value: unknown) => value !== undefined && value !== null
  return isStated(one) && isStated(other) && !isSame(one, other)
}

function definedIn(printed: PrintedFunction): Partial<PrintedFunction> {
  return Object.fromEntries(Object.entries(printed).filter(([, value]) => value !== undefined))
}

const NAMES = { driver: 'the driver', group: 'the IOMMU group', ids: 'the IDs' } as const
