/** Man pages of the tool and of each command, in mdoc(7): what the help says, laid out for readers of manuals. */
export function manPages({ manifest, tool, summary, exitWords, date }) {
  const commands = Object.values(manifest.commands)
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const pageOf = (id) => `${tool}-${id}`
  const titles = [tool, ...commands.map(({ id }) => pageOf(id))].sort()
  const others = (title) => titles.filter((each) => each !== title)
  const shared = { tool, date, exitWords }
  return new Map([
    [
      `${tool}.8`,
      page(shared, {
        title: tool,
        about: summary,
        synopsis: [`.Nm ${tool}`, '.Ar command', '.Op Ar argument ...'],
        body: [
          '.Sh COMMANDS',
          ...tagged(commands.map(({ id, summary }) => [`.Xr ${pageOf(id)} 8`, [roff(summary)]])),
        ],
        seeAlso: [...others(tool), 'driverctl', 'lspci'],
      }),
    ],
    ...commands.map((command) => [
      `${pageOf(command.id)}.8`,
      page(shared, {
        title: pageOf(command.id),
        about: command.summary,
        synopsis: [`.Nm ${tool} ${command.id}`, ...synopsisOf(command)],
        body: [...wordsOf(command), ...flagsOf(command)],
        examples: command.examples,
        seeAlso: [tool],
      }),
    ]),
  ])
}

function page({ date, exitWords }, { title, about, synopsis, body, examples = [], seeAlso }) {
  return [
    '.\\" Made by scripts/package/man-pages.mjs out of the help.',
    `.Dd ${date}`,
    `.Dt ${title.toUpperCase()} 8`,
    '.Os',
    '.Sh NAME',
    `.Nm ${title}`,
    `.Nd ${roff(about)}`,
    '.Sh SYNOPSIS',
    ...synopsis,
    '.Sh DESCRIPTION',
    sentence(roff(about)),
    ...body,
    '.Sh EXIT STATUS',
    ...tagged(Object.entries(exitWords).map(([code, words]) => [code, [roff(words)]])),
    ...(examples.length === 0 ? [] : ['.Sh EXAMPLES', ...examples.flatMap(exampleLines)]),
    '.Sh SEE ALSO',
    ...seeAlso
      .sort()
      .map((name, index) => `.Xr ${name} 8${index === seeAlso.length - 1 ? '' : ' ,'}`),
    '',
  ].join('\n')
}

function synopsisOf({ args, flags }) {
  return [
    ...Object.values(flags).map((flag) => `.Op ${dashed(flag)}${argument(flag)}`),
    ...Object.values(args).map(({ name, required, multiple }) => {
      const word = `Ar ${name}${multiple ? ' ...' : ''}`
      return required ? `.${word}` : `.Op ${word}`
    }),
  ]
}

function wordsOf({ args }) {
  const words = Object.values(args)
  if (words.length === 0) return []
  return tagged(
    words.map(({ name, description }) => [`.Ar ${name}`, [sentence(roff(description ?? ''))]]),
  )
}

function flagsOf({ flags }) {
  const all = Object.values(flags)
  if (all.length === 0) return []
  return [
    '.Pp',
    'The options are:',
    ...tagged(
      all.map((flag) => [
        `.${flag.char === undefined ? '' : `Fl ${flag.char} , `}${dashed(flag)}${argument(flag)}`,
        [sentence(roff(flag.summary ?? ''))],
      ]),
    ),
  ]
}

/** `Fl \-json`: mdoc writes the first dash itself. */
function dashed({ name }) {
  return `Fl \\-${name.replaceAll('-', '\\-')}`
}

function argument({ type, options, helpValue }) {
  if (type === 'boolean') return ''
  return ` Ar ${options === undefined ? (helpValue ?? 'VALUE') : options.join(' | ')}`
}

function tagged(rows) {
  return [
    '.Bl -tag -width Ds',
    ...rows.flatMap(([tag, lines]) => [`.It ${tag.replace(/^\./, '')}`, ...lines]),
    '.El',
  ]
}

function exampleLines({ description, command }, index) {
  return [
    ...(index === 0 ? [] : ['.Pp']),
    `${roff(description)}:`,
    '.Bd -literal -offset indent',
    roff(command),
    '.Ed',
  ]
}

function sentence(text) {
  const ended = /[.?!]$/.test(text) ? text : `${text}.`
  // A sentence begins a line: mdoc(7) sets its blanks.
  return (ended.charAt(0).toUpperCase() + ended.slice(1)).replaceAll(/([.?!]) (?=[A-Z])/g, '$1\n')
}

/** Backslashes, lines that would be requests, and characters that mandoc knows by name only. */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('’', '\\(cq')
    .replaceAll('‘', '\\(oq')
    .replaceAll('“', '\\(lq')
    .replaceAll('”', '\\(rq')
    .replaceAll('–', '\\(en')
    .replaceAll('…', '...')
    .replaceAll(/^[.']/gm, '\\&$&')
}
