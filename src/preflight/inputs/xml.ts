import { SaxesParser } from 'saxes'
import type { InputProblem } from './vm-input.js'

/** One element of a document, with the elements inside it. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Text directly inside. */
  readonly text: string
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[]
  text: string
}

/** Deeper than this, input is an attack or a mistake. */
const MOST_DEPTH = 64

/** So much is parsed before it is seen whether anything is wrong. */
const PIECE = 65_536

/** The root element of a document. No entity is expanded but XML's own five, and a document type is refused. */
export function parseXml(xml: string): XmlElement | InputProblem {
  const parser = new SaxesParser()
  const path: OpenElement[] = []
  const roots: XmlElement[] = []
  let problem: InputProblem | null = null
  const stop = (text: string) => {
    problem ??= { problem: text, line: parser.line }
  }
  parser.on('error', ({ message }) => {
    stop(`it is no well-formed XML (${message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')})`)
  })
  parser.on('doctype', () => stop('it has a DOCTYPE, which no libvirt document has'))
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes: { ...attributes }, children: [], text: '' }
    const above = path.at(-1)
    if (above === undefined) roots.push(element)
    else above.children.push(element)
    path.push(element)
    if (path.length > MOST_DEPTH) stop(`elements are nested more than ${MOST_DEPTH} deep`)
  })
  const say = (text: string) => {
    const element = path.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', say)
  parser.on('cdata', say)
  parser.on('closetag', () => {
    path.pop()
  })
  const found = () => problem
  for (let start = 0; start < xml.length && found() === null; start += PIECE) {
    parser.write(xml.slice(start, start + PIECE))
  }
  if (found() === null) parser.close()
  const [root] = roots
  return found() ?? root ?? { problem: 'it holds no element', line: null }
}

/** All elements of a name at any depth, outermost first; the element itself is one of them. */
export function elementsNamed(root: XmlElement, name: string): readonly XmlElement[] {
  const inside = root.children.flatMap((child) => elementsNamed(child, name))
  return root.name === name ? [root, ...inside] : inside
}

/** The first child of a name. */
export function childNamed(
  element: Pick<XmlElement, 'children'>,
  name: string,
): XmlElement | undefined {
  return element.children.find((child) => child.name === name)
}
