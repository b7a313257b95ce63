/**
 * The layers of the tool, from the top; src/main.ts stands above them. Imports point down only. Each rule tells the
 * offender where the code belongs (docs/ARCHITECTURE.md: "where does my change go?").
 */
const LAYERS = [
  'one-file',
  'supervisor',
  'commands',
  'cli',
  'page',
  'bug-report',
  'doctor',
  'explain',
  'topology',
  'execution',
  'export',
  'watching',
  'inspect',
  'preflight',
  'diff',
  'simulation',
  'capture',
  'completion',
  'plan',
  'policy',
  'document',
  'vfio',
  'iommu',
  'pci',
  'kernel',
  'drawing',
  'uapi',
  'host',
  'text',
]

/** What each layer has never heard of, and what to do instead. */
const ADVICE = {
  supervisor:
    'supervisor is started by bin/run.js, and by src/one-file where there is one executable.',
  commands:
    'commands run in the process that does the work; src/supervisor waits for it, and knows no command.',
  cli: 'cli turns a command line into calls; the verbs themselves live in commands.',
  page: 'page is the script of the HTML report: it runs in browsers. Files and hashes belong to cli.',
  'bug-report':
    'bug-report is the text for a tracker, made from the document of inspect. Streams, flags and exit codes belong to cli.',
  doctor: 'doctor judges a machine on plain data. Streams, flags and exit codes belong to cli.',
  explain:
    'explain knows messages and what they are about. Streams, flags and exit codes belong to cli.',
  topology: 'topology is the scene of cards that report draws. Files and flags belong to cli.',
  execution:
    'execution performs steps on the running kernel. Streams, flags and exit codes belong to cli.',
  export:
    'export makes rows, metrics and labels of analysed hosts. Files, clocks and hashes belong to cli.',
  watching:
    'watching knows uevents, conditions and what is told of them. Clocks, processes and loops belong to cli.',
  inspect:
    'inspect is the document about a host and its text. Streams, flags and exit codes belong to cli.',
  preflight:
    'preflight judges the start of a VM on plain data. Streams, flags and exit codes belong to cli.',
  diff: 'diff compares two analysed hosts as plain data. Files and flags belong to cli.',
  simulation:
    'simulation plays steps on a model of the host. What touches a kernel belongs to execution.',
  capture:
    'capture makes captures of what was read, as plain data. Files, commands and salts belong to cli.',
  completion:
    'completion makes scripts for shells out of a plain list of commands and flags; what oclif knows of them belongs to cli.',
  plan: 'plan knows what can be done to a host and how it is spelled. Which steps help belongs to preflight.',
  policy: 'A policy judges a plain case. What a whole host comes to belongs to inspect.',
  document:
    'document holds what all documents share. What only one says belongs to the folder of its command.',
  vfio: 'vfio mirrors what the kernel groups and resets. Who may do it is decided in policy.',
  iommu: 'iommu knows groups and ACS. Device sets and resets belong to vfio.',
  kernel:
    'kernel knows releases, vendors and which change is where. What a rule decides belongs above.',
  pci: 'pci decodes functions and topology. Grouping belongs to iommu, resets to vfio.',
  drawing:
    'drawing places and draws plain nodes. What they are and what they are called belongs to topology.',
  uapi: 'uapi is the wire format of the ioctls and the calls themselves; what they mean belongs to vfio.',
  host: 'host reads files and interprets nothing. Decoding belongs to pci.',
  text: 'text knows strings, lists and widths, and has never heard of PCI.',
}

/** Modules that may touch the outside: files, processes, threads, the terminal. */
const OUTSIDE = [
  '^src/main\\.ts$',
  '^src/commands/',
  '^src/cli/',
  '^src/host/archive/(archive|tar)',
  '^src/host/config/config-file\\.ts$',
  '^src/host/package-file\\.ts$',
  '^src/host/read/read-pci-ids\\.ts$',
  '^src/host/tree/(attribute-file|directory-tree|places)',
  '^src/host/watch/(watch-channel|steady-files|own-mounts)\\.ts$',
  '^src/one-file/',
  '^src/supervisor/',
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
      name: 'answers-stand-above-input-and-output',
      comment:
        'cli/input reads what a user gives, cli/output writes; what a command does with both belongs to cli/answers.',
      severity: 'error',
      from: { path: '^src/cli/(input|output)/' },
      to: { path: '^src/cli/answers/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or share a third below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'analysed-in-one-place',
      comment:
        'Ask for an AnalysedHost (src/vfio/analysed-host.ts): what follows from a host is worked out once and handed down.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/vfio/analysed-host\\.ts$' },
      to: {
        path: '^src/(pci/build-topology|iommu/analyse-isolation)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
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
      from: { path: '^src/', pathNot: '^src/text/table\\.ts$' },
      to: { path: 'node_modules/cli-table3/' },
    },
    {
      name: 'ora-only-in-progress',
      comment:
        'Show progress through src/cli/output/progress.ts: on stderr, only on a terminal, only when it takes long.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/output/progress\\.ts$' },
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
