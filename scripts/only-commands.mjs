/** Leaves out of a bundle the commands that are not `names`, and the help: `bin/load.js` takes another bundle for those. */
export function onlyCommands(names) {
  return {
    name: 'only-commands',
    setup(build) {
      const left = []
      build.onResolve({ filter: /^\.\/[a-z/-]+\.js$/ }, ({ path, importer, kind }) => {
        if (kind !== 'dynamic-import') return undefined
        const isCommand =
          importer.endsWith('/src/commands/index.ts') && !names.has(path.slice(2, -3))
        const isHelp = importer.endsWith('/src/main.ts') && path === './cli/help.js'
        if (!isCommand && !isHelp) return undefined
        left.push(path)
        return { path, namespace: 'elsewhere' }
      })
      build.onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => ({
        contents: `throw new Error('${path} is not part of this bundle')`,
      }))
      build.onEnd(() =>
        left.length > 1 ? undefined : { errors: [{ text: `nothing to leave out: ${left}` }] },
      )
    },
  }
}
