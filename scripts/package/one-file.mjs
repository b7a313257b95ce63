import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { fetchPackage, unpacked } from './koffi.mjs'

/** What goes into it besides koffi, under the names that the tool asks for. */
const INSIDE = [
  'dist/main.cjs',
  'dist/inspect.cjs',
  'dist/preflight.cjs',
  'dist/hook.cjs',
  'dist/page.js',
  'oclif.manifest.json',
  'share/demo.tar.gz',
  'share/pci.ids.gz',
  'share/hooks/libvirt-qemu',
  'share/hooks/proxmox-hookscript',
  'share/hooks/systemd-condition',
  'share/hooks/systemd.conf',
]

/** As Node finds what was put into it (`node --experimental-sea-config`). */
const RESOURCE = 'NODE_SEA_BLOB'
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/**
 * Makes the tool one executable: Node itself, with all that the tool reads of its package put into it. No code cache and no
 * snapshot: neither is the same bytes twice.
 */
export async function makeOneFile({ root, arch, output, scratch }) {
  const folder = join(scratch, `one-file-${arch}`)
  mkdirSync(folder, { recursive: true })
  const { FREQUENT } = createRequire(import.meta.url)(join(root, 'bin/load.js'))
  const { HEAP } = await bundleInto(folder, root, FREQUENT)
  const koffi = unpacked({ root, name: `@koromix/koffi-linux-${arch}`, scratch })
  const files = INSIDE.map((name) => [name, join(root, name)])
  const config = {
    // Relative: the name becomes part of the executable.
    main: 'one-file.cjs',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    execArgv: [HEAP],
    assets: {
      ...Object.fromEntries(files),
      'koffi.node': join(koffi, `linux_${arch}`, 'koffi.node'),
    },
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  // Made by this machine's processor: without a code cache it is the same for all.
  const here = nodeFor(process.arch, scratch)
  execFileSync(join(here, 'bin/node'), ['--experimental-sea-config', 'config.json'], {
    cwd: folder,
    stdio: 'ignore',
  })
  copyFileSync(join(nodeFor(arch, scratch), 'bin/node'), output)
  await inject(output, readFileSync(join(folder, 'blob')), scratch)
  chmodSync(output, 0o755)
}

/** What has to go with it: our licence, those of what is bundled, and Node's with those of its parts. */
export function oneFileLicences({ root, scratch }) {
  const koffi = join(root, 'node_modules/koffi/LICENSE.txt')
  const node = join(nodeFor('x64', scratch), 'LICENSE')
  return [join(root, 'LICENSE'), join(root, 'dist/THIRD-PARTY-NOTICES.txt'), koffi, node]
    .map((file) => readFileSync(file, 'utf8').trim())
    .join(`\n\n${'='.repeat(100)}\n\n`)
    .concat('\n')
}

async function bundleInto(folder, root, frequent) {
  const common = { absWorkingDir: root, bundle: true, platform: 'node', format: 'cjs' }
  await build({
    ...common,
    entryPoints: ['src/one-file/main.ts'],
    outfile: join(folder, 'one-file.cjs'),
    target: 'node24',
    define: { FREQUENT: JSON.stringify([...frequent]) },
    legalComments: 'none',
    logLevel: 'warning',
  })
  const heap = join(folder, 'heap.cjs')
  await build({ ...common, entryPoints: ['src/supervisor/attempt.ts'], outfile: heap })
  return createRequire(import.meta.url)(heap)
}

function nodeFor(arch, scratch) {
  return fetchPackage({ ...pinned(`node-linux-${arch}`), scratch })
}

/** postject is what Node's documentation names for it. */
async function inject(executable, blob, scratch) {
  const postject = fetchPackage({ ...pinned('postject'), scratch })
  const { inject: injected } = createRequire(import.meta.url)(join(postject, 'dist/api.js'))
  const { warn } = console
  // It warns of each of Node's notes, in which it changes nothing.
  console.warn = () => undefined
  try {
    await injected(executable, RESOURCE, blob, { sentinelFuse: FUSE })
  } finally {
    console.warn = warn
  }
}

function pinned(name) {
  const pins = JSON.parse(readFileSync(new URL('pins.json', import.meta.url), 'utf8'))
  return { name, ...pins[name] }
}
