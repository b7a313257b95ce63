import { gzipSync } from 'node:zlib'
import { FUNCTION, READERS } from './kinds.mjs'
import { STRANGE } from './random.mjs'

const VARIABLES = [
  ...['TERM', 'COLUMNS', 'LINES', 'LANG', 'LC_ALL', 'NO_COLOR', 'FORCE_COLOR', 'SOURCE_DATE_EPOCH'],
  ...['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'DEBUG', 'OCLIF_COLUMNS', 'CI', 'TMPDIR', 'PATH'],
  ...['VFIO_RESET_JSON', 'VFIO_RESET_THEME'],
]

/** Node itself dies by SIGSEGV of a long LANG or LC_ALL, `/nonexistent` too, before it runs anything (ICU, seen with 20.20). */
function valuesOf(name) {
  const plain = ['0', '1', 'C.UTF-8', 'dumb', '*', '']
  if (name === 'LANG' || name === 'LC_ALL') return plain
  return [
    ...plain,
    '/nonexistent',
    ...STRANGE.map((text) => text.replaceAll('\0', '').slice(0, 500)),
  ]
}

/** The command on the demo host, if it takes one. */
function demoOf(argv) {
  return ['policies', '--help', '--version'].includes(argv[0]) ? argv : [...argv, '--demo']
}

/** Kinds that need a process of their own. */
export const PROCESS_KINDS = {
  environment: (random) => ({
    argv: demoOf(random.pick([...READERS, ['policies'], ['--help'], ['--version']])),
    env: Object.fromEntries(
      random.some(VARIABLES, 6).map((name) => [name, random.pick(valuesOf(name))]),
    ),
    files: {},
  }),
  signals: (random, { demoTar }) => ({
    argv: random.pick([
      ['capture', '--demo', '-o', '@out.tgz'],
      ['capture', '--capture', '@host.tgz', '--redact', '-o', '@out.tgz'],
      ['report', '--demo', '--html', '@out.tgz'],
      ['inspect', '--demo', '--json'],
      ['hook', 'systemd', '--capture', '@host.tgz', '--', FUNCTION],
    ]),
    files: { 'host.tgz': gzipSync(demoTar, { level: 1 }) },
    writes: ['out.tgz'],
    signal: random.pick([
      'SIGINT',
      'SIGTERM',
      'SIGHUP',
      'SIGQUIT',
      'SIGALRM',
      'SIGUSR1',
      'SIGUSR2',
      'SIGXCPU',
      'SIGPIPE',
      'SIGVTALRM',
    ]),
    after: random.below(600),
  }),
  streams: (random) => ({
    argv: demoOf(random.pick([...READERS, ['policies'], ['--help'], ['capture', '-o', '-']])),
    files: {},
    streams: random.pick([
      '>&-',
      '2>&-',
      '<&-',
      '>/dev/full',
      '2>/dev/full',
      '>&- 2>&-',
      '| head -c 10',
    ]),
    limits: random.chance(0.3) ? `ulimit -n ${24 + random.below(20)}; ` : '',
  }),
}
