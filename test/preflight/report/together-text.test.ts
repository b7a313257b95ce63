import { describe, expect, test } from 'vitest'
import type { VmReport } from '../../../src/preflight/report/document.js'
import { togetherText } from '../../../src/preflight/report/together-text.js'
import { ACS_OK, endpoint, type FunctionOptions, rootPort } from '../../support/functions.js'
import { preflight } from '../../support/preflight.js'

/** One card with two functions, in two groups or one. */
function card(one: FunctionOptions, two: FunctionOptions = one) {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '0c', acs: ACS_OK, group: 1 }),
      endpoint('0000:0c:00.3', { mfd: true, driver: 'vfio-pci', group: 16, ...one }),
      endpoint('0000:0c:00.4', { mfd: true, driver: 'vfio-pci', group: 17, ...two }),
    ],
  }
}

async function told(
  host: ReturnType<typeof card>,
  functions: Readonly<Record<string, readonly string[]>>,
): Promise<string | undefined> {
  const { vms } = await preflight(host, { functions, plans: false })
  // What a report has beside the answer takes no part in the first line.
  const reports = vms.map((vm): VmReport => {
    return {
      ...vm,
      devices: vm.functions.map(({ address }) => address),
      checks: vm.checks.map((check) => ({ ...check, plan: null, noPlan: null })),
      input: null,
      format: null,
      skipped: [],
      via: null,
      policy: null,
      plan: null,
      noPlan: null,
      proof: null,
    }
  })
  return togetherText(reports)?.text
}

const BUS = { resetMethods: 'bus\n' } as const
const FLR = { flr: true, resetMethods: 'flr\n' } as const
const EACH = { a: ['0c:00.3'], b: ['0c:00.4'] }

describe('the first line about several VMs', () => {
  test('two functions of one reset', async () => {
    expect(await told(card(BUS), EACH)).toBe(
      'a and b cannot both be reset: 0000:0c:00.3 and 0000:0c:00.4 share one bus reset. Both can run.',
    )
  })

  test('and one that does not start anyway', async () => {
    const away = { ...BUS, driver: 'xhci_hcd' } as const
    expect(await told(card(BUS, away), EACH)).toMatch(/share one bus reset\. b will not start\.$/i)
  })

  test('resets of their own', async () => {
    expect(await told(card(FLR), EACH)).toBe(
      'a and b can both run at the same time, and be reset, but not by a hot reset: 0000:0c:00.3 and 0000:0c:00.4 share one bus reset.',
    )
  })

  test('one function, or one group, in two VMs', async () => {
    expect(await told(card(FLR), { a: ['0c:00.3'], b: ['0c:00.3'] })).toBe(
      'a and b cannot run at the same time: both get 0000:0c:00.3.',
    )
    const one = { ...FLR, group: 16 }
    expect(await told(card(one), EACH)).toMatch(
      /^a and b cannot run at the same time: 0000:0c:00\.3 and 0000:0c:00\.4 are in one group, 16\.$/,
    )
  })

  test('VMs that do not get in each other’s way', async () => {
    const away = { ...FLR, driver: 'xhci_hcd' } as const
    expect(await told(card(FLR, away), EACH)).toBe(
      'a and b do not get in each other’s way; each alone: no for b.',
    )
  })

  test('one VM has no such line', async () => {
    expect(await told(card(BUS), { a: ['0c:00.3', '0c:00.4'] })).toBeUndefined()
  })
})
