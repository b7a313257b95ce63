import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/commands/index.js'
import { POLICIES } from '../src/policy/policies/index.js'
import { NODE } from './support/tool-node.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = join(ROOT, 'bin/run.js')

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vfio-reset-test-'))
})
afterAll(async () => {
  await rm(scratch, { recursive: true })
})

type Env = Readonly<Record<string, string>>

/** Runs the built tool in an environment of nothing but `env`, without a terminal. */
async function run(argv: readonly string[], env: Env = {}, bin = BIN) {
  const { stdout, stderr, exitCode } = await execa(NODE, [bin, ...argv], {
    ...{ env, extendEnv: false, stdin: 'ignore', reject: false },
  })
  return { stdout, stderr, exitCode }
}

/** Runs a shell line in which `$BIN` starts the built tool. */
async function shell(line: string) {
  const { stderr, exitCode } = await execa('bash', ['-c', line], {
    env: { BIN: `${NODE} ${BIN}` },
    reject: false,
  })
  return { stderr, exitCode }
}

/** What oclif itself does with our package when nothing is switched off: shows that a trap is a trap. */
async function runPlainOclif(argv: readonly string[], env: Env) {
  const script = `require('@oclif/core').run(${JSON.stringify(argv)}, ${JSON.stringify(ROOT)})`
  const { stdout } = await execa(NODE, ['-e', script], {
    env,
    extendEnv: false,
    cwd: ROOT,
  })
  return stdout
}

describe('start', () => {
  it('lists the commands in its help, with or without the word', async () => {
    const help = await run(['--help'])
    expect(help.exitCode).toBe(0)
    const shown = Object.keys(COMMANDS).filter((name) => name !== 'welcome')
    for (const name of shown) expect(help.stdout).toContain(`\n  ${name}`)
    const alone = await run([])
    expect(alone.stdout + alone.stderr).toMatch(/vfio-reset explain < qemu\.log/)
    expect(await run(['help'])).toEqual(help)
  })

  it('shows the help of one command in every form people type', async () => {
    const help = await run(['inspect', '--help'])
    expect(help.stdout).toContain('--root=DIR')
    expect(await run(['inspect', '-h'])).toEqual(help)
    expect(await run(['help', 'inspect'])).toEqual(help)
    for (const { id } of POLICIES) expect(help.stdout).toContain(`\n  ${id} `)
  })

  it('has a manifest of exactly what the sources hold', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'oclif.manifest.json'), 'utf8'))
    const packageJson = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    expect(manifest.version).toBe(packageJson.version)
    expect(Object.keys(manifest.commands).sort()).toEqual(Object.keys(COMMANDS).sort())
    for (const [name, load] of Object.entries(COMMANDS)) {
      const { default: command } = await load()
      const flags = { ...command.baseFlags, ...('flags' in command ? Object(command.flags) : {}) }
      expect(Object.keys(manifest.commands[name].flags).sort()).toEqual(Object.keys(flags).sort())
    }
  })

  it('needs nothing from the environment, and says nothing on stderr whatever stands there', async () => {
    const plain = await run(['policies'])
    expect(plain).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await run(['policies'], { DEBUG: '*', NODE_ENV: 'development' })).toEqual(plain)
    expect(await run(['policies'], { VFIO_RESET_CONTENT_TYPE: 'json' })).toEqual(plain)
  })
})

describe('the end', () => {
  it.each([
    [['inspct'], 2],
    [['inspect', '--rot'], 2],
    [['policies'], 0],
  ])('%j exits with %i, with --json too', async (argv, exitCode) => {
    expect((await run(argv)).exitCode).toBe(exitCode)
    const json = await run([...argv, '--json'])
    expect(json.exitCode).toBe(exitCode)
    expect(JSON.parse(json.stdout)).toHaveProperty('schemaVersion', 2)
  })

  it('is quiet when the reader has gone', async () => {
    expect(await shell('set -o pipefail; $BIN policies --json | true')).toEqual({
      stderr: '',
      exitCode: 0,
    })
  })

  it('is exit 3 and a sentence when the output cannot be written', async () => {
    const { stderr, exitCode } = await shell('$BIN policies > /dev/full')
    expect(stderr).toMatch(/^vfio-reset: Cannot write the output: .*ENOSPC/)
    expect(exitCode).toBe(3)
  })

  it('is the exit code of an error that cannot be written either', async () => {
    const { stderr, exitCode } = await shell('$BIN inspct --json > /dev/full')
    expect(stderr).toMatch(/^vfio-reset: Unknown command "inspct"\./)
    expect(exitCode).toBe(2)
    expect((await shell('$BIN inspct 2> /dev/full')).exitCode).toBe(2)
  })

  it('is exit 70, never 1, after a crash that nothing caught', async () => {
    const crash = join(scratch, 'crash.cjs')
    await writeFile(crash, "setImmediate(() => { throw new RangeError('boom') })")
    const { stdout, stderr, exitCode } = await run(['policies', '--json'], {
      NODE_OPTIONS: `--require=${crash}`,
    })
    expect(exitCode).toBe(70)
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'error', exitCode: 70 })
    expect(stderr).toMatch(/^vfio-reset: Internal error: RangeError: boom\n {4}at .*crash\.cjs/)
    expect(stderr).toContain('please report')
  })
})

