// npm run fixture HOST [ARGUMENTS...]: runs the built tool on a host below fixtures/sysfs; without arguments, `inspect`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HOSTS = join(ROOT, 'fixtures/sysfs')

const [host = '', ...given] = process.argv.slice(2)
const folder = join(HOSTS, host)
if (host === '' || !existsSync(folder)) {
  console.error(
    `usage: npm run fixture HOST [ARGUMENTS...], HOST one of: ${readdirSync(HOSTS).join(' ')}`,
  )
  process.exit(2)
}
const [command = 'inspect', ...rest] = given
const run = [join(ROOT, 'bin/run.js'), command, ...hostFlags(), ...rest]
process.exitCode = spawnSync(process.execPath, run, { stdio: 'inherit' }).status ?? 70

/** A fixture is a plain tree or, where that is too large to browse, its archive. */
function hostFlags() {
  if (existsSync(join(folder, 'sys'))) return ['--root', folder]
  const archives = readdirSync(folder).filter((name) => name.endsWith('.tar.gz'))
  return archives.flatMap((name) => ['--capture', join(folder, name)])
}
