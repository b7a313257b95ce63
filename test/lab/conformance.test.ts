import { describe, expect, it } from 'vitest'
import { type RunSummary, renderConformance } from '../../lab/conformance.js'
import type { Kernel } from '../../lab/kernels/kernel.js'
import { compareLayouts } from '../../lab/native/layouts.js'
import { type CaseOutcome, judgeCase } from '../../lab/outcome.js'
import { decodeLog, doesHold } from '../../lab/proof.js'

const kernel = (id: string, release: string): Kernel => ({
  id,
  kind: 'distribution',
  package: `linux-image-${release}`,
  version: '1-1',
  release,
  folder: '/k',
  modules: { early: [], late: [] },
})

const outcome = (changed: Partial<CaseOutcome>): CaseOutcome => ({
  kernel: 'debian-6.1',
  topology: 'ports',
  setup: 'plain',
  name: '0000:01:00.0/all/group-own',
  verdict: 'agreed',
  remarks: [],
  ...changed,
})

const RUN: RunSummary = {
  benches: [
    { kernel: kernel('debian-6.1', '6.1.0-56-amd64'), days: ['2026-11-21'], seconds: 100 },
    { kernel: kernel('debian-6.1', '6.1.0-56-amd64'), days: ['2026-11-20'], seconds: 200 },
    { kernel: kernel('debian-newest', '7.3.4'), days: ['2026-11-21'], seconds: 60 },
  ],
  missing: [{ id: 'debian-5.10', reason: 'the archive offers no 5.10 any more' }],
  topologies: [
    { name: 'ports', about: 'bus resets' },
    { name: 'slots', about: 'slot resets' },
  ],
  outcomes: [
    outcome({}),
    outcome({ name: 'random/1/0', remarks: ['step 3: ENOTTY'] }),
    outcome({ topology: 'slots', setup: 'vfs', verdict: 'differs', remarks: ['step 1: no'] }),
    outcome({ topology: 'slots', setup: 'vfs', name: 'random/1/7', verdict: 'differs' }),
    outcome({ kernel: 'debian-newest', verdict: 'undetermined', remarks: ['step 2: ok'] }),
    outcome({ kernel: 'debian-newest', name: 'random/1/8', verdict: 'undetermined' }),
  ],
  known: [
    {
      cause: 'key',
      about: 'fixes it',
      verdict: 'differs',
      open: ['debian-6.1 slots/vfs random/1/7'],
    },
    {
      cause: 'token',
      about: 'keeps it',
      verdict: 'undetermined',
      open: ['debian-newest ports/plain random/1/8'],
    },
  ],
  qemu: '10.0.2',
  native: { layoutDifferences: [], proofs: [] },
  walks: [
    {
      kernel: 'lab-newest',
      via: 'cdev',
      before: 1,
      plan: 0,
      after: 0,
      reset: 4,
      captureAgrees: true,
      holds: false,
    },
  ],
}