describe("folders that the caller's environment names", () => {
  it('cannot plant a plugin', async () => {
    const ran = join(scratch, 'plugin-ran')
    const data = join(scratch, 'data')
    const plugin = join(data, 'vfio-reset/node_modules/planted')
    await mkdir(plugin, { recursive: true })
    const wanted = { oclif: { plugins: [{ name: 'planted', type: 'user' }] } }
    await writeFile(join(data, 'vfio-reset/package.json'), JSON.stringify(wanted))
    const hooks = { init: './init.js' }
    const planted = { name: 'planted', version: '1.0.0', oclif: { hooks } }
    await writeFile(join(plugin, 'package.json'), JSON.stringify(planted))
    await writeFile(
      join(plugin, 'init.js'),
      `module.exports = () => require('fs').writeFileSync(${JSON.stringify(ran)}, '')`,
    )
    const env = { XDG_DATA_HOME: data, HOME: scratch }
    for (const argv of [['policies'], ['--version'], ['--help'], ['nothing']]) await run(argv, env)
    await expect(readFile(ran)).rejects.toThrow('ENOENT')

    await runPlainOclif(['--version'], env)
    await expect(readFile(ran, 'utf8')).resolves.toBe('')
  })

  it('cannot plant a theme', async () => {
    const config = join(scratch, 'config')
    await mkdir(join(config, 'vfio-reset'), { recursive: true })
    await writeFile(join(config, 'vfio-reset/theme.json'), JSON.stringify({ bin: 'red' }))
    const env = { FORCE_COLOR: '1', HOME: scratch }
    const themed = { ...env, XDG_CONFIG_HOME: config }
    expect(await run(['--help'], themed)).toEqual(await run(['--help'], env))

    expect(await runPlainOclif(['--help'], themed)).not.toBe(await runPlainOclif(['--help'], env))
  })
})

it('calls no method that Node 18.19 lacks', async () => {
  const late =
    /\.(?:toSorted|toReversed|toSpliced|isWellFormed|toWellFormed|isSubsetOf|isSupersetOf|fromAsync|withResolvers)\(|\b(?:Object|Map)\.groupBy\(|\bPromise\.try\(|\bAbortSignal\.any\(|\bIterator\.from\(/g
  for (const name of ['main', 'inspect', 'preflight', 'hook', 'supervisor']) {
    const bundle = await readFile(join(ROOT, `dist/${name}.cjs`), 'utf8')
    expect(bundle.match(late) ?? []).toEqual([])
  }
})

describe('the package', () => {
  it('runs where it was unpacked, with nothing else beside it', async () => {
    const { stdout } = await execa(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch],
      { cwd: ROOT },
    )
    const [{ filename, files }] = JSON.parse(stdout)
    await execa('tar', ['-xzf', join(scratch, filename), '-C', scratch])
    const bin = join(scratch, 'package/bin/run.js')
    for (const argv of [['--version'], ['--help'], ['inspect', '--help'], ['policies']]) {
      const packed = await run(argv, {}, bin)
      expect(packed).toEqual(await run(argv))
      expect(packed.exitCode).toBe(0)
    }
    const paths = files.map(({ path }: { path: string }) => path)
    expect(paths).toContain('dist/THIRD-PARTY-NOTICES.txt')
    const pages = paths.filter((path: string) => path.endsWith('.md'))
    for (const page of pages) {
      const text = await readFile(join(ROOT, page), 'utf8')
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(([, link = '']) =>
        join(dirname(page), link),
      )
      const isThere = (link: string) =>
        paths.some((path: string) => `${path}/`.startsWith(link.replace(/\/?$/, '/')))
      expect([page, links.filter((link) => !isThere(link))]).toEqual([page, []])
    }
    expect(
      paths.filter((path: string) => /^(?:src|test|fixtures(?!\/scenarios))\//.test(path)),
    ).toEqual([])
  })
})

it('says that dist/ is of another version of the package', async () => {
  const root = join(scratch, 'mixed')
  await mkdir(join(root, 'bin'), { recursive: true })
  await mkdir(join(root, 'dist'))
  const bin = join(root, 'bin', 'run.cjs')
  await writeFile(bin, await readFile(BIN))
  await writeFile(join(root, 'bin', 'load.js'), await readFile(join(ROOT, 'bin', 'load.js')))
  await writeFile(join(root, 'dist', 'supervisor.cjs'), 'exports.start = () => undefined\n')
  const { stderr, exitCode } = await run(['policies'], {}, bin)
  expect(exitCode).toBe(70)
  expect(stderr).toContain('another version')
  expect(stderr).toContain('npm run build')
})
