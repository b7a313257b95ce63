import { describe, expect, it } from 'vitest'
import type { InspectReport } from '../../../../src/inspect/document.js'
import { renderOverview } from '../../../../src/inspect/text/overview/render-overview.js'
import { displayWidth } from '../../../../src/text/layout.js'
import { ACS_OK, endpoint, rootPort } from '../../../support/functions.js'
import type { HostSpec } from '../../../support/host-spec.js'
import { GPU, IDS, NO_IOMMU, SWITCH, sriovHost, TWO_GROUPS } from '../../../support/hosts.js'
import { at, flowing, PIPE, reportOf, terminal } from '../../../support/report-of.js'

const overview = (report: InspectReport, style = PIPE, all = false): string =>
  renderOverview(report, { ...style, all })

/** `count` single disks, each below its own port. */
function disks(count: number): HostSpec {
  return {
    functions: Array.from({ length: count }, (_, index) => {
      const bus = (index + 1).toString(16).padStart(2, '0')
      const port = `0000:00:${(index >> 3).toString(16).padStart(2, '0')}.${index & 7}`
      return [
        rootPort(port, { secondary: bus, acs: ACS_OK, group: 2 * index, mfd: true }),
        endpoint(`0000:${bus}:00.0`, { class: 0x010802, driver: 'nvme', group: 2 * index + 1 }),
      ]
    }).flat(),
  }
}

