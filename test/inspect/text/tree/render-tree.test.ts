import { describe, expect, it } from 'vitest'
import { renderTree } from '../../../../src/inspect/text/tree/render-tree.js'
import { displayWidth } from '../../../../src/text/layout.js'
import { endpoint, inGroups, rootPort, vmd } from '../../../support/functions.js'
import type { HostSpec } from '../../../support/host-spec.js'
import { GPU, IDS, SWITCH, sriovHost, TWO_GROUPS } from '../../../support/hosts.js'
import { type Asked, PIPE, reportOf, terminal } from '../../../support/report-of.js'

async function tree(spec: HostSpec, asked: Asked = {}, style = PIPE, all = false): Promise<string> {
  return renderTree(await reportOf(spec, { ids: IDS, ...asked }), { ...style, all })
}

describe('renderTree', () => {
  it('draws ports, switches and functions, with groups and ACS', async () => {
    const lines = (await tree(SWITCH)).split('\n')
    expect(lines.slice(0, 8)).toEqual([
      '[0000:00]',
      '└─ 00:01.0 root port, group 0, ACS SV RR CR UF',
      '   ├─ 01:00.0 switch upstream port, group 1, ACS empty',
      '   │  ├─ 02:00.0 switch downstream port, group 3, ACS SV UF missing RR CR',
      expect.stringMatching(/^ {3}│ {2}│ {2}└─ 03:00\.0 NVMe: .*nvme, group 3/),
      '   │  └─ 02:01.0 switch downstream port, group 4, ACS SV RR CR UF',
      expect.stringMatching(/^ {3}│ {5}└─ 04:00\.0 .*! reachable sideways, hot reset ✓/),
      expect.stringMatching(/^ {3}└─ 01:00\.1 /),
    ])
  })

  it('marks dev_sets, and answers of the kernel', async () => {
    const text = await tree(TWO_GROUPS)
    expect(text).toMatch(/01:00\.0 .*vfio-pci, group 10, dev_set bus 0000:01, .*hot reset ✗/)
  })

  it('marks ports whose slot is reset', async () => {
    const functions = [
      rootPort('0000:00:01.0', {
        secondary: '01',
        group: 0,
        pciehp: true,
        slot: { hotplug: true, number: 3 },
      }),
      endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 1 }),
    ]
    const text = await tree({ functions })
    expect(text).toMatch(/00:01\.0 root port, .*slot/)
    expect(text).toContain('dev_set slot 3')
  })

  it('puts VFs below their PF, on one line', async () => {
    const text = await tree(sriovHost(64, '6.12.117'))
    expect(text).toMatch(/40:00\.0 .*\n {6}└─ 64 VFs 40:01\.0 to 40:08\.7: vfio-pci, 64 groups/)
    const all = await tree(sriovHost(64, '6.12.117'), {}, PIPE, true)
    expect(all).toMatch(/^ {6}├─ 40:02\.3 /m)
  })

  it('says which VMD endpoint a domain is behind', async () => {
    const functions = inGroups(
      [['0000:00:0e.0', '10000:e0:06.0', '10000:e1:00.0']],
      [
        vmd('0000:00:0e.0', { childDomain: '10000:e0' }),
        rootPort('10000:e0:06.0', { secondary: 'e1' }),
        endpoint('10000:e1:00.0', { driver: 'nvme' }),
      ],
    )
    expect(await tree({ functions })).toContain('[10000:e0] behind VMD 0000:00:0e.0')
  })

  it('shows only what concerns the function asked about, and marks it', async () => {
    const text = await tree(SWITCH, { targets: ['0000:04:00.0'] })
    expect(text).toMatch(/04:00\.0 .*\(asked about\)/)
    expect(text).not.toContain('03:00.0')
  })

  it.each([60, 80])('keeps within %i columns', async (width) => {
    for (const spec of [GPU, SWITCH, sriovHost(64, '6.12.117')]) {
      for (const line of (await tree(spec, {}, terminal(width))).split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width)
        expect(line).toBe(line.trimEnd())
      }
    }
  })

  it('has an ASCII form', async () => {
    const text = await tree(SWITCH, {}, { ...PIPE, unicode: false })
    expect(text).toMatch(/^\p{ASCII}*$/u)
    expect(text).toContain('|  +- 02:00.0 switch downstream port')
  })
})
