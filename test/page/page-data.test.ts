import { describe, expect, it } from 'vitest'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { type PageData, pageDataText, readPageData } from '../../src/page/page-data.js'
import { pageHtml, STYLE } from '../../src/page/page-html.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { LABS, loadFixture, loadLabState, REAL_HOSTS } from '../support/fixtures.js'
import { endpoint, rootPort } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { loadFiles } from '../support/load-host.js'

const HOSTILE = '</script><script>alert(1)</script><!--\u2028\u202e'

async function dataOf(raw: PageData['raw'], title = 'A host'): Promise<PageData> {
  return {
    raw,
    kernel: null,
    names: new Map(),
    tool: { name: 'vfio-reset', version: '0.0.0' },
    title,
    redacted: true,
    policy: 'iommufd',
    asked: [],
  }
}

describe('page data', () => {
  it.each(REAL_HOSTS)('is the same host when it is read again: %s', async (name) => {
    const raw = await loadFixture(name)
    expect(readPageData(pageDataText(await dataOf(raw))).raw).toEqual(raw)
  })

  it.each(LABS)('gives the same report: %s', async (lab) => {
    const raw = await loadLabState(lab, 'boot')
    const again = readPageData(pageDataText(await dataOf(raw))).raw
    const ask = (host: typeof raw) =>
      inspectReport({
        host: analyseHost(host),
        targets: null,
        query: { policies: [], owning: new Set(), brief: true },
        tool: { name: 'vfio-reset', version: '0.0.0' },
        names: new Map(),
      })
    expect(ask(again)).toEqual(ask(raw))
  })

  it('cannot end the element that it stands in', async () => {
    const raw = await loadFiles(
      buildHost({
        functions: [
          rootPort('0000:00:01.0', { secondary: '01' }),
          endpoint('0000:01:00.0', { group: 1, driver: 'evil' }),
        ],
        cmdline: HOSTILE,
      }),
    )
    const data = await dataOf(raw, HOSTILE)
    const text = pageDataText(data)
    expect(text).not.toMatch(/[<\u2028\u202e]/)
    expect(readPageData(text)).toEqual(data)
    const html = pageHtml(data, { script: 'go()', scriptHash: 'sha256-a', styleHash: 'sha256-b' })
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).not.toContain('alert(1)</script>')
  })
})

describe('pageHtml', () => {
  it('lets in its own script and style by hash and nothing else', async () => {
    const data = await dataOf(await loadFixture('ghw-xeon-l5640'))
    const html = pageHtml(data, { script: 'go()', scriptHash: 'sha256-a', styleHash: 'sha256-b' })
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'sha256-a'",
      "style-src 'sha256-b'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
    expect(html).toContain(`<style>${STYLE}</style>`)
    // An attribute that runs or styles would be refused, and one that loads would reach out.
    const frame = html.replace(/<script.*<\/script>/gs, '').replace(/<style>.*<\/style>/s, '')
    expect(frame).not.toMatch(/ (?:on\w+|style|src|href|action)=/)
  })
})