describe('the conformance report', () => {
  const report = renderConformance(RUN)

  it('counts agreements by kernel and topology', () => {
    expect(report).toContain(
      '**2 of 6 scenarios agreed** (QEMU 10.0.2, software emulation); 2 differ, 2 are undetermined.',
    )
    expect(report).toContain('| debian-6.1 | 2/2 | 0/2 | 2/4 |\n')
    expect(report).toContain('| debian-newest | 0/2 | - | 0/2 |\n')
    expect(report).toContain('| all | 2/4 | 0/2 | 2/6 |\n')
  })

  it('has a table for each architecture, with the machines that its kernels were asked about', () => {
    const arm = { ...kernel('arm64-newest', '7.3.4-arm64'), architecture: 'arm64' } as const
    const both = renderConformance({
      ...RUN,
      benches: [...RUN.benches, { kernel: arm, days: [], seconds: 0 }],
      outcomes: [...RUN.outcomes, outcome({ kernel: '7.3.4-arm64', topology: 'slots' })],
    })
    expect(both).toContain('| kernel | ports | slots | all |\n')
    expect(both).toContain(
      '| kernel | slots | all |\n| --- | --- | --- |\n| 7.3.4-arm64 | 1/1 | 1/1 |\n',
    )
  })

  it('names what did not agree, what could not be told, and what nobody can predict', () => {
    expect(report).toMatch(/## Disagreements\n\n- debian-6\.1, slots\/vfs, .*: step 1: no\n/)
    expect(report).toMatch(/## Undetermined\n\n- debian-newest, ports\/plain, .*: step 2: ok\n/)
    expect(report).toMatch(/## Unpredictable errnos\n\n[^-]*- debian-6\.1, .*: step 3: ENOTTY\n/)
  })

  it('counts by their cause those that are known to be open, and names the others', () => {
    expect(report).toMatch(/## Known to be wrong\n[^#]*\| key \| fixes it \| 1 \|\n/)
    expect(report).toMatch(/## Undetermined by nature\n[^#]*\| token \| keeps it \| 1 \|\n/)
    expect(report.match(/^- .*slots\/vfs/gm)).toHaveLength(1)
    expect(report.match(/^- debian-newest/gm)).toHaveLength(1)
  })

  it('tells how far a walk from a preflight to a reset went', () => {
    expect(report).toContain('| lab-newest | cdev | 1 | 0 | 0 | 4 | the same | - | **no** |')
  })

  it('tells when each kernel was asked, and for how long', () => {
    expect(report).toContain('1-1 | - | 2026-11-20, 2026-11-21 | 5 |')
  })

  it('names the seeds of scenarios drawn at random', () => {
    expect(report).toContain('- seed 1: 3 scenarios on 2 kernels')
  })

  it('names kernels that were not to be had', () => {
    expect(report).toContain(
      '| debian-5.10 | - | skipped: the archive offers no 5.10 any more | - | - | - |',
    )
  })
})

describe('a case', () => {
  const place = { kernel: 'k', topology: 't', setup: 's' }
  const one = { name: 'n', scenario: { drivers: {}, steps: [] } }
  const ok = { outcome: 'ok', errno: null } as const
  const refused = { outcome: 'refused', errno: 'EINVAL' } as const

  it('agrees when both predictions do', () => {
    const verified = [{ ...ok, actual: ok, agrees: true }]
    expect(judgeCase(place, one, [ok], verified).verdict).toBe('agreed')
  })

  it('differs when only the prediction inside the guest does, and says which', () => {
    const verified = [{ ...refused, actual: ok, agrees: false }]
    expect(judgeCase(place, one, [ok], verified)).toMatchObject({
      verdict: 'differs',
      remarks: ['step 0 (inside): predicted EINVAL, kernel ok'],
    })
  })
})

describe('the watched register', () => {
  it('is read from the last line of the log', () => {
    const log =
      '{"marked": 1, "after": 1, "errno": 22}\n{"marked": 4660, "after": 33024, "errno": 0}\n'
    expect(decodeLog(log)).toStrictEqual({ marked: 4660, after: 33024, errno: 0 })
    expect(decodeLog('')).toBeNull()
  })

  it('proves a reset by its change, and a refusal by keeping its value', () => {
    const reset = { marked: 4660, after: 33024, errno: 0 }
    const kept = { marked: 4660, after: 4660, errno: 22 }
    expect([doesHold(reset, false), doesHold(kept, true)]).toStrictEqual([true, true])
    expect([doesHold(reset, true), doesHold(kept, false)]).toStrictEqual([false, false])
    expect(doesHold({ marked: -1, after: 33024, errno: 0 }, false)).toBe(false)
    expect(doesHold(null, false)).toBe(false)
  })
})

describe('structures', () => {
  it('that the headers do not know count as differences', () => {
    const differences = compareLayouts('VFIO_SET_IOMMU 15206\nstatus 0800000000000000\n')
    expect(differences).not.toContainEqual(expect.stringContaining('VFIO_SET_IOMMU'))
    expect(differences).not.toContainEqual(expect.stringMatching(/^status/))
    expect(differences).toContainEqual(expect.stringContaining('VFIO_DEVICE_RESET'))
    expect(differences).toContainEqual(expect.stringContaining('info: read as'))
  })
})
