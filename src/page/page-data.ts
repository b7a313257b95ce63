import type { Tool } from '../document/envelope.js'
import type { DeviceName } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import type { PolicyId } from '../policy/policies/index.js'
import { escapeJson } from '../text/escape.js'

/**
 * All that the page knows: the host as it was read, and how it was asked about. The page works everything else out
 * itself.
 */
export interface PageData {
  readonly raw: RawHost
  /** `--kernel` as written; null: the host's own release. */
  readonly kernel: string | null
  readonly names: ReadonlyMap<PciAddress, DeviceName>
  readonly tool: Tool
  readonly title: string
  /** Whether serial numbers, names and the like were taken out. */
  readonly redacted: boolean
  /** Policy chosen at first. */
  readonly policy: PolicyId
  /** Functions named on the command line; the first one is shown at first. */
  readonly asked: readonly PciAddress[]
}

/**
 * JSON of the data, fit to stand inside `<script type="application/json">`: no `<` can end that element, whatever a
 * device is called. Known values, sets, maps and bytes have a short form; no string from a host can look like one,
 * since those are objects.
 */
export function pageDataText(data: PageData): string {
  return escapeJson(JSON.stringify(data, shorten)).replaceAll('<', '\\u003c')
}

/** Reads what `pageDataText` wrote. */
export function readPageData(text: string): PageData {
  return JSON.parse(text, lengthen) as PageData
}

function shorten(_key: string, value: unknown): unknown {
  if (value instanceof Set) return { $set: [...value] }
  if (value instanceof Map) return { $map: [...value] }
  if (value instanceof Uint8Array) return { $hex: hexOf(value) }
  return isKnown(value) ? { $is: value.value } : value
}

function isKnown(value: unknown): value is { readonly known: true; readonly value: unknown } {
  return typeof value === 'object' && value !== null && 'known' in value && value.known === true
}

function lengthen(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$is' in value) return { known: true, value: value.$is }
  if ('$set' in value && Array.isArray(value.$set)) return new Set(value.$set)
  if ('$map' in value && Array.isArray(value.$map)) return new Map(value.$map)
  return '$hex' in value && typeof value.$hex === 'string' ? bytesOf(value.$hex) : value
}

function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, place) =>
    Number.parseInt(hex.slice(place * 2, place * 2 + 2), 16),
  )
}
