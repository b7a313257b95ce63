import {
  type CommandSpec,
  type FlagSpec,
  LIST_FUNCTIONS,
  quoted,
  type WordSpec,
} from './command-spec.js'

/** The completion of the tool for fish. `tool` is the program's name. */
export function fishCompletion(tool: string, commands: readonly CommandSpec[]): string {
  const start = `complete -c ${tool}`
  const first = `-n __fish_use_subcommand`
  return [
    `# Completion of ${tool} for fish. Made by \`${tool} completion fish\`.`,
    `${start} -f`,
    `${start} ${first} -l help -d 'show help'`,
    `${start} ${first} -l version -d 'show the version'`,
    ...commands.map(
      ({ name, summary }) => `${start} ${first} -a ${name} -d ${fishQuoted(summary)}`,
    ),
    ...commands.flatMap((each) => commandLines(start, each)),
    '',
  ].join('\n')
}

function commandLines(start: string, { name, flags, words }: CommandSpec): readonly string[] {
  const within = `${start} -n '__fish_seen_subcommand_from ${name}'`
  const offered = offer(words)
  return [
    ...flags.map((flag) => `${within} ${flagWords(flag)}`),
    `${within} -l help -d 'show help'`,
    ...(offered === '' ? [] : [`${within} ${offered}`]),
  ]
}

function flagWords({ name, char, summary, value }: FlagSpec): string {
  return [
    `-l ${name}`,
    ...(char === null ? [] : [`-s ${char}`]),
    ...(value === null ? [] : ['-r', offer(value)].filter((each) => each !== '')),
    `-d ${fishQuoted(summary)}`,
  ].join(' ')
}

function offer(word: WordSpec): string {
  switch (word.kind) {
    case 'one-of':
      return `-f -a ${quoted(word.words.join(' '))}`
    case 'function':
      return `-f -a '(${LIST_FUNCTIONS})'`
    case 'file':
      return '-F'
    case 'folder':
      return `-f -a '(__fish_complete_directories (commandline -ct))'`
    case 'text':
      return ''
  }
}

/** fish knows backslashes inside single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`
}
