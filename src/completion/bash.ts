import { type CommandSpec, dashedNames, LIST_FUNCTIONS, type WordSpec } from './command-spec.js'

/** The completion of the tool for bash. `tool` is the program's name. */
export function bashCompletion(tool: string, commands: readonly CommandSpec[]): string {
  const names = commands.map(({ name }) => name)
  return `# Completion of ${tool} for bash. Made by \`${tool} completion bash\`.
_${ident(tool)}() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current previous command
  read -ra words <<<"$line"
  # bash takes addresses apart at their colons: words are what blanks divide.
  if [[ "$line" == *[[:space:]] ]]; then words+=(''); fi
  current="\${words[\${#words[@]}-1]}"
  previous="\${words[\${#words[@]}-2]}"
  command="\${words[1]}"
  COMPREPLY=()
  if [ "\${#words[@]}" -le 2 ]; then
    _${ident(tool)}_offer "${[...names, 'help', '--help', '--version'].join(' ')}"
    return
  fi
  case "$command" in
${commands.map((each) => commandCase(tool, each)).join('\n')}
  help) _${ident(tool)}_offer "${names.join(' ')}" ;;
  esac
}

# Offers those of the words of $1 that go on as the current one does, without what bash believes to stand before it.
_${ident(tool)}_offer() {
  local each before=''
  [[ "$current" == *:* && "$COMP_WORDBREAKS" == *:* ]] && before="\${current%"\${current##*:}"}"
  for each in $1; do
    [[ "$each" == "$current"* ]] && COMPREPLY+=("\${each#"$before"}")
  done
}

_${ident(tool)}_functions() {
  _${ident(tool)}_offer "$(${LIST_FUNCTIONS})"
}

_${ident(tool)}_paths() {
  local each
  compopt -o filenames
  while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen "$1" -- "$current")
}

complete -F _${ident(tool)} ${tool}
`
}

function commandCase(tool: string, { name, flags, words }: CommandSpec): string {
  const valued = flags.flatMap((flag) =>
    flag.value === null
      ? []
      : [`    ${dashedNames(flag).join('|')}) ${offer(tool, flag.value)}; return ;;`],
  )
  const dashed = flags.flatMap(dashedNames)
  return `  ${name})
    case "$previous" in
${valued.join('\n')}
    esac
    case "$current" in
    -*) _${ident(tool)}_offer "${[...dashed, '--help'].join(' ')}" ;;
    *) ${offer(tool, words)} ;;
    esac
    ;;`
}

function offer(tool: string, word: WordSpec): string {
  switch (word.kind) {
    case 'one-of':
      return `_${ident(tool)}_offer "${word.words.join(' ')}"`
    case 'function':
      return `_${ident(tool)}_functions`
    case 'file':
      return `_${ident(tool)}_paths -f`
    case 'folder':
      return `_${ident(tool)}_paths -d`
    case 'text':
      return ':'
  }
}

function ident(tool: string): string {
  return tool.replaceAll('-', '_')
}
