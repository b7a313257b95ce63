import { expect, it } from 'vitest'
import { hookOpinion } from '../../../src/preflight/report/hook-text.js'
import { ACS_OK, endpoint, type FunctionOptions, rootPort } from '../../support/functions.js'
import type { HostSpec } from '../../support/host-spec.js'
import { preflight } from '../../support/preflight.js'

/** A card of two functions in one group; the second one goes to no VM. */
function card(zero: FunctionOptions, one: FunctionOptions): HostSpec {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint('0000:01:00.0', { mfd: true, group: 10, acs: null, driver: 'vfio-pci', ...zero }),
      endpoint('0000:01:00.1', { mfd: true, group: 10, acs: null, ...one }),
    ],
  }
}

const WHOLE = { onlyStart: false }
const START = { onlyStart: true }

it('says nothing where all is well', async () => {
  const answer = await preflight(card({ flr: true }, { driver: 'vfio-pci', flr: true }), {
    functions: ['01:00.0', '01:00.1'],
  })
  expect(hookOpinion(answer, WHOLE)).toEqual({ verdict: 'pass', lines: [] })
})

it('names what keeps a VM from starting, once', async () => {
  const answer = await preflight(card({ flr: true }, { driver: 'snd_hda_intel' }), {
    functions: ['01:00.0'],
  })
  const { verdict, lines } = hookOpinion(answer, START)
  expect(verdict).toBe('fail')
  expect(lines[0]).toMatch(/ cannot start:$/)
  expect(lines.join(' ')).toContain('0000:01:00.1 is bound to snd_hda_intel')
  expect(new Set(lines).size).toBe(lines.length)
})

it('refuses functions that nothing resets, or only tells it', async () => {
  const bare = card({ resetMethods: '' }, { resetMethods: '' })
  const answer = await preflight(bare, { functions: ['01:00.0'] })
  expect(answer.vms[0]).toMatchObject({ starts: 'pass', resets: 'fail' })
  const whole = hookOpinion(answer, WHOLE)
  expect(whole.verdict).toBe('fail')
  expect(whole.lines[0]).toContain('would start with functions that nothing resets')
  const start = hookOpinion(answer, START)
  expect(start.verdict).toBe('pass')
  expect(start.lines[0]).toContain('starts, but with functions that nothing resets')
})

it('tells a few facts of many: libvirt makes one message of them', async () => {
  const functions = Array.from({ length: 8 }, (_, place) => `01:00.${place}`)
  const spec: HostSpec = {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      ...functions.map((address) =>
        endpoint(`0000:${address}`, { mfd: true, group: 10, acs: null, driver: 'igb', flr: true }),
      ),
    ],
  }
  const { lines } = hookOpinion(await preflight(spec, { functions }), WHOLE)
  expect(lines).toHaveLength(8)
  expect(lines.at(-1)).toMatch(/^… and \d+ more facts\.$/)
})
