import { remembered } from '../../text/lists.js'
import { type InputPlace, type InputProblem, parsePlace, quoted } from './vm-input.js'

/** One way in which a node of the cluster serves a resource mapping. */
export interface MappingEntry {
  readonly node: string
  /** Its functions; null: a path that cannot be read. */
  readonly paths: readonly InputPlace[] | null
  /** What the functions must have, as it is written; null: not stated. */
  readonly expected: MappingProperties
}

/** Properties that Proxmox compares before it starts a VM. */
export interface MappingProperties {
  /** `vendor:device`. */
  readonly id: string | null
  /** Number of the IOMMU group of the first function. */
  readonly iommugroup: string | null
  /** `vendor:device` of the subsystem. */
  readonly 'subsystem-id': string | null
}

export type Mappings = ReadonlyMap<string, readonly MappingEntry[]>

/** Resource mappings of a cluster: `/etc/pve/mapping/pci.cfg` (`PVE::Mapping::PCI`), by their name. */
export function parsePveMapping(text: string): Mappings | InputProblem {
  const mappings = new Map<string, MappingEntry[]>()
  let entries: MappingEntry[] | null = null
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim()
    if (words === '' || words.startsWith('#')) continue
    const name = /^pci: *(\S{1,200})$/.exec(words)?.[1]
    if (name !== undefined) {
      entries = remembered(mappings, name, () => [])
    } else if (entries === null) {
      return { problem: `"${quoted(words)}" stands in no mapping`, line: index + 1 }
    } else if (words.startsWith('map ')) entries.push(entryOf(words.slice('map '.length)))
  }
  return mappings
}

function entryOf(value: string): MappingEntry {
  const options = new Map(
    value.split(',').map((part): readonly [string, string] => {
      const equals = part.indexOf('=')
      return [part.slice(0, Math.max(0, equals)).trim(), part.slice(equals + 1).trim()]
    }),
  )
  const of = (key: string) => options.get(key) ?? null
  const paths = (of('path') ?? '').split(';').map((path) => parsePlace(path.trim()))
  return {
    node: of('node') ?? '',
    paths: paths.every((path) => path !== undefined) ? paths : null,
    expected: {
      id: of('id'),
      iommugroup: of('iommugroup'),
      'subsystem-id': of('subsystem-id'),
    },
  }
}
