import { describe, expect, test } from 'vitest'
import type { CheckReport, VmReport } from '../../../src/preflight/report/document.js'
import { verdictText } from '../../../src/preflight/report/verdict-text.js'
import { endpoint, rootPort } from '../../support/functions.js'
import { type PreflightAsk, preflight } from '../../support/preflight.js'

const DISK = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/nvme/nvme0/nvme0n1'

/** A card of two functions in one group, of which the second carries the root file system. */
async function firstLine(ask: PreflightAsk): Promise<string> {
  const { vms } = await preflight(
    {
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
        endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'nvidia', resetMethods: 'flr\n' }),
        endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'nvme', class: 0x010802 }),
      ],
      files: {
        [`${DISK}/uevent`]: '',
        'sys/dev/block/259:1': { link: `../../../${DISK}` },
      },
    },
    {
      ...ask,
      plans: false,
      files: { 'proc/self/mountinfo': '22 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n' },
    },
  )
  const [vm] = vms
  if (vm === undefined) throw new Error('no VM')
  const report: VmReport = {
    ...vm,
    devices: vm.functions.map(({ address }) => address),
    checks: vm.checks.map((check): CheckReport => ({ ...check, plan: null, noPlan: null })),
    input: null,
    format: null,
    skipped: [],
    via: null,
    policy: null,
    plan: null,
    noPlan: null,
    proof: null,
  }
  return verdictText(report)
}

describe('the first line where the host would lose what it needs', () => {
  test('as the function itself', async () => {
    const line = await firstLine({ functions: ['01:00.1'], wanted: { managed: true } })
    expect(line).toMatch(
      /^Do not start this VM: it takes 0000:01:00\.1 from the host, which needs it \(root file system and boot disk\)\./,
    )
  })

  test('as a member of its group', async () => {
    const wanted = { managed: true, along: 'group' } as const
    expect(await firstLine({ functions: ['01:00.0'], wanted })).toBe(
      'Do not start this VM: it takes 0000:01:00.1 from the host, which needs it (root file system and boot disk).',
    )
  })

  test('not where nobody binds it', async () => {
    expect(await firstLine({ functions: ['01:00.1'] })).toMatch(/^This VM will not start: /)
    expect(await firstLine({ functions: ['01:00.0'], wanted: { managed: true } })).toMatch(
      /^This VM will not start: /,
    )
  })
})
