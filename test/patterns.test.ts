import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { superlinear } from './support/pattern-shape.js'

// Inputs are hostile, so no pattern may take more than linear time on any text.

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

/** Patterns that are put together at run time: what they are made of was looked at by hand. */
const MADE = [
  'capture/redact/redact-output.ts',
  'capture/redact/redact-release.ts',
  'cli/input/device-query.ts',
  'explain/catalogue/template.ts',
  'preflight/inputs/nova.ts',
  'text/printable.ts',
]

interface Found {
  readonly file: string
  readonly line: number
  readonly source: string
  readonly flags: string
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesIn(path)
    return name.endsWith('.ts') ? [path] : []
  })
}

function patternsIn(path: string): {
  readonly literals: readonly Found[]
  readonly isMaking: boolean
} {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const literals: Found[] = []
  let isMaking = false
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
      const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)]
      literals.push({ file: path.slice(SOURCES.length + 1), line, source, flags })
    }
    isMaking ||= ts.isNewExpression(node) && node.expression.getText() === 'RegExp'
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { literals, isMaking }
}

const files = filesIn(SOURCES).map((path) => ({ path, ...patternsIn(path) }))
const literals = files.flatMap((file) => file.literals)

it('all patterns of the sources are linear', () => {
  expect(literals.length).toBeGreaterThan(200)
  const slow = literals.flatMap(({ file, line, source, flags }) => {
    const why = superlinear(source, flags)
    return why === null ? [] : [`${file}:${line} /${source}/${flags}: ${why}`]
  })
  expect(slow).toEqual([])
})

it('patterns are written out, but for a few that were looked at', () => {
  const making = files.filter(({ isMaking }) => isMaking)
  expect(making.map(({ path }) => path.slice(SOURCES.length + 1)).sort()).toEqual(MADE)
})

describe('the check itself', () => {
  it.each([
    '(a+)+$',
    '(?:a*b?)*c',
    '^([a-z][\\w-]*):\\s*(.*?)\\s*$',
    '<address\\b[^<>]*\\bbus=[^<>]*>',
    '\\s*\\n',
    '\\w+=',
    '^a*.*b',
    ' #\\d+ .*x',
  ])('finds %s', (source) => {
    expect(superlinear(source, '')).not.toBeNull()
  })

  it.each([
    '^\\s*\\d+$',
    '^(?:\\s+\\d+)*x',
    '<[^<>]*>',
    '^[a-z]+=[^=]*$',
    '\\bab\\w*=',
    'a{1,80}b{1,80}c',
    '\\s+',
    '(?:[^\\s"]|"[^"]*")+',
  ])('passes %s', (source) => {
    expect(superlinear(source, '')).toBeNull()
  })
})
