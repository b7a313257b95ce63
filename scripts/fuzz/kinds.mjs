import { gzipSync } from 'node:zlib'
import { changedEntries, MARK, namedEntries, secretEntries } from './hosts.mjs'
import { mutateBytes, mutateText, STRANGE } from './random.mjs'
import { makeTar } from './tar.mjs'

/*
 * Kinds of hostile input. Each makes a case: `argv`; `files`, laid out in the folder of the case, where `@name` in argv is
 * their path; `stdin`; `env`; what must hold beside the usual: `leaks` (what may stand nowhere), `hook`, `readsBack`.
 */

export const FUNCTION = '0000:01:00.0'
export const READERS = [
  ['inspect'],
  ['inspect', '--all'],
  ['inspect', '--tree'],
  ['inspect', FUNCTION],
  ['inspect', '--json'],
  ['inspect', FUNCTION, '--json'],
  ['preflight', FUNCTION],
  ['preflight', FUNCTION, '--json'],
  ['preflight', FUNCTION, '--plan'],
  ['report'],
  ['report', '--json', '--for', 'kernel'],
  ['doctor'],
  ['doctor', '--json'],
  ['reset', FUNCTION],
  ['reset', FUNCTION, '--json'],
]
const INPUTS = ['libvirt', 'qemu', 'proxmox', 'cloud-hypervisor']

/** The archive of a case, packed or not, and a command that reads it. */
function archiveCase(random, tar) {
  const packed = random.chance(0.5) ? gzipSync(tar, { level: 1 }) : tar
  const bytes = random.chance(0.2) ? mutateBytes(random, packed) : packed
  const base = { files: { 'host.tgz': bytes } }
  const way = random.below(12)
  if (way === 0) return { ...base, argv: ['diff', '@host.tgz', '@host.tgz'] }
  if (way === 1)
    return {
      ...base,
      argv: ['capture', '--capture', '@host.tgz', '-o', '@out.tgz'],
      writes: ['out.tgz'],
      readsBack: 'out.tgz',
    }
  if (way === 2) return { argv: ['inspect', '--capture', '-'], stdin: bytes, files: {} }
  return { ...base, argv: [...random.pick(READERS), '--capture', '@host.tgz'] }
}

const line = (random) => {
  const address = `${random.pick(['', '0000:', 'ffff:', '1:'])}${random.pick(['00', '01', 'ff', 'zz'])}:${random.pick(['00', '1f', '20'])}.${random.below(9)}`
  const hex = () => random.bytes(16).toString('hex').match(/../g).join(' ')
  return random.pick([
    `${address} Host bridge: x`,
    `${address} VGA: ${random.pick(STRANGE)}`,
    `${(random.below(256) * 16).toString(16)}: ${hex()}`,
    `00: 86 80 ${hex().slice(6)}`,
    random.pick(STRANGE),
    '',
  ])
}

const FLAGS = [
  '--json',
  '--all',
  '--tree',
  '--capture',
  '--root',
  '--demo',
  '--kernel',
  '--policy',
  '-n',
  '--owning',
  '--wake',
  '--fail-on',
  '--pci-ids',
  '--redact',
  '--for',
  '-o',
  '--max-size',
  '--libvirt',
  '--qemu',
  '--plan',
  '--plan-style',
  '--via',
  '--unknown',
  '--quiet',
  '--html',
  '--svg',
  '--',
  '--help',
  '--version',
  '-h',
  '--vm',
  '--show-redactions',
]
/** No paths: as a value of `-o` they would be written. */
const WORDS = STRANGE.filter((text) => !/[/\0]/.test(text)).map((text) => text.slice(0, 2000))
const COMMANDS = [
  'inspect',
  'preflight',
  'report',
  'diff',
  'explain',
  'simulate',
  'policies',
  'capture',
  'hook',
  'reset',
  'verify',
  'help',
  '--version',
]
const VALUES = [
  FUNCTION,
  '01:00.0',
  'all',
  'group-fds',
  '6.12',
  '7.3.4',
  '@host.tgz',
  '@out',
  '-',
  'kernel',
  'auto',
  'group',
  '1K',
  '/nonexistent',
  '@host.tgz/x',
]

