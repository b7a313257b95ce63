import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Makes the package for npm: the built tool, as `files` of package.json lists it. Answers its path. */
export function makeNpm({ root, output }) {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', output], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  return join(output, filename)
}
