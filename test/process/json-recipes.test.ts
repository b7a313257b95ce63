import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NODE } from '../support/tool-node.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/json.md'), 'utf8')

const RECIPES = [
  ...PAGE.matchAll(/^(\d+)\. (.+)[\s\S]*?```sh\n([\s\S]*?)```\n```\n([\s\S]*?)```/gm),
].map(([, number, title, script, output]) => ({
  number,
  title,
  script: script ?? '',
  output: output ?? '',
}))

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`])
    return true
  } catch {
    return false
  }
}

const HAS_JQ = isThere('jq')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-recipes-'))
  const program = join(folder, 'vfio-reset')
  writeFileSync(program, `#!/bin/sh\nexec "${NODE}" "${ROOT}/bin/run.js" "$@"\n`)
  chmodSync(program, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

function bash(script: string): string {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
  return execFileSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8', env })
}

it('there are ten recipes', () => {
  expect(RECIPES.map(({ number }) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

describe.skipIf(!HAS_JQ)(
  `the recipes of docs/json.md${HAS_JQ ? '' : ': skipped, since jq is not installed'}`,
  () => {
    it.each(RECIPES)('$number: $title', ({ script, output }) => {
      expect(bash(script).trimEnd()).toBe(output.trimEnd())
    })

    it('the trap is as it says', () => {
      const trap = /```jq\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? ''
      const [equal = '', not = '', length = ''] = trap
        .split('\n')
        .map((line) => line.split('#')[0] ?? '')
      const unread = `{"isolation":{"isolated":{"unknown":"denied"}},"hotReset":{"affected":{"unknown":"denied"}}}`
      const asked = (filter: string) => bash(`jq -c '${filter}' <<<'${unread}'`).trim()
      expect(asked(equal)).toBe('false')
      expect(asked(not)).toBe('false')
      expect(asked(length)).toBe('1')
    })
  },
)
