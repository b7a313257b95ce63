import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { called } from '../fleet/programs.js'
import { packageNamed, ROOT } from './packages.js'
import { bareRoot, copyOf, inRoot, removeCopy } from './roots.js'

const PAGE = readFileSync(join(ROOT, 'docs/install.md'), 'utf8')

/** What is typed on the host; what makes the packages was run before this, and npm is run by the test of its package. */
const TYPED = [...PAGE.matchAll(/```sh\n([^`]+)```/g)]
  .map(([, lines = '']) => lines)
  .filter((lines) => !lines.includes('npm '))

const BARE = bareRoot('bookworm')

describe.skipIf(BARE === null)(called('docs/install.md', BARE !== null, 'bare root'), () => {
  let root = ''
  beforeAll(() => {
    root = copyOf(BARE ?? '', 'host')
    const made = dirname(packageNamed('.deb'))
    for (const name of readdirSync(made)) cpSync(join(made, name), join(root, 'srv', name))
  })
  afterAll(() => removeCopy(root))

  it.each(TYPED)('what stands there works: %s', (lines) => {
    const shell = ['sh', '-ec', `export DEBIAN_FRONTEND=noninteractive; cd /srv\n${lines}`]
    const { stdout, stderr, status } = inRoot(root, ...shell)
    expect([status, stdout + stderr]).toEqual([0, expect.not.stringMatching(/\berror\b/i)])
  })

  it('says how to type three of them', () => {
    expect(TYPED).toHaveLength(3)
  })
})
