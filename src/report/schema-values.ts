import Type, { type TLiteral, type TSchema } from 'typebox'
import { SCHEMA_VERSION } from '../document/envelope.js'
import type { PciAddress } from '../host/pci-address.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'

/**
 * What every JSON document is made of (`docs/reference/documents.md#common-rules`). Schemas are made when the tool is
 * built and not part of it.
 */

export const Address = Type.Unsafe<PciAddress>({
  type: 'string',
  pattern: '^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]$',
  description: 'Domain, bus, device and function of a PCI function, as the kernel writes them',
})

export const Addresses = Type.Array(Address, {
  uniqueItems: true,
  description: 'PCI functions, sorted by domain, bus, device, function',
})

export const Bus = Type.String({
  pattern: '^[0-9a-f]{4,8}:[0-9a-f]{2}$',
  description: 'Domain and number of a PCI bus',
})

export const Group = Type.Integer({ minimum: 0, description: 'Number of an IOMMU group' })

export const Groups = Type.Array(Group, { uniqueItems: true })

export const ProcessId = Type.Integer({ minimum: 1 })

/** Id of one of our rules. Open: rows come with kernel releases. */
export const QuirkId = Type.Unsafe<AcsQuirkId>({ type: 'string' })

export const Errno = Type.String({ pattern: '^E[A-Z0-9]+$', description: 'Name of an errno' })

export const GapReason = Type.Enum([
  'denied',
  'absent',
  'truncated',
  'malformed',
  'vanished',
  'asleep',
  'timeout',
  'failed',
  'not-captured',
  'unmodelled',
])

export const Unknown = Type.Object(
  { unknown: GapReason },
  {
    description:
      'In place of a value that could not be read: why. null would mean that there is none',
  },
)

export const GapEntry = Type.Object(
  { path: Type.String(), why: GapReason, detail: Type.String() },
  { description: 'A fact that analysis wanted and did not get' },
)

export const Version = Type.Literal(SCHEMA_VERSION)

export const ToolName = Type.Object({ name: Type.String(), version: Type.String() })

/** A value of the host, or why it is unknown. */
export function statedAs<T extends TSchema>(value: T) {
  return Type.Union([value, Unknown])
}

export function orNull<T extends TSchema>(value: T) {
  return Type.Union([value, Type.Null()])
}

/** A number written as so many hex digits, without prefix. */
export function hexDigits(digits: number) {
  return Type.String({ pattern: `^[0-9a-f]{${digits}}$` })
}

/** One member of a union that `kind` tells apart. */
export function kindOf<K extends string, P extends Record<string, TSchema>>(kind: K, fields: P) {
  return Type.Object<{ kind: TLiteral<K> } & P>({ kind: Type.Literal(kind), ...fields })
}
