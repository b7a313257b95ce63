import { bullet, finish, heading, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import { isHypothetical } from '../policy.js'
import type { PoliciesReport } from './policies-document.js'

type PolicyEntry = PoliciesReport['policies'][number]

/** `policies` for people: every rule in words, which kernel has it, and where it was proposed. */
export function renderPolicies({ policies, summary }: PoliciesReport, style: Style): Printable {
  const has = policies.filter((policy) => !isHypothetical(policy))
  const hypothetical = policies.filter(isHypothetical)
  return finish(
    [
      ...paragraph(`${summary} Choose one with inspect --policy ID.`, style),
      ...heading('Policies that kernels have', style),
      ...has.flatMap((policy) => policyLines(policy, style)),
      ...heading('Policies that were proposed; no kernel has them', style),
      ...hypothetical.flatMap((policy) => policyLines(policy, style)),
      ...heading('Words', style),
      ...WORDS.flatMap((text) => bullet(text, style)),
    ],
    style,
  )
}

const WORDS = [
  'dev_set: the functions bound to vfio drivers that VFIO resets together, those of one slot or one bus.',
  'IOMMU group: the functions that the IOMMU cannot tell apart; its file is /dev/vfio/N.',
  'context: an open /dev/iommu, to which a process binds functions through their device files (cdevs).',
  'opened: some process has the function open, through its group or its device file.',
] as const

function policyLines({ id, title, rule, origin, implementedSince }: PolicyEntry, style: Style) {
  const since = implementedSince === null ? '' : `, since Linux ${implementedSince}`
  return [
    '',
    ...paragraph(id, style, { by: 2, tone: 'strong' }),
    ...paragraph(`${title}${since}`, style, { by: 4 }),
    ...paragraph(rule, style, { by: 4 }),
    ...paragraph(`${origin.by}, ${origin.date}: ${origin.subject}`, style, {
      by: 4,
      tone: 'faint',
    }),
  ]
}
