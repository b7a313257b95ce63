import { type InputProblem, quoted } from './vm-input.js'

/** One `[name "id"]` of a file, with what follows it. */
export interface ConfigSection {
  readonly name: string
  /** The last of each key. */
  readonly values: ReadonlyMap<string, string>
}

/** Sections of `key = value` and `key = "value"`, as QEMU writes them (`qemu_config_parse`). */
export function configSections(text: string): readonly ConfigSection[] | InputProblem {
  const sections: { name: string; values: Map<string, string> }[] = []
  for (const [index, written] of text.split('\n').entries()) {
    const words = written.trim()
    if (words === '' || words.startsWith('#')) continue
    const heading = /^\[([\w-]{1,64})(?: "[^"]{0,200}")?\]$/.exec(words)?.[1]
    const equals = words.indexOf('=')
    if (heading !== undefined) sections.push({ name: heading, values: new Map() })
    else if (equals < 1) return { problem: `"${quoted(words)}" is no option`, line: index + 1 }
    else
      sections.at(-1)?.values.set(words.slice(0, equals).trim(), unquoted(words.slice(equals + 1)))
  }
  return sections
}

function unquoted(value: string): string {
  const bare = value.trim()
  return /^".*"$/.test(bare) ? bare.slice(1, -1) : bare
}
