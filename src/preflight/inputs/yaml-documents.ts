import { parseAllDocuments } from 'yaml'
import type { InputProblem } from './vm-input.js'

/** Bytes of YAML that are read: the library needs seconds for a million. */
const MOST_YAML = 262_144

/** The documents of a YAML text. A module of its own, since hardly any description needs the library. */
export function parseYaml(text: string): readonly unknown[] | InputProblem {
  if (text.length > MOST_YAML) {
    return {
      problem: `it is larger than ${MOST_YAML / 1024} KiB, which is much for YAML`,
      line: null,
    }
  }
  if (nestsDeep(text)) return { problem: 'it nests values too deep', line: null }
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent' })
    const broken = documents.flatMap(({ errors }) => errors)[0]
    if (broken !== undefined) {
      const [why = ''] = broken.message.split('\n')
      const line = broken.linePos?.[0].line ?? null
      return { problem: `it is no YAML (${why.replace(/ at line .*/, '')})`, line }
    }
    return documents.map((each): unknown => each.toJS({ maxAliasCount: 100 }))
  } catch {
    return { problem: 'it is no YAML', line: null }
  }
}

/** Lists in lists cost the library more than their length; brackets in words count too, which hardly balances out. */
function nestsDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth > MOST_BRACKETS) return true
  }
  return false
}

const MOST_BRACKETS = 1_000
