import { lookUpNames } from '../../src/document/names.js'
import {
  type ExportedHost,
  type ExportQuestion,
  exportedHost,
} from '../../src/export/exported-host.js'
import type { FormatWish } from '../../src/export/formats/format.js'
import { type ExportFormat, FORMATS } from '../../src/export/formats/index.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { type AnalysedHost, analyseHost } from '../../src/vfio/analysed-host.js'
import { read } from '../support/ask.js'
import type { HostSpec } from '../support/host-spec.js'
import { IDS } from '../support/hosts.js'

export type Asked = Partial<ExportQuestion> & { readonly ids?: string }

/** A host from literals as every format gets it. */
export async function exportOf(spec: HostSpec, asked: Asked = {}): Promise<ExportedHost> {
  return exportOfRaw(await read(spec), asked)
}

export function exportOfRaw(raw: RawHost, { ids = IDS, ...asked }: Asked = {}): ExportedHost {
  return exportedHost({
    host: analyseHost(raw),
    called: 'node1',
    scannedAt: '2026-11-30T12:00:00Z',
    scanSeconds: 0.25,
    targets: null,
    select: 'all',
    owning: new Set(),
    baseline: null,
    names: lookUpNames(new TextEncoder().encode(ids), raw.functions),
    tool: { name: 'vfio-reset', version: '1.2.3' },
    digest: (text) => `#${text.length}`,
    ...asked,
  })
}

export async function analysed(spec: HostSpec): Promise<AnalysedHost> {
  return analyseHost(await read(spec))
}

/** All that a format writes of these hosts. */
export function written(
  id: ExportFormat,
  hosts: readonly ExportedHost[],
  wish: FormatWish = { hostNames: 'none', expiresAt: null },
): string {
  const format = FORMATS.find((each) => each.id === id)
  if (format === undefined) throw new Error(`no format ${id}`)
  const writer = format.open(wish)
  return [...hosts.flatMap((host) => [...writer.add(host)]), ...writer.end()].join('')
}
