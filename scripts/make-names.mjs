import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/**
 * Makes the short list of names that ships with the tool out of a whole pci.ids:
 * `node scripts/make-names.mjs /usr/share/misc/pci.ids`. Every vendor and class, and the devices of those who make what is
 * given to VMs: display, network, storage, accelerators, and the bridges and controllers beside them.
 */
const MAKERS = new Set(
  [
    // Processors and their chipsets, display, accelerators
    '1002 1022 1d94 8086 10de 1a03 1ae0 1da3 1d0f 1d17 1ed5 1e52 1eae 1e60 1ee4',
    // Networks
    '10ec 11ab 1077 10df 1425 14c3 14e4 15b3 168c 17cb 1924 1969 19a2 19e5 1b4b 1d6a 1dd8',
    // Storage
    '025e 1000 1179 126f 1344 144d 15b7 1987 1bb1 1c36 1c5c 1c58 1cc1 1e0f 1e3b 1e49 1e4b 1e95 1f0f 2646 9005 c0a9',
    // USB, bridges, switches, and virtual machines
    '10b5 1106 1217 1912 1b21 1b73 1b85 1234 15ad 1af4 1b36 8087',
  ].flatMap((line) => line.split(' ')),
)
const OUTPUT = fileURLToPath(new URL('../share/pci.ids.gz', import.meta.url))

const [, , source = '/usr/share/misc/pci.ids'] = process.argv
const lines = readFileSync(source, 'utf8').split('\n')
const version = lines.find((line) => line.startsWith('#\tVersion:')) ?? '#\tVersion: unknown'
const text = [...header(version), ...kept(lines), ''].join('\n')
writeFileSync(OUTPUT, gzipSync(text, { level: 9 }))

function header(version) {
  return [
    '# A part of the PCI ID database, https://pci-ids.ucw.cz, made by scripts/make-names.mjs of vfio-reset: all vendors and',
    '# classes, and the devices of those who make what is given to virtual machines.',
    version,
    '# Maintained by Albert Pool, Martin Mares and other volunteers. It can be distributed under the GNU General Public',
    '# License (version 2 or higher) or the 3-clause BSD License; here it is under the latter.',
  ]
}

function* kept(lines) {
  let whole = false
  for (const line of lines) {
    if (line.startsWith('#') || line === '') continue
    if (!line.startsWith('\t')) whole = line.startsWith('C ') || MAKERS.has(line.slice(0, 4))
    const isSubsystem = line.startsWith('\t\t') && !isClassPart(line)
    if (!line.startsWith('\t') || (whole && !isSubsystem)) yield line
  }
}

/** Programming interfaces of classes have two digits, subsystems of devices two times four. */
function isClassPart(line) {
  return /^\t\t[0-9a-f]{2} {2}/.test(line)
}
