import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { median } from './run-process.mjs'
import { planHost } from './shapes.mjs'
import { writeHost } from './write-host.mjs'

/** Ticks on the page of a host with everything unfolded: processor time of the page's thread in ms, and nodes that changed. */
export async function measurePage({ tool, scratch, count, runs }) {
  const host = join(scratch, `page-${count}`)
  writeHost(host, planHost({ shape: 'mixed', count, seed: 1 }))
  const file = join(scratch, `page-${count}.html`)
  spawnSync(tool[0], [...tool.slice(1), 'report', '--root', host, '--html', file])
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.goto(`file://${file}`)
    await page.evaluate(() => document.getElementById('unfold').click())
    const ticks = await page
      .locator('[data-tick^="a "]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('data-tick')))
    const measured = []
    for (let run = 0; run < runs; run += 1) {
      const tick = ticks[Math.floor(((run + 0.5) * ticks.length) / runs)]
      const before = await taskMs(session)
      const touched = await page.evaluate(touchedBy, tick)
      measured.push({ ms: (await taskMs(session)) - before, touched })
      // Back: VFs of a PF that was given away are not there.
      await page.evaluate(touchedBy, tick)
    }
    return {
      first: measured[0].ms,
      ms: median(measured.map(({ ms }) => ms)),
      most: Math.max(...measured.map(({ ms }) => ms)),
      touched: median(measured.map(({ touched }) => touched)),
    }
  } finally {
    await browser.close()
  }
}

async function taskMs(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
}

/** In the page: clicks, waits until it is painted, and counts the nodes that changed. */
async function touchedBy(tick) {
  const touched = new Set()
  const observer = new MutationObserver((records) => {
    for (const { target } of records) touched.add(target)
  })
  const all = { subtree: true, childList: true, attributes: true, characterData: true }
  observer.observe(document.body, all)
  const box = document.querySelector(`[data-tick="${tick}"]`)
  box.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  observer.disconnect()
  return touched.size
}
