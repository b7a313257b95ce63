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
    const equals = word.indexOf('=')
    if (commands.has(word)) option = word
    else if (!word.startsWith('-')) {
      found.push({ option, value: word })
      if (takes === 'one') option = ''
    } else {
      option = equals < 0 ? word : word.slice(0, equals)
      if (equals >= 0) found.push({ option, value: word.slice(equals + 1) })
      if (equals >= 0 && takes === 'one') option = ''
    }
  }
  return found
}
