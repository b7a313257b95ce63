import { hostname } from 'node:os'
import { basename } from 'node:path'
import { UsageError } from '../errors.js'
import { type HostChoice, hostNamed } from './open-host.js'

/** A host that a command line names, and how it is called in an output about several. */
export interface NamedHost {
  readonly choice: HostChoice
  readonly called: string
}

export interface HostWords {
  /** Captures and folders; none of them: this host. */
  readonly words: readonly string[]
  /** What `--host` says. */
  readonly host: string | undefined
  readonly demo: boolean
}

/** The hosts that words name, each with a name of its own: that of the file, or the whole word where two files are called alike. */
export function nameHosts({ words, host, demo }: HostWords): readonly NamedHost[] {
  if (host === '') throw new UsageError('--host expects a name, but it is empty.')
  if (demo) return [{ choice: { demo: true }, called: host ?? 'demo' }]
  if (words.length === 0) return [{ choice: {}, called: host ?? hostname() }]
  if (host !== undefined && words.length > 1) {
    throw new UsageError('--host names one host, and here are several.', {
      hint: 'The hosts of several captures are called as their files are.',
    })
  }
  if (words.filter((word) => word === '-').length > 1) {
    throw new UsageError('Standard input holds one capture, so only one word can be `-`.')
  }
  const names = words.map(nameIn)
  return words.map((word, place) => {
    const name = names[place] ?? word
    const isShared = names.filter((each) => each === name).length > 1
    return { choice: hostNamed(word), called: host ?? (isShared ? word : name) }
  })
}

/** How the one host is called that other commands read. */
export function hostCalled({ demo, capture, root }: HostChoice): string {
  return demo === true ? 'demo' : nameIn(capture ?? root ?? '/')
}

/** `rack4/node17.tar.gz` is of `node17`. */
function nameIn(word: string): string {
  if (word === '/') return hostname()
  return basename(word).replace(/\.(?:tar\.gz|tgz|tar)$/, '') || word
}
