/**
 * The layers of the tool, from the top; src/main.ts stands above them. Imports point down only. Each rule tells the
 * offender where the code belongs (docs/ARCHITECTURE.md: "where does my change go?").
 */
const LAYERS = [
  'commands',
  'cli',
  'page',
  'report',
  'drawing',
  'explain',
  'preflight',
  'inputs',
  'diff',
  'capture',
  'execution',
  'simulation',
  'policy',
  'vfio',
  'iommu',
  'pci',
  'uapi',
  'host',
]

/** What each layer has never heard of, and what to do instead. */
const ADVICE = {
  cli: 'cli turns a command line into calls; the verbs themselves live in commands.',
  page: 'page is the script of the HTML report: it runs in browsers. Files and hashes belong to cli.',
  drawing:
    'drawing places and draws plain nodes. What they are and what they are called belongs to report.',
  report:
    'A report is data and text made from verdicts. Streams, flags and exit codes belong to cli.',
  explain:
    'explain knows messages and what they are about. Words, and the host that they are compared with, belong to report.',
  preflight: 'preflight judges the start of a VM on plain data. Words and layout belong to report.',
  inputs:
    'inputs read what other programs write about a VM. What it means for a host belongs to preflight.',
  diff: 'diff compares two analysed hosts as plain data. Words and layout belong to report.',
  capture:
    'capture makes captures of what was read, as plain data. Files, commands and salts belong to cli.',
  execution: 'execution performs steps on the running kernel. Words and layout belong to report.',
  simulation:
    'simulation plays steps on a model of the host. What touches a kernel belongs to execution.',
  policy: 'A policy judges a plain case. Words and layout belong to report.',
  vfio: 'vfio mirrors what the kernel groups and resets. Who may do it is decided in policy.',
  iommu: 'iommu knows groups and ACS. Device sets and resets belong to vfio.',
  pci: 'pci decodes functions and topology. Grouping belongs to iommu, resets to vfio.',
  uapi: 'uapi is the wire format of the ioctls and the calls themselves; what they mean belongs to vfio.',
  host: 'host reads files and interprets nothing. Decoding belongs to pci.',
}

/** Modules that may touch the outside: files, processes, threads, the terminal. */
const OUTSIDE = [
  '^src/main\\.ts$',
  '^src/commands/',
  '^src/cli/',
  '^src/host/(archive|attribute-file|config-file|config-worker|deadline-reader|directory-tree|places|prefix-file)',
  '^src/host/(read-pci-ids|serve-reads)',
  '^src/uapi/',
]

const layerRules = LAYERS.slice(1).map((layer, index) => ({
  name: `${layer}-imports-downward`,
  comment: ADVICE[layer],
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(main\\.ts|(${LAYERS.slice(0, index + 1).join('|')})/)` },
}))

export default {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or share a third below both.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'outside-only-at-the-edge',
      comment:
        'Read through HostTree (src/host/tree/tree.ts); clock, environment and terminal come in as arguments from cli.',
      severity: 'error',
      from: { path: '^src/', pathNot: OUTSIDE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|url|util)(/|$)' },
    },
    {
      name: 'oclif-only-in-commands-and-cli',
      comment: 'oclif is how the command line gets in; nothing below cli may depend on it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts|commands/|cli/)' },
      to: { path: 'node_modules/@oclif/' },
    },
    {
      name: 'cli-table3-only-in-table',
      comment:
        'Tables are drawn by src/text/table.ts: it keeps colour out of pipes and large tables fast.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/report/table\\.ts$' },
      to: { path: 'node_modules/cli-table3/' },
    },
    {
      name: 'ora-only-in-progress',
      comment:
        'Show progress through src/cli/progress.ts: on stderr, only on a terminal, only when it takes long.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/progress\\.ts$' },
      to: { path: 'node_modules/ora/' },
    },
    {
      name: 'heavy-libraries-lazily',
      comment:
        'These cost more to load than a whole run of the tool: import() them where they are used.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: 'node_modules/(ora|execa|koffi)/',
        dependencyTypesNot: ['type-only'],
        dynamic: false,
      },
    },
    {
      name: 'nothing-imports-main',
      comment: 'src/main.ts is where the program starts; what others need from it belongs to cli.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'not-to-test',
      comment: 'The product must not depend on its tests.',
      severity: 'error',
      from: { path: '^(src|bin|scripts)/' },
      to: { path: '^test/' },
    },
    {
      name: 'resolvable',
      comment: 'This import leads nowhere: a typo, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
