/** One word of a command line, and the option to which it belongs. */
export interface OptionWord {
  /** With its dashes; empty before the first. */
  readonly option: string
  readonly value: string
}

/** How a program reads its command line. */
interface OptionStyle {
  /** Words that stand for options though they have no dashes. */
  readonly commands: ReadonlySet<string>
  /** Whether an option takes all words up to the next one. */
  readonly takes: 'one' | 'many'
}

/** The words of `--name value value` and `--name=value`. */
export function optionWords(
  words: readonly string[],
  { commands, takes }: OptionStyle,
): readonly OptionWord[] {
  const found: OptionWord[] = []
  let option = ''
  for (const word of words) {
    const { named, value } = splitWord(word, commands)
    option = named ?? option
    if (value === null) continue
    found.push({ option, value })
    if (takes === 'one') option = ''
  }
  return found
}

/** The option that a word begins, and the value in it; null: none. */
function splitWord(word: string, commands: ReadonlySet<string>) {
  if (commands.has(word)) return { named: word, value: null }
  if (!word.startsWith('-')) return { named: null, value: word }
  const equals = word.indexOf('=')
  if (equals < 0) return { named: word, value: null }
  return { named: word.slice(0, equals), value: word.slice(equals + 1) }
}
