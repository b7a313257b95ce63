import {
  type CommandSpec,
  dashedNames,
  type FlagSpec,
  LIST_FUNCTIONS,
  quoted,
  type WordSpec,
} from './command-spec.js'

/** The completion of the tool for zsh. `tool` is the program's name. */
export function zshCompletion(tool: string, commands: readonly CommandSpec[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`)
  return `#compdef ${tool}
# Completion of ${tool} for zsh. Made by \`${tool} completion zsh\`.
_${tool}() {
  local context state line
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C '(- *)--help[show help]' '(- *)--version[show the version]' '1:command:->command' '*::word:->words'
  case $state in
  command) _describe -t commands command commands ;;
  words)
    case $line[1] in
${commands.map((each) => commandCase(tool, each)).join('\n')}
    help) _describe -t commands command commands ;;
    esac
    ;;
  esac
}

_${tool}_functions() {
  local -a functions
  functions=(\${(f)"$(${LIST_FUNCTIONS})"})
  compadd -a functions
}

if [ "$funcstack[1]" = _${tool} ]; then _${tool} "$@"; else compdef _${tool} ${tool}; fi
`
}

function commandCase(tool: string, { name, flags, words }: CommandSpec): string {
  const lines = [
    ...flags.flatMap((flag) => flagLines(tool, flag)),
    quoted('(- *)--help[show help]'),
    quoted(`*:word:${action(tool, words)}`),
  ]
  return `    ${name})\n      _arguments -s ${lines.join(' \\\n        ')} ;;`
}

function flagLines(tool: string, flag: FlagSpec): readonly string[] {
  const { name, summary, value } = flag
  const about = `[${summary.replaceAll(/[[\]:]/g, '\\$&')}]`
  const follows = value === null ? '' : `:${name}:${action(tool, value)}`
  return dashedNames(flag).map((dashed) => quoted(`*${dashed}${about}${follows}`))
}

/** What zsh completes a word with. */
function action(tool: string, word: WordSpec): string {
  switch (word.kind) {
    case 'one-of':
      return `(${word.words.join(' ')})`
    case 'function':
      return `_${tool}_functions`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'text':
      return ' '
  }
}
