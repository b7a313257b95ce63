import { expect, it } from 'vitest'
import type { Change, VerdictChange } from '../../../src/diff/change.js'
import { diffSummary } from '../../../src/diff/report/summary-text.js'
import { fullAddress } from '../../support/ask.js'

const SAME_MACHINE = { different: false, matching: 4, before: 4, after: 4 } as const
const RELEASE: Change = {
  kind: 'kernel-release',
  devices: [],
  before: '6.1.0',
  after: '6.12.118',
  cause: null,
}

function flip(
  text: string,
  before: VerdictChange['before']['outcome'],
  after: VerdictChange['after']['outcome'],
  policy: VerdictChange['policy'] = 'group-fds',
): VerdictChange {
  const ending = (outcome: VerdictChange['after']['outcome']) => ({
    outcome,
    errno: outcome === 'refused' ? ('EINVAL' as const) : null,
    at: null,
    reasons: [],
  })
  return {
    kind: 'verdict',
    policy,
    devices: [fullAddress(text)],
    before: ending(before),
    after: ending(after),
    cause: null,
  }
}

it.each<readonly [string, readonly Change[], string]>([
  [
    'one function',
    [flip('01:00.0', 'permitted', 'refused'), flip('01:00.0', 'permitted', 'refused', 'iommufd')],
    'A hot reset of 0000:01:00.0 was permitted, and is refused now.',
  ],
  [
    'another errno',
    [flip('01:00.0', 'refused', 'refused'), RELEASE],
    'A hot reset of 0000:01:00.0 is refused for another reason now. 1 other difference.',
  ],
  [
    'policies that go two ways',
    [
      flip('01:00.0', 'permitted', 'refused'),
      flip('01:00.0', 'refused', 'undetermined', 'iommufd'),
    ],
    'A hot reset of 0000:01:00.0 is answered otherwise now, by each policy in its own way.',
  ],
  [
    'several functions, alike and not',
    [
      flip('01:00.0', 'permitted', 'refused'),
      flip('01:00.1', 'permitted', 'refused'),
      flip('02:00.0', 'permitted', 'undetermined'),
    ],
    'Hot resets of 3 functions are answered otherwise: 0000:01:00.0, 0000:01:00.1 were permitted, and are refused now; 0000:02:00.0 was permitted, and is unknown now.',
  ],
  ['no verdict', [RELEASE], 'No verdict changed; 1 difference.'],
  ['nothing', [], 'No difference that matters.'],
])('says what changed: %s', (_what, changes, sentence) => {
  expect(diffSummary({ changes, machine: SAME_MACHINE, incomparable: [] })).toBe(sentence)
})
