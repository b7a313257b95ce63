import { redactName } from './redact-names.js'
import type { Redactor } from './redaction.js'

/** Elements that say which functions a network hands out, and the attributes of each that are kept as they are. */
const KEPT: ReadonlyMap<string, RegExp> = new Map([
  ['forward', /^mode$/],
  ['pf', /^$/],
  ['address', /^(?:type|domain|bus|slot|function)$/],
])

const TAG =
  /<(forward|pf|address)((?:\s+[\w:-]{1,32}\s*=\s*(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'))*)\s*\/?>/g
const ATTRIBUTE = /([\w:-]{1,32})\s*=\s*["']([^"'<>]*)["']/g
const PLAIN = /^(?:0x)?[0-9a-z-]{1,8}$/

/** A network of libvirt without the names that people gave: what is kept of it says which functions it hands out. */
export function redactNetwork(xml: string, redactor: Redactor): string {
  const tags = [...withoutComments(xml).matchAll(TAG)]
  const forward = tags.find(([, name]) => name === 'forward')
  const inside = tags.filter(([, name]) => name !== 'forward')
  const kept = inside.flatMap(([, name = '', attributes = '']) => {
    const text = redactAttributes(name, attributes, redactor)
    return text === '' ? [] : [`    <${name}${text}/>`]
  })
  const [, , attributes = ''] = forward ?? []
  const lines =
    forward === undefined
      ? []
      : [`  <forward${redactAttributes('forward', attributes, redactor)}>`, ...kept, '  </forward>']
  return ['<network>', ...lines, '</network>'].join('\n')
}

function withoutComments(xml: string): string {
  const [first = '', ...others] = xml.split('<!--')
  return [first, ...others.map((part) => part.split('-->').slice(1).join('-->'))].join('')
}

function redactAttributes(element: string, attributes: string, redactor: Redactor): string {
  return [...attributes.matchAll(ATTRIBUTE)]
    .flatMap(([, name = '', value = '']) => {
      if (KEPT.get(element)?.test(name) === true && PLAIN.test(value))
        return [` ${name}='${value}'`]
      return element === 'pf' && name === 'dev' ? [` dev='${redactName(value, redactor)}'`] : []
    })
    .join('')
}
