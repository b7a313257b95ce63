import { describe, expect, it } from 'vitest'
import type { Gap } from '../../src/host/gap.js'
import { GAP_WORDS, tellGap } from '../../src/host/gap-words.js'
import { tellWarning, WARNING_WORDS } from '../../src/inspect/warning-words.js'
import { tellIsolation } from '../../src/iommu/finding-words.js'
import type { IsolationFinding } from '../../src/iommu/findings.js'
import type { Reason } from '../../src/policy/reason.js'
import { tellReason } from '../../src/policy/reason-words.js'
import type { ByKind, Words } from '../../src/text/word-table.js'
import { at } from '../support/report-of.js'

const A = at('0000:65:00.0')
const B = at('0000:65:00.1')
const GAP: Gap = { path: 'sys/x/config', why: 'truncated', detail: '64 of 4096 bytes' }

/** One fact of every kind: the compiler asks for each. */
const REASONS: ByKind<Reason> = {
  'no-reset': { kind: 'no-reset', address: A },
  'root-bus': { kind: 'root-bus', address: A },
  'virtual-bus': { kind: 'virtual-bus', address: A },
  'no-bus-reset': { kind: 'no-bus-reset', address: A },
  'bridge-inside': { kind: 'bridge-inside', address: A },
  unbound: { kind: 'unbound', address: A },
  'foreign-driver': { kind: 'foreign-driver', address: A, driver: 'nvidia' },
  'other-dev-set': { kind: 'other-dev-set', address: A },
  'slot-moved': { kind: 'slot-moved', address: A },
  'vf-split': { kind: 'vf-split', address: A },
  blocked: { kind: 'blocked' },
  'group-not-owned': { kind: 'group-not-owned', address: A, group: 14 },
  'other-context': { kind: 'other-context', address: A, pid: 4242 },
  'group-not-viable': {
    kind: 'group-not-viable',
    address: B,
    member: B,
    group: 14,
    driver: 'snd_hda_intel',
  },
  'group-busy': { kind: 'group-busy', group: 14, pid: 4242 },
  claimed: { kind: 'claimed', address: A, pid: 4242 },
  'no-cdev': { kind: 'no-cdev' },
  noiommu: { kind: 'noiommu', address: A },
  'no-group': { kind: 'no-group', address: A },
  'not-singleton': { kind: 'not-singleton', address: A },
  'unsafe-interrupts': { kind: 'unsafe-interrupts', address: A },
  mode: { kind: 'mode' },
  array: { kind: 'array' },
  unread: { kind: 'unread', address: A, ...GAP },
}

const FINDINGS: ByKind<IsolationFinding> = {
  'no-acs-capability': { kind: 'no-acs-capability', at: A },
  'acs-not-enabled': { kind: 'acs-not-enabled', at: A, missing: ['RR', 'CR'] },
  'pcie-to-pci-bridge': { kind: 'pcie-to-pci-bridge', at: A },
  'pci-to-pcie-bridge': { kind: 'pci-to-pcie-bridge', at: A },
  'conventional-bridge': { kind: 'conventional-bridge', at: A },
  'conventional-function': { kind: 'conventional-function', at: A },
  'rc-event-collector': { kind: 'rc-event-collector', at: A },
  'quirk-denies': { kind: 'quirk-denies', at: A, quirk: 'zhaoxin-port' },
  'quirk-isolates': {
    kind: 'quirk-isolates',
    at: A,
    quirk: 'intel-pch',
    assumed: true,
    lackedBy: ['6.6.9'],
  },
  'multifunction-not-isolated': { kind: 'multifunction-not-isolated', at: A, with: [B] },
  'grouped-as-single-function': { kind: 'grouped-as-single-function', at: A },
  'dma-alias': { kind: 'dma-alias', at: A, to: B },
  'dma-alias-unpredictable': { kind: 'dma-alias-unpredictable', at: A },
  'vmd-requester': { kind: 'vmd-requester', at: A, vmd: B },
  'strict-sibling-leak': {
    kind: 'strict-sibling-leak',
    at: A,
    port: B,
    permissive: [B],
    reaches: [at('0000:02:01.0')],
  },
  'no-iommu-group': { kind: 'no-iommu-group', at: A, iommuInUse: true },
  'other-grouping-rule': { kind: 'other-grouping-rule', at: A, rule: 'stream-ids' },
  'fake-iommu-group': { kind: 'fake-iommu-group', at: A, group: 0 },
  'isolation-unknown': { kind: 'isolation-unknown', at: A, path: 'sys/x/config', why: 'denied' },
  'acs-override': { kind: 'acs-override', at: A, parameter: 'downstream' },
  'acs-cleared-since': { kind: 'acs-cleared-since', at: A, missing: ['RR'] },
  'quirk-not-active': { kind: 'quirk-not-active', at: A, quirk: 'intel-pch' },
  'acs-enabled-since': { kind: 'acs-enabled-since', at: A },
  'ivrs-alias-possible': { kind: 'ivrs-alias-possible', at: A },
  'acs-parameter': { kind: 'acs-parameter', parameter: 'config_acs', value: '11101@0:1.0' },
  'difference-unexplained': { kind: 'difference-unexplained', at: A },
}

