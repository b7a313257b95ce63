import { describe, expect, it, test } from 'vitest'
import type { InspectReport } from '../../../../src/inspect/document.js'
import { inspectReport } from '../../../../src/inspect/inspect-report.js'
import { renderOverview } from '../../../../src/inspect/text/overview/render-overview.js'
import { KERNEL_POLICIES } from '../../../../src/policy/find-policy.js'
import { displayWidth } from '../../../../src/text/layout.js'
import { analyseHost } from '../../../../src/vfio/analysed-host.js'
import { loadFixture, REAL_HOSTS } from '../../../support/fixtures.js'
import { hide } from '../../../support/hide.js'
import { GPU, NO_IOMMU, SWITCH, sriovHost, TWO_GROUPS } from '../../../support/hosts.js'
import { flowing, reportOf, terminal } from '../../../support/report-of.js'

const WHOLE = { ...terminal(80), all: false }
const SCREEN = { ...WHOLE, extent: 'first-screen' as const }

/** Titles on the screen: what stands at the margin between the answer and the last lines, which is neither a mark nor an unknown. */
function titlesOf(report: InspectReport): readonly string[] {
  const lines = renderOverview(report, SCREEN).split('\n')
  const first = lines.findIndex((line) => line.startsWith('  '))
  const titles: string[] = []
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('  ') || line.startsWith('    ')) continue
    const title: string[] = []
    for (let above = at - 1; above >= 0 && !lines[above]?.startsWith(' '); above -= 1) {
      title.unshift(lines[above] ?? '')
    }
    if (title.length > 0) titles.push(title.join(' '))
  }
  const [answer = '', ...rest] = titles
  expect(first).toBeGreaterThan(0)
  // Above the first line stand the answer and the first title.
  return [answer.slice(flowing(report.summary).length).trim(), ...rest]
}

function expectSameTitles(report: InspectReport): void {
  const whole = flowing(renderOverview(report, WHOLE))
  const titles = titlesOf(report)
  expect(titles.length).toBeGreaterThan(0)
  for (const title of titles) expect(whole).toContain(` ${title} `)
}

describe('one screen says of functions what the whole answer says of them', () => {
  it.each([
    ['one group', GPU],
    ['two groups', TWO_GROUPS],
    ['a switch', SWITCH],
    ['no IOMMU', NO_IOMMU],
    ['virtual functions', sriovHost(8, '6.12.117')],
  ])('%s', async (_, spec) => {
    expectSameTitles(await reportOf(spec))
  })

  it.each(['0000:01:00.0', '0000:01:00.1'])(
    'where the group of %s was not read',
    async (address) => {
      const report = await reportOf(TWO_GROUPS, {
        denied: (raw) => hide(raw, address, 'iommuGroup'),
      })
      expectSameTitles(report)
      expect(titlesOf(report).join(' ')).toMatch(/unknown/)
    },
  )

  test.each(REAL_HOSTS)('%s', async (name) => {
    const host = analyseHost(await loadFixture(name))
    const query = { policies: KERNEL_POLICIES, owning: new Set<never>(), brief: true }
    const tool = { name: 'vfio-reset', version: '0.0.0' }
    const report = inspectReport({ host, targets: null, query, tool, names: new Map() })
    if (/^ {2}\S/m.test(renderOverview(report, SCREEN))) expectSameTitles(report)
  })
})

it.each([40, 44, 60, 80])('fits %i columns, and every line says what it is of', async (width) => {
  for (const spec of [GPU, TWO_GROUPS, SWITCH, NO_IOMMU, sriovHost(8, '6.12.117')]) {
    const report = await reportOf(spec)
    const lines = renderOverview(report, { ...SCREEN, width }).split('\n')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
    const rows = lines.filter((line) => /^ {2}[✓✗?!] /.test(line))
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toMatch(/^ {2}. \S+(?: \+\d+)? +\S{4,}/)
  }
})

describe('the answer counts nothing that is unknown as a yes', () => {
  it('a function whose group was not read', async () => {
    const known = await reportOf(SWITCH)
    expect(known.summary).toContain('2 functions alone in an IOMMU group')
    const report = await reportOf(SWITCH, {
      denied: (raw) => hide(raw, '0000:04:00.0', 'iommuGroup'),
    })
    expect(report.summary).toContain('1 function alone in an IOMMU group')
    expect(report.summary).toContain('of 1 function it is unknown whether others go with them')
  })
})
