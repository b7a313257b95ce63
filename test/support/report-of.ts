import { lookUpNames } from '../../src/document/names.js'
import type { PciAddress } from '../../src/host/pci-address.js'
import type { RawHost } from '../../src/host/raw-host.js'
import type { InspectReport } from '../../src/inspect/document.js'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { POLICIES, type PolicyId } from '../../src/policy/policies/index.js'
import type { Style } from '../../src/text/style.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { buildHost } from './host-builder.js'
import type { HostSpec } from './host-spec.js'
import { loadFiles } from './load-host.js'

export interface Asked {
  /** Functions asked about; left out: the overview of the whole host. */
  readonly targets?: readonly string[]
  readonly policies?: readonly PolicyId[]
  readonly owning?: readonly string[]
  /** Content of a pci.ids file; left out: no names. */
  readonly ids?: string
  /** What a reader that was denied something would have instead. */
  readonly denied?: (raw: RawHost) => RawHost
}

/** The report of a host from literals, as the command would make it. */
export async function reportOf(spec: HostSpec, asked: Asked = {}): Promise<InspectReport> {
  const read = await loadFiles(buildHost(spec), undefined, spec.made)
  const raw = asked.denied?.(read) ?? read
  const ids = asked.ids === undefined ? null : new TextEncoder().encode(asked.ids)
  return inspectReport({
    host: analyseHost(raw),
    targets: asked.targets?.map(at) ?? null,
    query: {
      policies: POLICIES.filter(({ id, isDefault }) => asked.policies?.includes(id) ?? isDefault),
      owning: new Set(asked.owning?.map(at)),
      brief: asked.targets === undefined,
    },
    tool: { name: 'vfio-reset', version: '0.0.0' },
    names: lookUpNames(ids, raw.functions),
  })
}

/** An address in a test. */
export function at(address: string): PciAddress {
  return address as PciAddress
}

/** Where text goes when nothing is known about the place. */
export const PIPE: Style = { color: false, unicode: true, width: null }

export function terminal(width: number): Style {
  return { color: false, unicode: true, width }
}

/** Text without line breaks and indents, to look for sentences that were wrapped. */
export function flowing(text: string): string {
  return text.replace(/\s+/g, ' ')
}
