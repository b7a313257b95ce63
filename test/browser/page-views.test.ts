import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { type BuiltPages, builtPages, HOOK_MS } from './built-pages.js'
import { CHROMIUM, launchChromium, openWatched } from './chromium.js'
import { overlappingTexts } from './overlapping-texts.js'

const X570 = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
const GPU = '0000:0a:00.0'

describe.skipIf(CHROMIUM === undefined)('the drawing on screens and paper', () => {
  let pages: BuiltPages
  let browser: Browser

  beforeAll(async () => {
    pages = builtPages()
    browser = await launchChromium()
  }, HOOK_MS)
  afterAll(async () => {
    await browser?.close()
    pages?.remove()
  }, HOOK_MS)

  const pageOf = (...host: readonly string[]) => pages.pageOf(...host)
  const x570 = () => pageOf('--capture', X570)

  it('prints the drawing and the detail without the controls', async () => {
    const { page } = await openWatched(browser, await pageOf('--capture', X570, GPU), {
      colorScheme: 'dark',
    })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.locator('#find').isVisible()).toBe(false)
    expect(await page.locator('.tick').first().isVisible()).toBe(false)
    expect(await page.locator(`[data-id="${GPU}"]`).isVisible()).toBe(true)
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(paper).toBe('rgb(255, 255, 255)')
    expect((await page.pdf()).length).toBeGreaterThan(10_000)
    await page.close()
  })

  it.each([
    ['the demo', ['--demo']],
    [
      'a server with eight accelerators',
      ['--capture', fixturePath('hwloc-8ve-plx', 'tree.tar.gz')],
    ],
    ['a desktop, and a card that is refused', ['--capture', X570, GPU]],
  ])('has no text over another one: %s', async (_, host) => {
    const { page } = await openWatched(browser, await pageOf(...host), {
      viewport: { width: 1400, height: 900 },
    })
    expect(await page.evaluate(overlappingTexts, '#drawing')).toEqual([])
    await page.locator('#unfold').click()
    expect(await page.locator('#drawing text').count()).toBeGreaterThan(50)
    expect(await page.evaluate(overlappingTexts, '#drawing')).toEqual([])
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate(overlappingTexts, '#drawing')).toEqual([])
    await page.emulateMedia({ media: 'print' })
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    expect(await page.locator('#paper text').count()).toBeGreaterThan(50)
    expect(await page.evaluate(overlappingTexts, '#paper')).toEqual([])
    await page.close()
  })

  it('grows at the pointer with Ctrl and the wheel, follows a drag, and fits', async () => {
    const { page } = await openWatched(browser, await x570(), {
      viewport: { width: 900, height: 700 },
    })
    const card = page.locator(`[data-id="${GPU}"]`)
    await card.scrollIntoViewIfNeeded()
    const before = await card.boundingBox()
    if (before === null) throw new Error('not drawn')
    await page.mouse.move(before.x + 20, before.y + 10)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -200)
    await page.keyboard.up('Control')
    await expect
      .poll(async () => (await card.boundingBox())?.width)
      .toBeGreaterThan(before.width * 1.3)
    const grown = await card.boundingBox()
    if (grown === null) throw new Error('not drawn')
    expect(Math.abs(grown.x + 20 * (grown.width / before.width) - before.x - 20)).toBeLessThan(4)
    await page.mouse.down()
    await page.mouse.move(before.x - 60, before.y - 30, { steps: 4 })
    await page.mouse.up()
    expect((await card.boundingBox())?.x).toBeCloseTo(grown.x - 80, -1)
    expect(await page.locator('.card.selected').count()).toBe(0)
    await page.locator('#fit').click()
    const drawing = await page.locator('#drawing').boundingBox()
    const svg = await page.locator('#drawing svg').boundingBox()
    expect(svg?.height).toBeLessThanOrEqual(drawing?.height ?? 0)
    await page.close()
  })

  it('shows a server with eight accelerators on one screen', async () => {
    const host = ['--capture', fixturePath('hwloc-8ve-plx', 'tree.tar.gz')]
    const { page } = await openWatched(browser, await pageOf(...host), {
      viewport: { width: 1280, height: 800 },
    })
    const drawing = await page.locator('#drawing').boundingBox()
    const svg = await page.locator('#drawing svg').boundingBox()
    const stacks = page.locator('.card.function:has(.behind)')
    expect(await stacks.count()).toBe(2)
    expect(await page.locator('.card.function').count()).toBe(6)
    expect((svg?.y ?? 0) + (svg?.height ?? Infinity)).toBeLessThanOrEqual(
      (drawing?.y ?? 0) + (drawing?.height ?? 0),
    )
    expect(svg?.width).toBeLessThanOrEqual(drawing?.width ?? 0)
    expect(await stacks.first().locator('.name').textContent()).toBe('4 × 1b–1e:00.0')
    await page.locator('[data-fold="0000:19:08.0 and alike"]').click()
    expect(await page.locator('.card.function').count()).toBe(9)
    expect(await page.locator('[data-id="0000:1c:00.0"] .tick').count()).toBe(2)
    await page.locator('[data-fold="0000:19:08.0 and alike"]').click()
    expect(await page.locator('.card.function').count()).toBe(6)
    await page.locator('#find').fill('1d:00.0')
    await page.locator('#find').press('Enter')
    expect(await page.locator('[data-id="0000:1d:00.0"].selected').count()).toBe(1)
    await page.close()
  })

  it('shows a map of what does not fit, on which one can go elsewhere', async () => {
    const { page } = await openWatched(browser, await x570(), {
      viewport: { width: 900, height: 520 },
    })
    await page.locator('#unfold').click()
    const frame = async () => (await page.locator('#frame').boundingBox())?.y ?? 0
    expect(await page.locator('#map').isVisible()).toBe(true)
    const before = await frame()
    const map = await page.locator('#map').boundingBox()
    if (map === null) throw new Error('not drawn')
    await page.mouse.click(map.x + map.width / 2, map.y + map.height - 8)
    await expect.poll(frame).toBeGreaterThan(before + 10)
    expect(await page.locator('#drawing').evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(
      99,
    )
    await page.locator('#fit').click()
    await expect.poll(() => page.locator('#map').isVisible()).toBe(false)
    await page.close()
  })

  it('grows under two fingers', async () => {
    const { page } = await openWatched(browser, await x570(), {
      viewport: { width: 900, height: 700 },
      hasTouch: true,
    })
    const width = async () => (await page.locator('#drawing svg').boundingBox())?.width ?? 0
    const before = await width()
    const session = await page.context().newCDPSession(page)
    const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          type === 'touchEnd'
            ? []
            : [
                { x: 300 - apart, y: 300, id: 0 },
                { x: 300 + apart, y: 300, id: 1 },
              ],
      })
    await fingers('touchStart', 40)
    for (const apart of [45, 55, 65, 80]) await fingers('touchMove', apart)
    await fingers('touchEnd', 80)
    await expect.poll(width).toBeGreaterThan(before * 1.5)
    await page.close()
  })

  it('shows the detail where one clicked on a narrow screen', async () => {
    const { page, wrongs } = await openWatched(browser, await x570(), {
      viewport: { width: 400, height: 800 },
    })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
    const panel = await page.locator('#answer h2').boundingBox()
    expect(panel?.y).toBeLessThan(400)
    for (const address of [GPU, '0000:0c:00.4', '0000:03:00.0']) {
      const card = page.locator(`[data-id="${address}"]`)
      await card.locator('.name').click()
      const detail = await page.locator('#detail').boundingBox()
      const box = await card.boundingBox()
      if (detail === null || box === null) throw new Error('not drawn')
      expect(await page.locator('#detail h2').textContent()).toContain(address)
      expect(detail.y + detail.height).toBeLessThanOrEqual(801)
      // What was clicked is still seen, above what is said of it.
      expect(box.y).toBeGreaterThanOrEqual(0)
      expect(box.y + box.height).toBeLessThanOrEqual(detail.y)
      await page.locator('[data-close]').click()
    }
    expect(wrongs).toEqual([])
    await page.close()
  })

  it.each([
    ['a desktop', () => x570()],
    ['the demo', () => pageOf('--demo')],
    [
      'a server with eight accelerators',
      () => pageOf('--capture', fixturePath('hwloc-8ve-plx', 'tree.tar.gz')),
    ],
  ])('prints on sheets that cut no card: %s', async (name, file) => {
    const { page } = await openWatched(browser, await file(), { colorScheme: 'dark' })
    await page.locator('#unfold').click()
    const drawn = await page.locator('#drawing .card').count()
    await page.emulateMedia({ media: 'print' })
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    const sheets = await page.locator('#paper > svg').evaluateAll((all) =>
      all.map((svg) => {
        const box = svg.getBoundingClientRect()
        const cut = [...svg.querySelectorAll('.face, .acs rect, text')].filter((each) => {
          const { top, bottom, left, right } = each.getBoundingClientRect()
          return (
            top < box.top - 1 ||
            bottom > box.bottom + 1 ||
            left < box.left - 1 ||
            right > box.right + 1
          )
        })
        return {
          cards: svg.querySelectorAll('.card').length,
          cut: cut.map((each) => each.textContent),
          isOnePage: box.width <= 1047 && box.height <= 718,
          first: svg.querySelector('.heading')?.textContent ?? '',
        }
      }),
    )
    expect(sheets.reduce((sum, { cards }) => sum + cards, 0)).toBe(drawn)
    expect(sheets.flatMap(({ cut }) => cut)).toEqual([])
    expect(sheets.every(({ isOnePage, first }) => isOnePage && /^Root bus/.test(first))).toBe(true)
    if (name !== 'a desktop') expect(sheets.length).toBeGreaterThan(1)
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    expect(await page.locator('#paper > svg').count()).toBe(0)
    await page.close()
  })

  it('prints the server on one sheet, with what is said of it on the next', async () => {
    const host = ['--capture', fixturePath('hwloc-8ve-plx', 'tree.tar.gz')]
    const { page } = await openWatched(browser, await pageOf(...host))
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2)
    expect(pdf).toMatch(/\/MediaBox \[0 0 84[12](?:\.\d+)? 59[456]/)
    await page.close()
  })

  it('shows the ways sideways that make a group wide, and what each link is', async () => {
    const { page } = await openWatched(browser, await x570())
    const ways = page.locator('#drawing .passage')
    expect(await ways.count()).toBeGreaterThan(2)
    expect(await ways.first().locator('title').textContent()).toContain('past the IOMMU')
    expect(await ways.first().locator('.head').count()).toBe(7)
    const links = await page.locator('#drawing .link-label').allTextContents()
    expect(links).toContain('×16')
    expect(links).toContain('16 GT/s')
    await page.close()
  })
})