describe('renderOverview', () => {
  it('shows the functions of one unit as a block, and why they hang together', async () => {
    const text = overview(await reportOf(GPU, { ids: IDS }), terminal(120))
    expect(text).toContain('┌ 65:00.0  VGA: NVIDIA GA102 [GeForce RTX 3090]')
    expect(text).toContain('└ share IOMMU group 14 and are hot-reset together')
    expect(text).not.toContain('Independent: each can')
  })

  it('tells groups of their own from a reset of their own', async () => {
    const text = overview(await reportOf(TWO_GROUPS))
    expect(text).toContain('└ own IOMMU groups, but one hot reset affects all')
  })

  it('counts bridges and chipset functions, and shows them with --all', async () => {
    const report = await reportOf(GPU)
    const folded = overview(report)
    expect(folded).toContain('Not shown: 1 bridge and 1 other function; --all shows them.')
    expect(folded).not.toContain('00:01.0')
    const all = overview(report, PIPE, true)
    expect(all).toContain('Bridges (vfio-pci does not bind to them)')
    expect(all).toMatch(/00:01\.0 +root port/)
    expect(all).toMatch(/00:00\.0 +0600: 1022:1482/)
    expect(all).not.toContain('Not shown')
  })

  it('puts the VFs of a PF on one line', async () => {
    const text = overview(await reportOf(sriovHost(64, '6.12.117')))
    expect(text).toContain('40:01.0 +63')
    expect(text).toContain('64 VFs of 40:00.0, up to 40:08.7')
    expect(text).toContain('10-73')
    expect(text.split('\n').length).toBeLessThan(25)
  })

  it('shows every function of a small crowd, and folds a large one', async () => {
    expect(overview(await reportOf(disks(8)))).not.toContain(' x ')
    const text = overview(await reportOf(disks(40)))
    expect(text).toContain('40 x 0108: 8086:10d3, up to 28:00.0')
    expect(overview(await reportOf(disks(40)), PIPE, true)).toMatch(/^ {2}28:00\.0 /m)
  })

  it('shows one block of many that are of one make', async () => {
    const functions = Array.from({ length: 20 }, (_, index) => {
      const bus = (index + 1).toString(16).padStart(2, '0')
      const card = (func: number) =>
        endpoint(`0000:${bus}:00.${func}`, { driver: 'igb', group: 100 + index, mfd: true })
      const port = `0000:00:${(index >> 3).toString(16).padStart(2, '0')}.${index & 7}`
      return [rootPort(port, { secondary: bus, group: index, mfd: true }), card(0), card(1)]
    }).flat()
    const text = flowing(overview(await reportOf({ functions })))
    expect(text).toContain(
      'share IOMMU group 100 and are hot-reset together; and 19 more blocks of this make, 02:00.0 to 14:00.0',
    )
    expect(text).not.toMatch(/ 02:00\.1 0200/)
    expect(text).toContain('no ACS: 00:00.0, 00:00.1, 00:00.2')
  })

  it('says which kernel answers', async () => {
    expect(overview(await reportOf({ ...GPU, kernel: null }))).toContain(
      'Kernel  not recorded; answered as Linux',
    )
    const report = await reportOf(GPU)
    const source = {
      ...report.source,
      kernelRelease: '5.10.200',
      kernelReleaseFrom: 'option',
    } as const
    expect(overview({ ...report, source })).toContain(
      'Kernel  6.12.117; answered as Linux 5.10.200, as --kernel asks',
    )
  })

  it('counts what was not read, and says what would help most', async () => {
    const report = await reportOf(GPU)
    const gap = { path: 'sys/x/config', why: 'truncated', detail: '64 of 4096 bytes' } as const
    const text = flowing(overview({ ...report, gaps: [gap, gap] }))
    expect(text).toContain('2 facts unknown (2 read in part). Run it again as root')
  })

  it('does not call anything independent without an IOMMU', async () => {
    const text = overview(await reportOf(NO_IOMMU))
    expect(text).toContain('none active: nothing limits the DMA of any function')
    expect(text).toContain('Not coupled by a reset (no IOMMU keeps their DMA apart)')
    expect(text).not.toContain('each can go to a different user')
  })

  it('marks what the host needs, in the table and in words', async () => {
    const report = await reportOf(SWITCH)
    const warned: InspectReport = {
      ...report,
      warnings: [
        { kind: 'root-filesystem', address: at('0000:03:00.0'), detail: '/ on nvme0n1p2' },
        { kind: 'boot-disk', address: at('0000:03:00.0'), detail: '/boot on nvme0n1p1' },
      ],
    }
    const text = overview(warned)
    expect(text).toContain('(host needs it: root file system, boot disk')
    expect(text).toContain('03:00.0 carries the root file system (/ on nvme0n1p2).')
  })

  it('says who holds a function', async () => {
    const holder = { pid: 4242, command: 'qemu-system-x86', fd: 33, target: '/dev/vfio/14' }
    const text = overview(await reportOf({ ...GPU, holders: [holder] }))
    expect(text).toContain('(held by qemu-system-x86 4242)')
  })

  it('shows where the kernel groups otherwise than its rules would', async () => {
    const report = await reportOf(GPU)
    const differing: InspectReport = {
      ...report,
      groupCheck: {
        comparable: true,
        differences: [
          {
            actual: [[at('0000:65:00.0')], [at('0000:65:00.1')]],
            predicted: [[at('0000:65:00.0'), at('0000:65:00.1')]],
            explanation: [
              { kind: 'acs-cleared-since', at: at('0000:00:01.0'), missing: ['RR', 'CR'] },
            ],
          },
        ],
      },
    }
    const text = flowing(overview(differing))
    expect(text).toContain('{65:00.0} {65:00.1} should be {65:00.0 65:00.1}.')
    expect(text).toContain('were switched off after the groups were made')
  })

  it('shows the domain as soon as some function has one', async () => {
    const functions = [
      endpoint('0000:00:02.0', { driver: 'e1000e', group: 0 }),
      endpoint('10000:e1:00.0', { driver: 'nvme', group: 1 }),
    ]
    const text = overview(await reportOf({ functions }))
    expect(text).toContain('0000:00:02.0')
    expect(text).toContain('10000:e1:00.0')
  })

  it('explains only the signs that it uses', async () => {
    const text = flowing(overview(await reportOf(TWO_GROUPS)))
    expect(text).toContain('✗ refused: may a user')
    expect(text).not.toContain('✓ permitted')
  })

  it.each([60, 80, 140])('fits %i columns', async (width) => {
    for (const spec of [GPU, TWO_GROUPS, SWITCH, NO_IOMMU, sriovHost(64, '6.8.0'), disks(40)]) {
      const report = await reportOf(spec, { ids: IDS })
      for (const all of [true, false]) {
        for (const line of overview(report, terminal(width), all).split('\n')) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width)
          expect(line).toBe(line.trimEnd())
        }
      }
    }
  })

  it('says the same without colour and in ASCII', async () => {
    const report = await reportOf(GPU, { ids: IDS })
    const colored = overview(report, { ...PIPE, color: true })
    expect(colored).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences start with one.
    expect(colored.replace(/\u001b\[[0-9;]*m/g, '')).toBe(overview(report))
    expect(overview(report, { ...PIPE, unicode: false })).toMatch(/^\p{ASCII}*$/u)
  })
})
