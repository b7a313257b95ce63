import type { PolicyId } from '../../../policy/policies/index.js'
import type { Meaning } from '../meaning.js'
import type { QuestionId } from '../questions.js'

/** Columns of the table, in a word. */
export const QUESTION_TITLES: Readonly<Record<QuestionId, string>> = {
  idle: 'IDLE',
  taken: 'TAKEN',
  both: 'BOTH',
  later: 'LATER',
  'no-iommu': 'NO IOMMU',
}

/** The question about a function and another one that its reset affects; null: there is none. */
export const QUESTION_WORDS: Readonly<
  Record<QuestionId, (device: string, sibling: string | null) => string>
> = {
  idle: (device, sibling) =>
    sibling === null
      ? `alice has ${device}. May she hot-reset it?`
      : `alice has ${device}, nobody has ${sibling}. May she hot-reset?`,
  taken: (device, sibling) => `alice has ${device}, bob has ${sibling}. May she?`,
  both: () => 'alice has everything that the reset affects. May she?',
  later: (_, sibling) => `as idle, and then bob wants ${sibling}. May he have it?`,
  'no-iommu': (_, sibling) =>
    sibling === null
      ? 'as idle, without an IOMMU. May she?'
      : 'as both, without an IOMMU. May she?',
}

/** What the answers come to, in a sentence. */
export const MEANING_WORDS: Readonly<Record<Meaning, string>> = {
  'idle-counts': 'Idle functions count too: whoever has all may.',
  unstable: 'The answer turns when bob opens: not stable.',
  'locks-out': 'Bob is locked out: the order of start decides.',
  'all-up-front': 'Nobody can claim before they have all.',
  'one-group': 'One IOMMU group: one user has all or nothing.',
  'no-interface': 'This kernel has no such interface.',
  never: 'Refused even to whoever has all.',
  alone: 'The reset affects nothing else.',
  anybody: 'Whoever has the function may.',
  undecided: 'What was not read decides.',
}

/** What the questions do not show of a policy; of the others they show all. */
export const POLICY_REMARKS: Readonly<Partial<Record<PolicyId, string>>> = {
  iommufd: 'No list of files.',
  'device-fd-as-group': 'One fd for each group.',
  closure: 'Its groups whole.',
  'ctx-or-group-in-set': 'Not by a group beyond it.',
}
