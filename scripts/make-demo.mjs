// npm run make-demo [FILE]: writes share/demo.tar.gz, the host of `--demo`. docs/demo.md says what of it is real and what is made up.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { completeBoard } from './demo/board.mjs'
import { addCards } from './demo/cards.mjs'
import { addSystem } from './demo/system.mjs'
import { readTree, Tree } from './demo/tree.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

writeFileSync(process.argv[2] ?? join(ROOT, 'share/demo.tar.gz'), packDemo())

function packDemo() {
  const tree = readTree(
    gunzipSync(readFileSync(join(ROOT, 'fixtures/sysfs/amd-x570-rtx3090/tree.tar.gz'))),
  )
  completeBoard(tree)
  addCards(tree, { pair: recorded('ports-plain'), sriov: recorded('sriov-host-pf') })
  addSystem(tree)
  tree.file('vfio-reset.json', readFileSync(new URL('demo/manifest.json', import.meta.url)))
  return gzipSync(tree.toTar(), { level: 9 })
}

/** The tree of a guest in which the lab asked a real kernel. */
function recorded(machine) {
  const file = `fixtures/lab/7.3.4+deb13-amd64/${machine}.json.gz`
  return Tree.fromEntries(JSON.parse(gunzipSync(readFileSync(join(ROOT, file)))).tree.entries)
}
