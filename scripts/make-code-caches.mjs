// Makes V8's code cache of each command that runs often (docs/adr/0005-a-code-cache-of-the-package.md). Called by the build.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GPU = '0a:00.0'

/** What each of them is asked: what it runs for that is in its cache, and nothing else. */
const QUESTIONS = {
  inspect: [
    ['inspect', '--demo'],
    ['inspect', '--demo', GPU],
    ['inspect', '--demo', '--json'],
  ],
  preflight: [
    ['preflight', '--demo', GPU],
    ['preflight', '--demo', GPU, '--json'],
  ],
  explain: [
    ['explain', '--demo', `vfio-pci 0000:${GPU}: not ready 1023ms after bus reset; waiting`],
  ],
  policies: [['policies'], ['policies', '--json']],
  hook: [['hook', 'systemd', '--capture', `${ROOT}share/demo.tar.gz`, '--', GPU]],
}

/** What a process is started with that somebody waits for (`src/supervisor/attempt.ts`). */
const WATCHED = ['--max-old-space-size=768']

const [, , command] = process.argv
if (command === undefined) {
  for (const each of Object.keys(QUESTIONS)) {
    makeIn(each, [])
    makeIn(each, WATCHED)
  }
} else {
  const { writeCache } = createRequire(import.meta.url)('../bin/load.js')
  await writeCache(command, async ({ main }) => {
    for (const question of QUESTIONS[command]) await main(question, ROOT)
  })
}

/** In a process of its own, whose output nobody wants. */
function makeIn(each, flags) {
  const words = [...flags, fileURLToPath(import.meta.url), each]
  const { status, stderr } = spawnSync(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`no code cache for ${each}: ${stderr}`)
}
