/**
 * What is used of modules of Node that most command lines have no use for: each takes as long to load as a fair part of ours, with the
 * streams and sockets that it rests on.
 */
const LATE = new Map([
  ['node:os', ['constants', 'hostname', 'machine', 'release', 'tmpdir']],
  ['node:stream', ['Duplex', 'Readable']],
  ['node:tty', ['isatty']],
  ['node:v8', ['setFlagsFromString']],
  ['node:zlib', ['constants', 'createGunzip', 'createGzip', 'gunzipSync']],
])

/** A copy of all its properties is what esbuild makes of an import of it. */
const PROCESS = `export default process
export const { arch, cwd, execArgv, execPath, hrtime, platform, versions } = process`

/**
 * Loads such a module when something of it is first used. An import of anything else of it ends the build. Whoever requires it, as oclif
 * does, has all of it.
 */
export const lateBuiltins = {
  name: 'late-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' && (LATE.has(path) || path === 'node:process')
        ? { path, namespace: 'late' }
        : undefined,
    )
    build.onLoad({ filter: /^node:/, namespace: 'late' }, ({ path }) => ({
      contents: path === 'node:process' ? PROCESS : lateModule(path),
    }))
  },
}

function lateModule(path) {
  const name = path.slice('node:'.length)
  const getters = LATE.get(path).map(
    (each) => `get ${each}() { return require('${name}').${each} }`,
  )
  return `module.exports = { ${getters.join(', ')} }`
}
