import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of koffi runs: its loader, and the compiled half for one processor with glibc. */
const LOADER = [
  'package.json',
  'index.cjs',
  'index.js',
  'src/koffi/index.cjs',
  'src/koffi/index.js',
  'LICENSE.txt',
]

/** Puts koffi for one processor into a `node_modules` folder. */
export function koffiFor({ root, arch, scratch, into }) {
  const from = join(root, 'node_modules/koffi')
  for (const name of LOADER) {
    cpSync(join(from, name), join(into, 'koffi', name))
  }
  const native = `@koromix/koffi-linux-${arch}`
  const folder = unpacked({ root, name: native, scratch })
  for (const name of ['package.json', 'index.js', `linux_${arch}`]) {
    if (existsSync(join(folder, name)))
      cpSync(join(folder, name), join(into, native, name), { recursive: true })
  }
}

/** The folder of a package as the lock file pins it: installed, or fetched and compared with its checksum. */
export function unpacked({ root, name, scratch }) {
  const installed = join(root, 'node_modules', name)
  if (existsSync(installed)) return installed
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = lock.packages[`node_modules/${name}`]
  return fetchPackage({ name, version, integrity, scratch })
}

/** Fetches a package from the registry that npm is set to. Throws where its bytes are not those that were pinned. */
export function fetchPackage({ name, version, integrity, scratch }) {
  const folder = join(scratch, 'npm', `${name.replace('/', '-')}-${version}`)
  if (existsSync(folder)) return folder
  const packs = join(scratch, 'npm')
  mkdirSync(packs, { recursive: true })
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', packs], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const file = join(packs, filename.replace('@', '').replace('/', '-'))
  const [algorithm, sum] = integrity.split('-')
  const found = createHash(algorithm).update(readFileSync(file)).digest('base64')
  if (found !== sum) throw new Error(`${name}@${version} has the checksum ${found}, not ${sum}.`)
  mkdirSync(folder)
  execFileSync('tar', ['-xzf', file, '-C', folder, '--strip-components=1', '--no-same-owner'])
  return folder
}
