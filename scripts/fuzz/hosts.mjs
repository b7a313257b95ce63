import { mutateBytes, mutateText, STRANGE } from './random.mjs'

/** What can happen to one entry of an archive or a tree. */
const CHANGES = [
  (random, entry) => {
    entry.body = mutateBytes(random, entry.body)
  },
  (random, entry) => {
    entry.link = random.chance(0.5) ? random.pick(STRANGE) : '../'.repeat(random.below(40))
  },
  (random, entry) => {
    entry.path = mutateText(random, entry.path)
  },
  (random, entry) => {
    entry.type = random.pick(['0', '1', '2', '3', '5', '6', 'x', 'g', 'L', 'S'])
  },
  (random, entry) => {
    entry.body = Buffer.from(mutateText(random, entry.body.toString('latin1')), 'latin1')
  },
  (random, _, all) => {
    all.splice(random.below(all.length), 1)
  },
  (random, entry, all) => {
    all.push({ ...random.pick(all), path: mutateText(random, entry.path) })
  },
  (random, entry, all) => {
    Object.assign(entry, { type: '2', body: Buffer.alloc(0), link: random.pick(all).path })
  },
]

/** Entries of a host, some of them changed: bytes, targets, names, types, sizes. */
export function changedEntries(random, entries) {
  const changed = entries.map((entry) => ({ ...entry }))
  for (let round = 1 + random.below(10); round > 0; round--) {
    random.pick(CHANGES)(random, random.pick(changed), changed)
  }
  return changed
}

/** A host in which every name and text that a stranger chooses holds something strange. */
export function namedEntries(random, entries) {
  return entries.map((entry) => {
    const strange = random.pick(STRANGE).replace(/[/\0]/g, '_').slice(0, 200) || 'x'
    const path = entry.path.replace(/(slots\/|class\/net\/|net\/)([^/]+)/, (all, folder) =>
      random.chance(0.6) ? folder + strange : all,
    )
    const isText =
      /(?:comm|cmdline|label|version|mountinfo|swaps|route|active|hostname|osrelease)$/.test(path)
    const isLink = entry.type === '2' && /driver$/.test(path)
    if (isText)
      return {
        ...entry,
        path,
        body: Buffer.from(
          random.chance(0.5) ? `${strange}\n` : mutateText(random, entry.body.toString()),
        ),
      }
    return isLink && random.chance(0.5)
      ? { ...entry, path, link: entry.link.replace(/[^/]+$/, strange) }
      : { ...entry, path }
  })
}

export const MARK = 'zqmarked'
const SECRETS = [
  MARK,
  'ZQMARKED7',
  `user@${MARK}.example.com`,
  `/home/${MARK}/x`,
  `password=${MARK}`,
  `LABEL=${MARK}`,
  `//${MARK}/share`,
  `iqn.2001-04.com.example:${MARK}`,
  `${MARK}\\040b`,
  `redacted-${MARK}`,
]

/** A host with marked secrets in its files and names; of those that stay whatever they are called, none. */
export function secretEntries(random, entries) {
  return entries.map((entry) => {
    if (/drivers|driver$|module|config$|uevent$/.test(entry.path) || !random.chance(0.3))
      return entry
    const secret = random.pick(SECRETS)
    if (entry.type === '0') {
      const text = entry.body.toString('latin1').trimEnd()
      const body = random.pick([
        `${text} ${secret}\n`,
        `${text}\n${secret}\n`,
        `${secret}\n`,
        `${secret} ${text}\n`,
      ])
      return { ...entry, body: Buffer.from(body, 'latin1') }
    }
    if (entry.type === '2' && random.chance(0.2))
      return { ...entry, link: `${entry.link}/${secret}` }
    return entry
  })
}
