import { describe, expect, test } from 'vitest'
import type { RawHost } from '../../../src/host/raw-host.js'
import type { PolicyId } from '../../../src/policy/policies/index.js'
import { answer, decide } from '../../support/ask.js'
import { bind, iommufd, reset, viaCdev } from '../../support/calls.js'
import type { FunctionSpec } from '../../support/functions.js'
import { hide } from '../../support/hide.js'
import { buildHost } from '../../support/host-builder.js'
import { loadFiles } from '../../support/load-host.js'
import { answers, playOn, type StepText } from '../../support/play.js'
import { t2, t3, t6 } from '../../support/topologies.js'

const F0 = '01:00.0'
const F1 = '01:00.1'

/** What `inspect` says of the last step, and what a user gets who does what `inspect` assumes. */
async function both(
  functions: readonly FunctionSpec[],
  policy: PolicyId,
  steps: readonly StepText[],
  change: (raw: RawHost) => RawHost = (raw) => raw,
): Promise<readonly (string | undefined)[]> {
  const raw = change(await loadFiles(buildHost({ functions, kernel: '6.12.117' })))
  const [device] = steps.flatMap((each) => ('device' in each ? [String(each['device'])] : []))
  const stated = answer(decide(raw), policy, device ?? '')
  return [stated, answers(playOn(raw, { steps, policy })).at(-1)]
}

describe('opened-only-core', () => {
  const calls = (device: string) => [...viaCdev(device), reset(device)]

  test('is refused where another driver uses an affected function', async () => {
    const asked = await both(t2({}, { driver: 'e1000e', group: 11 }), 'opened-only-core', calls(F0))
    expect(asked).toEqual(['EINVAL hot-reset', 'EINVAL'])
  })

  test('cannot be told where nobody read which driver that is', async () => {
    const unread = (raw: RawHost) => hide(raw, F1, 'driver', 'vfioDev')
    const asked = await both(t3(), 'opened-only-core', calls(F0), unread)
    expect(asked).toEqual(['undetermined', '?'])
  })

  test('is refused by a bridge that a driver uses, and by no other', async () => {
    const bridge = (driver: string | null) =>
      t6().map(({ driver: own, ...each }) => {
        const named = each.address === '0000:04:01.0' ? driver : own
        return named === null || named === undefined ? each : { ...each, driver: named }
      })
    const ask = (driver: string | null) =>
      both(bridge(driver), 'opened-only-core', calls('04:00.0'))
    expect(await ask(null)).toEqual(['permitted', 'ok'])
    expect(await ask('pcieport')).toEqual(['EINVAL hot-reset', 'EINVAL'])
  })
})

describe('reset-group-claim-strict', () => {
  test('cannot be told where a group of the set was not read', async () => {
    const calls = [iommufd(), bind(F0, 'X', { claim: true })]
    expect(await both(t3(), 'reset-group-claim-strict', calls)).toEqual(['EBUSY bind', 'EBUSY'])
    const unread = (raw: RawHost) => hide(raw, F1, 'iommuGroup')
    const asked = await both(t3(), 'reset-group-claim-strict', calls, unread)
    expect(asked).toEqual(['undetermined', '?'])
  })
})