const SENTENCE = /^\S.*\.$/

function expectGoodWords({ words, sentence }: { words: Words; sentence: string }): void {
  expect(sentence).toMatch(SENTENCE)
  expect(sentence).not.toMatch(/undefined|\[object|\s{2}|\.\./)
  expect(words.title).toMatch(/^[^.]+$/)
  if (words.hint !== null) expect(words.hint).toMatch(/^[A-Z].*[.]$/)
}

describe('words for reasons', () => {
  it.each(Object.values(REASONS))('$kind', (reason) => {
    expectGoodWords(tellReason(reason))
    if ('address' in reason && reason.address !== null && reason.kind !== 'unread') {
      expect(tellReason(reason).sentence).toContain(reason.address)
    }
  })

  it('say what the fact says', () => {
    expect(tellReason(REASONS['foreign-driver']).sentence).toBe(
      '0000:65:00.0 is bound to nvidia. The reset affects it, so it must be bound to vfio-pci instead.',
    )
    expect(tellReason(REASONS['group-not-viable']).sentence).toBe(
      'Group 14 does not open: its member 0000:65:00.1 is bound to snd_hda_intel.',
    )
    expect(tellReason({ ...REASONS['group-not-owned'], group: null }).sentence).not.toContain(
      'null',
    )
  })

  it('keep the three rules apart', () => {
    expect(tellReason(REASONS.unbound).words.rule).toBe('completeness')
    expect(tellReason(REASONS['group-not-viable']).words.rule).toBe('viability')
    expect(tellReason(REASONS['group-not-owned']).words.rule).toBe('ownership')
  })
})

describe('words for isolation', () => {
  it.each(Object.values(FINDINGS))('$kind', (finding) => {
    expectGoodWords(tellIsolation(finding))
    if ('at' in finding) expect(tellIsolation(finding).sentence).toContain(finding.at)
  })

  it('name the bits and count them', () => {
    expect(tellIsolation(FINDINGS['acs-not-enabled']).sentence).toBe(
      '0000:65:00.0 could enforce RR (request redirect) and CR (completion redirect), but they are switched off.',
    )
    expect(tellIsolation({ ...FINDINGS['acs-not-enabled'], missing: ['UF'] }).sentence).toContain(
      'UF (upstream forwarding), but that is switched off',
    )
  })

  it('does not list a crowd', () => {
    const others = Array.from({ length: 30 }, () => B)
    const { sentence } = tellIsolation({ ...FINDINGS['multifunction-not-isolated'], with: others })
    expect(sentence).toContain('and 23 more')
  })
})

describe('words for gaps', () => {
  it.each(Object.keys(GAP_WORDS) as Gap['why'][])('%s', (why) => {
    const told = tellGap({ ...GAP, why })
    expectGoodWords(told)
    expect(told.words.copyHint).toMatch(/^[A-Z].*\.$/)
  })
})

describe('words for warnings', () => {
  it.each(Object.keys(WARNING_WORDS) as (keyof typeof WARNING_WORDS)[])('%s', (kind) => {
    expectGoodWords(tellWarning({ kind, address: A, detail: 'a detail' }))
    expectGoodWords(tellWarning({ kind, detail: 'a detail' }))
  })
})
