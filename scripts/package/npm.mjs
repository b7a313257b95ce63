import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf } from './home.mjs'
import { normaliseModes } from './modes.mjs'

/**
 * Makes the package for npm: the built tool, as `files` of package.json lists it, with its manual pages. They are made by
 * packaging only, so that only the package's package.json names them.
 */
export function makeNpm({ root, output, scratch, pages }) {
  const stage = join(scratch, 'npm-package')
  for (const { path } of pack(root, ['--dry-run']).files) {
    cpSync(join(root, path), join(stage, path))
  }
  mkdirSync(join(stage, 'man'))
  for (const [name, text] of pages) writeFileSync(join(stage, 'man', name), text)
  const {
    scripts: _,
    devDependencies: __,
    ...pkg
  } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const man = [...pages.keys()].map((name) => `man/${name}`)
  const files = [...pkg.files, 'man']
  writeFileSync(
    join(stage, 'package.json'),
    `${JSON.stringify({ ...pkg, ...homeOf(root), man, files }, null, 2)}\n`,
  )
  normaliseModes(stage)
  pack(stage, ['--pack-destination', output])
}

function pack(folder, words) {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...words], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  return packed
}
