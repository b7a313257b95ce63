import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LICENCES = fileURLToPath(new URL('licences', import.meta.url))

const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

/** Names of vendors and devices, which are no package (`make-names.mjs`). */
const NAMES = `pci.ids (BSD-3-Clause), a part of it, in share/pci.ids.gz\n\n${readFileSync(join(LICENCES, 'pci.ids.txt'), 'utf8')}`

/**
 * The licences of all packages that went into a bundle, and of the names: each asks to travel with its code. `inputs` is esbuild's
 * list.
 */
export function thirdPartyNotices(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => PACKAGE_FOLDER.exec(path)?.[1] ?? []))
  return [...[...folders].sort().map((folder) => noticeOf(join(root, folder))), NAMES].join(
    `\n${'-'.repeat(80)}\n\n`,
  )
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder)
    .filter((entry) => /^(?:licen[cs]e|notice|copying)/i.test(entry))
    .map((entry) => join(folder, entry))
  // A package that forgot it: from its repository, `scripts/licences/NAME.txt`. None of both stops the build.
  if (texts.length === 0) texts.push(join(LICENCES, `${name.replace('/', '__')}.txt`))
  const whole = texts.map((text) => `\n${readFileSync(text, 'utf8').trim()}\n`).join('')
  return `${name} ${version} (${license})\n${whole}`
}
