import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../run.js'
import { findDebianSources, writeSources } from './sources.js'
import { compareVersions } from './version.js'

/** One version of a package that the archive offers. */
export interface ArchivePackage {
  readonly name: string
  readonly version: string
  readonly depends: string
}

/** Debian's archive, asked through a private apt state: the machine's own lists and sources stay as they are. */
export interface Archive {
  /** Fetches the package lists; returns what apt complained about, such as a suite that is gone. */
  update(): Promise<readonly string[]>
  /** All versions of all packages whose name matches. */
  find(prefix: string, pattern: RegExp): Promise<readonly ArchivePackage[]>
  /** Fetches packages into `folder` and returns their paths, in the same order. */
  download(packages: readonly ArchivePackage[], folder: string): Promise<readonly string[]>
  /** Fetches packages by name with all that they need, whatever this machine has; returns the paths of the files. */
  downloadWhole(packages: readonly string[]): Promise<readonly string[]>
  /** Installs packages by name where they are missing. */
  install(packages: readonly string[], suite?: string): Promise<void>
}

/** An archive that does not answer must not hold up a run for longer than the run itself takes. */
const FETCH_LIMIT_MS = 600_000

/**
 * Opens the archive with `suites`, keeping its state in `folder`. `foreign`: an architecture other than this machine's.
 * Throws where the machine has no Debian sources.
 */
export async function openArchive(
  folder: string,
  suites: readonly string[],
  foreign?: string,
): Promise<Archive> {
  const texts = await Promise.all((await sourceFiles()).map((path) => readFile(path, 'utf8')))
  const sources = findDebianSources(texts, await machineCodename())
  if (sources === undefined) {
    throw new Error(
      'the lab takes its kernels from Debian, and this machine lists no Debian archive',
    )
  }
  const list = join(folder, 'lab.sources')
  for (const path of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, path), { recursive: true })
  }
  await writeFile(list, writeSources(sources, suites))
  const options = aptOptions(folder, list, foreign)
  if (foreign !== undefined) await writeFile(join(folder, NOTHING_INSTALLED), '')
  const apt = (program: string, args: readonly string[]) =>
    run(program, [...options, ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs: FETCH_LIMIT_MS,
    })

  return {
    async update() {
      const stamp = join(folder, 'updated')
      if (await isYoung(stamp)) return []
      const { stderr } = await apt('apt-get', ['update', '-q=2', '--error-on=any']).catch(asOutput)
      await writeFile(stamp, '')
      return stderr.split('\n').filter((line) => line.startsWith('E:'))
    },
    async find(prefix, pattern) {
      const { stdout } = await apt('apt-cache', ['pkgnames', prefix])
      const names = stdout.split('\n').filter((name) => pattern.test(name))
      if (names.length === 0) return []
      const records = await apt('apt-cache', ['show', ...names])
      return decodePackages(records.stdout)
    },
    async download(packages, target) {
      const partial = join(target, 'partial')
      await rm(partial, { recursive: true, force: true })
      await mkdir(partial, { recursive: true })
      const wanted = packages.map(({ name, version }) => `${name}=${version}`)
      await run('apt-get', [...options, '-q=2', 'download', ...wanted], {
        cwd: partial,
        timeoutMs: FETCH_LIMIT_MS,
      })
      const files = await readdir(partial)
      await Promise.all(files.map((file) => rename(join(partial, file), join(target, file))))
      return packages.map(({ name }) => {
        const file = files.find((candidate) => candidate.startsWith(`${name}_`))
        if (file === undefined) throw new Error(`apt-get downloaded no file of ${name}`)
        return join(target, file)
      })
    },
    async downloadWhole(packages) {
      const status = join(folder, NOTHING_INSTALLED)
      await writeFile(status, '')
      const whole = ['-o', `Dir::State::status=${status}`, '--no-install-recommends']
      await apt('apt-get', [...whole, 'install', '-y', '-q=2', '--download-only', ...packages])
      const shelf = join(folder, 'cache/archives')
      return (await readdir(shelf))
        .filter((file) => file.endsWith('.deb'))
        .map((file) => join(shelf, file))
    },
    async install(packages, suite) {
      const target = suite === undefined ? [] : ['-t', suite]
      await apt('apt-get', [
        'install',
        '-y',
        '-q=2',
        '--no-install-recommends',
        ...target,
        ...packages,
      ])
    },
  }
}

/** The newest of `packages` by version; undefined for none. */
export function newest(packages: readonly ArchivePackage[]): ArchivePackage | undefined {
  return packages.toSorted((a, b) => compareVersions(a.version, b.version)).at(-1)
}

/** VERSION_CODENAME of this machine: `bookworm`. */
export async function machineCodename(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8')
  return /^VERSION_CODENAME="?([^"\n]+)/m.exec(text)?.[1] ?? ''
}

/** Reads the paragraphs that `apt-cache show` prints. One with a status is what is installed, which no archive need have. */
export function decodePackages(text: string): ArchivePackage[] {
  return text.split('\n\n').flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]
    const [name, version] = [field('Package'), field('Version')]
    const isInstalled = field('Status') !== undefined
    if (name === undefined || version === undefined || isInstalled) return []
    return [{ name, version, depends: field('Depends') ?? '' }]
  })
}

async function sourceFiles(): Promise<string[]> {
  const parts = '/etc/apt/sources.list.d'
  const names = await readdir(parts).catch(() => [])
  const listed = names.filter((name) => /[.](?:list|sources)$/.test(name))
  const single = '/etc/apt/sources.list'
  const hasSingle = await readFile(single).then(
    () => true,
    () => false,
  )
  return [...(hasSingle ? [single] : []), ...listed.map((name) => join(parts, name))]
}

/** A dpkg status of a machine on which nothing is. */
const NOTHING_INSTALLED = 'nothing-installed'

function aptOptions(folder: string, list: string, foreign?: string): string[] {
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferencesparts': '-',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status':
      foreign === undefined ? '/var/lib/dpkg/status' : join(folder, NOTHING_INSTALLED),
    ...(foreign === undefined
      ? {}
      : { 'APT::Architecture': foreign, 'APT::Architectures': foreign }),
    'Dir::Cache': join(folder, 'cache'),
    // apt gives up its rights for a download, and could then not write into the folder of the one who runs the lab.
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '3',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** Lists are asked for anew once an hour. */
async function isYoung(stamp: string): Promise<boolean> {
  const { mtimeMs } = await stat(stamp).catch(() => ({ mtimeMs: 0 }))
  return Date.now() - mtimeMs < 3_600_000
}

/** A failed `apt-get update` still leaves the lists of the suites that it could fetch. */
function asOutput(error: unknown): { stderr: string } {
  return { stderr: error instanceof Error ? error.message : String(error) }
}
