/** One entry of apt's sources: where a suite is fetched from, and what signs it. */
export interface AptSource {
  readonly uris: string
  readonly suites: readonly string[]
  readonly options: readonly (readonly [name: string, value: string])[]
}

/** The two halves of Debian's archive, as this machine reaches them. */
export interface DebianSources {
  readonly main: AptSource
  readonly security: AptSource
}

/**
 * Finds the machine's own Debian entries among the texts of its sources files, in either of apt's two formats. The
 * lab asks them for other suites, so that no address stands in this project. `codename`: VERSION_CODENAME of the
 * machine. undefined: the machine has no such entry, or is no Debian machine.
 */
export function findDebianSources(
  texts: readonly string[],
  codename: string,
): DebianSources | undefined {
  const entries = texts.flatMap((text) => [...readStanzas(text), ...readLines(text)])
  const main = entries.find(({ suites }) => suites.includes(codename))
  const security = entries.find(({ suites }) => suites.some((suite) => isSecurity(suite, codename)))
  return main === undefined ? undefined : { main, security: security ?? main }
}

/** The text of a sources file (deb822) that offers `suites`; those that end in `-security` come from the security half. */
export function writeSources({ main, security }: DebianSources, suites: readonly string[]): string {
  const secure = suites.filter((suite) => suite.endsWith('-security'))
  const plain = suites.filter((suite) => !suite.endsWith('-security'))
  return [stanza(main, plain), stanza(security, secure)].filter((text) => text !== '').join('\n')
}

function isSecurity(suite: string, codename: string): boolean {
  return suite === `${codename}-security` || suite === `${codename}/updates`
}

function stanza({ uris, options }: AptSource, suites: readonly string[]): string {
  if (suites.length === 0) return ''
  const fields = [
    ['Types', 'deb'],
    ['URIs', uris],
    ['Suites', suites.join(' ')],
    ['Components', 'main'],
  ]
  return [...fields, ...options].map(([name, value]) => `${name}: ${value}\n`).join('')
}

/** deb822: paragraphs of `Field: value`, with continuation lines and comments. */
function readStanzas(text: string): AptSource[] {
  return text
    .replace(/^#.*\n?/gm, '')
    .split(/\n\s*\n/)
    .flatMap((paragraph) => {
      const fields = new Map<string, string>()
      for (const [, name = '', value = ''] of paragraph
        .replace(/\n[ \t]+/g, ' ')
        .matchAll(/^([\w-]+):[ \t]*(.*)$/gm)) {
        fields.set(name.toLowerCase(), value.trim())
      }
      const uris = fields.get('uris')
      const suites = words(fields.get('suites'))
      if (uris === undefined || !words(fields.get('types')).includes('deb')) return []
      if (fields.get('enabled') === 'no') return []
      const signer = fields.get('signed-by')
      return [
        { uris, suites, options: signer === undefined ? [] : [['Signed-By', signer] as const] },
      ]
    })
}

/** One line an entry: `deb [signed-by=…] URI SUITE COMPONENT…`. */
function readLines(text: string): AptSource[] {
  return [...text.matchAll(/^deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]+(\S+)/gm)].map(
    ([, options = '', uris = '', suite = '']) => {
      const signer = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1]
      return {
        uris,
        suites: [suite],
        options: signer === undefined ? [] : [['Signed-By', signer] as const],
      }
    },
  )
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}
