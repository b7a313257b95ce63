import { at, entriesAt, listAt, textAt, type Value, wordsIn } from './structured.js'
import { traces } from './traces.js'
import { type Found, quoted, type VmInput, vmInput } from './vm-input.js'

/** Whether a document is a specification of the Container Device Interface. */
export function isCdiSpec(document: Value): boolean {
  return textAt(document, 'cdiVersion') !== null
}

/**
 * What a specification of the Container Device Interface gives away: its device nodes `/dev/vfio/N` and `/dev/vfio/devices/vfioN`.
 * Each device can go to a container or VM of its own, and is judged as one.
 */
export function readCdiSpec(document: Value): readonly VmInput[] {
  const kind = textAt(document, 'kind') ?? 'device'
  const common = nodesFound(at(document, 'containerEdits'))
  return listAt(document, 'devices').map((each) => {
    const name = `${kind}=${textAt(each, 'name') ?? '?'}`
    return vmInput(name, [...nodesFound(at(each, 'containerEdits')), ...common])
  })
}

function nodesFound(edits: Value): readonly Found[] {
  const nodes = listAt(edits, 'deviceNodes').flatMap((node) =>
    nodeFound(textAt(node, 'hostPath') ?? textAt(node, 'path') ?? ''),
  )
  // The environment (`PCI_RESOURCE_…=0000:65:00.0`) only tells what the nodes are.
  const others = entriesAt(edits).filter(([key]) => key !== 'deviceNodes' && key !== 'env')
  return [...nodes, ...traces(others.flatMap(([key, value]) => [key, ...wordsIn(value)]))]
}

/** Files of VFIO that are no function. */
const SHARED: ReadonlySet<string> = new Set(['/dev/vfio/vfio', '/dev/iommu'])

function nodeFound(path: string): readonly Found[] {
  if (SHARED.has(path)) return []
  const text = quoted(path)
  const group = /^\/dev\/vfio\/(\d{1,6})$/.exec(path)?.[1]
  if (group !== undefined) {
    const which = { by: 'group', group: Number(group), text } as const
    return [{ which, managed: false, via: 'group', token: null }]
  }
  const name = /^\/dev\/vfio\/devices\/(vfio\d{1,6})$/.exec(path)?.[1]
  if (name !== undefined) {
    const which = { by: 'cdev', name, text } as const
    return [{ which, managed: false, via: 'iommufd', token: null }]
  }
  return path.startsWith('/dev/vfio/') ? [{ cause: 'unknown-option', text }] : []
}
