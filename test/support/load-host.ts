import type { RawHost } from '../../src/host/raw-host.js'
import { readHost } from '../../src/host/read/read-host.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { TreeOrigin } from '../../src/host/tree/tree.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import type { Topology } from '../../src/pci/topology.js'
import { buildHost } from './host-builder.js'
import type { HostFiles } from './host-files.js'
import type { HostSpec } from './host-spec.js'

const LIVE: TreeOrigin = { kind: 'live', path: null }

/** Reads a tree as the tool would. Live unless told: what is missing then is absent, not merely left out. */
export async function loadFiles(
  files: HostFiles,
  origin: TreeOrigin = LIVE,
  made: readonly string[] = [],
): Promise<RawHost> {
  const tree = createMemoryTree(Object.entries(files), origin, origin, made)
  return readHost(tree, { wake: false, holders: true })
}

/** From literals to the model: builder, reader, topology. */
export async function loadTopology(spec: HostSpec, origin: TreeOrigin = LIVE): Promise<Topology> {
  return buildTopology(await loadFiles(buildHost(spec), origin))
}
