import type { Redactor } from './redaction.js'

/**
 * Resource mappings of Proxmox without the names that people gave: the mappings' and the nodes' become pseudonyms, descriptions
 * go.
 */
export function redactMappings(text: string, redactor: Redactor): string {
  const lines = text.split('\n').flatMap((line) => {
    const words = line.trim()
    const name = /^pci: *(\S+)$/.exec(words)?.[1]
    if (name !== undefined) return [`pci: ${redactor.replace('name', name)}`]
    if (words.startsWith('map '))
      return [`\tmap ${redactEntry(words.slice('map '.length), redactor)}`]
    return words === '' ? [''] : []
  })
  return lines.join('\n')
}

/** Properties that say which functions are meant, and tell nothing else. */
const PLAIN = /^(?:id|iommugroup|path|subsystem-id)=[0-9a-fA-F:.;x]*$/

function redactEntry(value: string, redactor: Redactor): string {
  return value
    .split(',')
    .flatMap((part) => {
      const node = /^node=(.+)$/.exec(part.trim())?.[1]
      if (node !== undefined) return [`node=${nodePseudonym(node, redactor)}`]
      return PLAIN.test(part.trim()) ? [part.trim()] : []
    })
    .join(',')
}

/** The name of the host itself, so that its entries are found still. */
export function redactNode(text: string, redactor: Redactor): string {
  const [node = ''] = text.trim().split('.')
  return node === '' ? text : nodePseudonym(node, redactor)
}

function nodePseudonym(node: string, { replace }: Redactor): string {
  return replace('host-name', node, { key: node.toLowerCase(), write: (pseudonym) => pseudonym })
}