export const KINDS = {
  archives: (random, { demoTar }) => archiveCase(random, mutateBytes(random, demoTar)),
  entries: (random, { host, demo }) =>
    archiveCase(
      random,
      makeTar(changedEntries(random, random.chance(0.7) ? host : demo), {
        end: random.chance(0.9),
      }),
    ),
  trees: (random, { host }) => ({
    tree: changedEntries(random, host),
    argv: [
      ...random.pick([
        ...READERS,
        ['capture', '-o', '@out.tgz'],
        ['capture', '--redact', '-o', '@out.tgz'],
      ]),
      '--root',
      '@tree',
    ],
    files: {},
    writes: ['out.tgz'],
    readsBack: 'out.tgz',
  }),
  config: (random, { host }) =>
    archiveCase(
      random,
      makeTar(
        host.map((entry) =>
          entry.path.endsWith('/config')
            ? {
                ...entry,
                body: random.chance(0.5)
                  ? mutateBytes(random, entry.body)
                  : random.bytes(random.pick([64, 256, 4096])),
              }
            : entry,
        ),
      ),
    ),
  dumps: (random) => ({
    argv: [...random.pick(READERS), '--capture', '@dump.txt'],
    files: { 'dump.txt': Array.from({ length: random.below(60) }, () => line(random)).join('\n') },
  }),
  vms: (random, materials) => {
    const format = random.pick(INPUTS)
    const flag = random.chance(0.3)
      ? '--vm'
      : `--${random.pick([...INPUTS, format, format, format])}`
    const text = mutateText(random, random.pick(materials[format]))
    return {
      argv: [
        'preflight',
        '--demo',
        flag,
        '@vm',
        ...random.some(['--json', '--plan', '--all', '-q'], 1),
      ],
      files: { vm: text },
    }
  },
  scenarios: (random, { scenarios }) => ({
    argv: [
      'simulate',
      '@s.yaml',
      '--demo',
      ...random
        .some(['--json', '--policy=all', '--kernel=6.1', '-n'], 2)
        .filter((flag) => flag !== '-n'),
    ],
    files: { 's.yaml': mutateText(random, random.pick(scenarios)) },
  }),
  logs: (random, { logs, messages }) => {
    const text = random.chance(0.5)
      ? mutateText(random, random.pick(logs))
      : random
          .some(messages, 30)
          .map((each) => mutateText(random, each))
          .join('\n')
    if (random.chance(0.3))
      return {
        argv: ['explain', '--demo', '--', text.slice(0, 20_000).replaceAll('\0', '')],
        files: {},
      }
    const stdin = random.chance(0.2) ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text)
    return { argv: ['explain', '--demo', ...random.some(['--json', '-'], 1)], stdin, files: {} }
  },
  flags: (random, { demoTar }) => ({
    argv: [random.pick(COMMANDS), ...random.some([...FLAGS, ...VALUES, ...WORDS], 6)],
    files: { 'host.tgz': gzipSync(demoTar, { level: 1 }) },
    stdin: Buffer.alloc(0),
    writes: null,
  }),
  hooks: (random, materials) => {
    const text = mutateText(random, random.pick(materials.libvirt))
    const words = random.pick([
      ['libvirt', '--', random.pick(STRANGE).replaceAll('\0', '') || 'x', 'prepare', 'begin', '-'],
      ['proxmox', '--config', '@vm', '--', '100', 'pre-start'],
      ['systemd', '--qemu', '@vm'],
    ])
    const vm =
      words[0] === 'proxmox'
        ? mutateText(random, random.pick(materials.proxmox))
        : mutateText(random, random.pick(materials.qemu))
    return {
      argv: [
        'hook',
        words[0],
        '--capture',
        '@host.tgz',
        ...random.some(['--unknown=deny', '--unknown=allow', '--only-start'], 1),
        ...words.slice(1),
      ],
      files: { vm, 'host.tgz': gzipSync(materials.demoTar, { level: 1 }) },
      stdin: Buffer.from(text),
      hook: true,
    }
  },
  redaction: (random, { host }) => {
    const tar = makeTar(secretEntries(random, host))
    const name = random.chance(0.5) ? `${MARK}.tgz` : 'host.tgz'
    const base = { files: { [name]: gzipSync(tar, { level: 1 }) }, leaks: /zqmarked/i }
    if (random.chance(0.5))
      return {
        ...base,
        argv: ['capture', '--capture', `@${name}`, '--redact', '-o', '@out.tgz', '--json'],
        writes: ['out.tgz'],
        readsBack: 'out.tgz',
      }
    const format = random.pick(['html', 'svg', 'dot', 'mermaid'])
    return {
      ...base,
      argv: [
        'report',
        '--capture',
        `@${name}`,
        `--${format}`,
        '@out',
        '--for',
        'kernel',
        ...(random.chance(0.3) ? ['--json'] : []),
      ],
      writes: ['out'],
    }
  },
  names: (random, { host }) => {
    const format = random.pick(['html', 'svg', 'dot', 'mermaid', 'markdown'])
    const base = {
      files: { 'host.tgz': gzipSync(makeTar(namedEntries(random, host)), { level: 1 }) },
      format,
    }
    const argv = ['report', '--no-redact', '--capture', '@host.tgz']
    return format === 'markdown'
      ? {
          ...base,
          argv: [
            ...argv,
            '--for',
            random.pick(['qemu', 'kernel', 'libvirt', 'proxmox', 'kubevirt']),
          ],
        }
      : { ...base, argv: [...argv, `--${format}`, '@out'], writes: ['out'] }
  },
}
