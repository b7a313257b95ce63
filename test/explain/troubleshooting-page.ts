import { CATALOGUE } from '../../src/explain/catalogue/catalogue.js'
import { DIAGNOSES, type DiagnosisId } from '../../src/explain/catalogue/diagnosis.js'
import type { Effect } from '../../src/explain/catalogue/diagnosis-kind.js'
import { BECOMES } from '../../src/explain/catalogue/follows.js'
import type { ByPlatform, Cure } from '../../src/explain/catalogue/platform.js'
import { readableText } from '../../src/explain/catalogue/template.js'
import { ERRNO_HINTS } from '../../src/explain/catalogue/words/cause-words.js'
import { DIAGNOSIS_WORDS } from '../../src/explain/catalogue/words/diagnosis-words.js'
import { ORIGIN_WORDS } from '../../src/explain/catalogue/words/origin-words.js'
import { EFFECT_WORDS } from '../../src/explain/report/effect-words.js'

/** Texts of one diagnosis that are shown. */
const SHOWN = 4

const HEAD = `# Troubleshooting

What you see, and what it means. Give the log to \`vfio-reset explain\`: it finds the message, compares it with the host, and says
whether it matters there.

    journalctl -b -k | vfio-reset explain
    vfio-reset explain < /var/log/libvirt/qemu/win10.log
    vfio-reset explain --capture host.tar.gz < log-of-that-host.txt

To find it here, search for a few words of the message, or go by the symptom. What is written in \`{braces}\` differs from case to case.

Where to look for the message:

| what runs the VM | where its messages are |
|---|---|
| libvirt | \`/var/log/libvirt/qemu/NAME.log\`; \`journalctl -u libvirtd\` |
| Proxmox VE | the output of the start task; \`journalctl -b\` |
| KubeVirt | \`kubectl describe\` of the VM's pod; the log of its container \`compute\` |
| QEMU by hand | its standard error |
| all of them | the kernel log of the host at that moment: \`journalctl -k\`, \`dmesg -T\` |

No message at all, and the guest's screen stays black or its driver gives up: look in the host's kernel log at the moment of the
start for “can't reserve”, “Invalid PCI ROM header”, “not ready” and “IO_PAGE_FAULT”, and whether the device was reset:
\`vfio-reset inspect DEVICE\`.

This page is made from the catalogue of messages (\`src/explain/catalogue\`); [explain.md](explain.md) tells how to add one.
`

/** Symptoms in the order in which they are told; harmless ones come last, as a list. */
const ORDER: readonly Exclude<Effect, 'harmless'>[] = [
  'no-start',
  'not-bound',
  'no-iommu',
  'old-state',
  'gone',
  'fails-inside',
  'vm-stops',
  'removed',
  'vfs-gone',
  'waits',
  'stalls',
  'blocked',
  'no-driver',
  'undone',
  'less-safe',
]

/** `docs/troubleshooting.md`. */
export function troubleshootingPage(): string {
  const ids = Object.keys(DIAGNOSES) as DiagnosisId[]
  const byEffect = (effect: Effect): readonly DiagnosisId[] =>
    ids.filter((id) => DIAGNOSES[id].effect === effect)
  const sections = ORDER.map((effect) => [
    `\n## ${EFFECT_WORDS[effect].replace(/\.$/, '')}`,
    ...byEffect(effect).map(entry),
  ])
  return `${[HEAD, contents(), ...sections.flat(), harmless(byEffect('harmless'))].join('\n')}\n`
}

function contents(): string {
  const lines = [...ORDER, 'harmless' as const].map((effect) => {
    const title = EFFECT_WORDS[effect].replace(/\.$/, '')
    return `- [${title}](#${anchorOf(title)})`
  })
  return lines.join('\n')
}

/** The anchor that GitHub gives a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')
}

function entry(id: DiagnosisId): string {
  const { title, answer, meaning, hint } = DIAGNOSIS_WORDS[id]
  return [
    '',
    `### ${headed(title)}`,
    '',
    ...textsOf(id).map((text) => `    ${text}`),
    '',
    ...(answer === undefined ? [] : [`**${answer}**`]),
    meaning,
    ...cures(hint),
    ...errnoCures(id),
  ].join('\n')
}

/** A title as a heading; the names of programs stay as they are. */
function headed(title: string): string {
  return /^(?:libvirt|vfio-pci|vendor-reset)\b/.test(title)
    ? title
    : title.replace(/^./, (letter) => letter.toUpperCase())
}

function errnoCures(id: DiagnosisId): readonly string[] {
  return Object.entries(ERRNO_HINTS[id] ?? {}).flatMap(([errno, cure]) =>
    typeof cure === 'string' ? ['', `With ${errno}: ${cure}`] : [],
  )
}

/** Texts by which it shows itself, those of different programs first. */
function textsOf(id: DiagnosisId): readonly string[] {
  const { id: own } = BECOMES.find(({ becomes }) => becomes === id) ?? { id }
  const rows = CATALOGUE.filter((known) => known.id === own && known.era !== 'proposed')
  const seen = new Set<string>()
  const first = rows.filter(({ origin }) => !seen.has(origin) && seen.add(origin))
  const all = [...new Set([...first, ...rows])].slice(0, SHOWN)
  return all.map(({ origin, text }) => `${ORIGIN_WORDS[origin]}: ${readableText(text)}`)
}

const PLATFORMS: Readonly<Record<keyof ByPlatform, string>> = {
  intel: 'Intel',
  amd: 'AMD',
  x86: 'PC',
  arm: 'ARM',
  guest: 'in a virtual machine',
  other: 'elsewhere',
}

function cures(hint: Cure): readonly string[] {
  if (hint === null) return []
  if (typeof hint === 'string') return ['', `What to do: ${hint}`]
  const names = Object.keys(PLATFORMS) as (keyof ByPlatform)[]
  return [
    '',
    'What to do:',
    '',
    ...names.flatMap((name) => {
      const cure = hint[name]
      return cure === undefined ? [] : [`- ${PLATFORMS[name]}: ${cure}`]
    }),
  ]
}

function harmless(ids: readonly DiagnosisId[]): string {
  return [
    '\n## Harmless',
    '',
    'Nothing is wrong, or nothing that keeps a VM from running:',
    '',
    ...ids.map((id) => {
      const { title, meaning } = DIAGNOSIS_WORDS[id]
      const [text = ''] = textsOf(id)
      return `- **${title}** (\`${text.replaceAll('`', "'")}\`): ${meaning}`
    }),
  ].join('\n')
}
