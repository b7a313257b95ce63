import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { element, markupText } from '../../src/drawing/markup.js'
import { svgDocument } from '../../src/drawing/svg-document.js'
import { node, sceneOf } from './nodes.js'

const HOSTILE = `</text><script>alert(1)</script>" onload='x' &lt; \u0000\u001b[2J\u202e ]]>`

describe('svgDocument', () => {
  it('is well-formed and holds a hostile name as text only', () => {
    const nodes = [
      node('a', { name: HOSTILE, what: HOSTILE, facts: HOSTILE, description: HOSTILE }),
    ]
    const rest = {
      groups: [{ label: HOSTILE, members: ['a', 'b'] }],
      sets: [{ kind: 'dev-set' as const, label: HOSTILE, members: ['a'] }],
    }
    const svg = svgDocument(sceneOf(nodes, rest), { title: HOSTILE, subtitle: HOSTILE })
    const { tags, attributes, text } = parse(svg)
    expect(tags.has('script')).toBe(false)
    expect([...attributes].filter((name) => name.startsWith('on'))).toEqual([])
    expect(text).toContain("</text><script>alert(1)</script>\" onload='x' &lt;")
    for (const hidden of ['\u0000', '\u001b', '\u202e']) expect(svg).not.toContain(hidden)
  })

  it('says in words and signs what colours say', () => {
    const svg = svgDocument(
      sceneOf([
        node('a', { mark: { kind: 'no', text: 'refused EINVAL' }, alert: 'root file system' }),
        node('b', { kind: 'port', acs: { text: 'no ACS', state: 'open' } }),
      ]),
      { title: 'A host', subtitle: 'Linux 6.12' },
    )
    const { text } = parse(svg)
    expect(text).toContain('✗ refused EINVAL')
    expect(text).toContain('! root file system')
    expect(text).toContain('ACS ✗')
    expect(svg).toContain('prefers-color-scheme:dark')
  })

  it('needs nothing from anywhere', () => {
    const svg = svgDocument(sceneOf([node('a')]), { title: 'A host', subtitle: '' })
    expect(svg.match(/(?:https?:|href|@import|url\((?!#))[^"]*/g)).toEqual([
      'http://www.w3.org/2000/svg',
    ])
  })
})

describe('markupText', () => {
  it('leaves out attributes that are not there and rounds numbers', () => {
    expect(markupText(element('a', { x: 1.23456, y: undefined, z: 'q' }, 'b'))).toBe(
      '<a x="1.2" z="q">b</a>',
    )
  })
})

function parse(svg: string) {
  const parser = new SaxesParser()
  const tags = new Set<string>()
  const attributes = new Set<string>()
  let text = ''
  parser.on('opentag', (tag) => {
    tags.add(tag.name)
    for (const name of Object.keys(tag.attributes)) attributes.add(name)
  })
  parser.on('text', (content) => {
    text += content
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(svg).close()
  return { tags, attributes, text }
}
