import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InspectReport } from '../../src/inspect/document.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { fixturePath } from '../support/fixtures.js'
import { endpoint, rootPort } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { writeHostFiles } from '../support/written-host.js'
import { type BuiltPages, builtPages, HOOK_MS, ROOT, tool } from './built-pages.js'
import { CHROMIUM, launchChromium, openWatched } from './chromium.js'
import { overlappingTexts } from './overlapping-texts.js'

const X570 = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
const GPU = '0000:0a:00.0'
const AUDIO = '0000:0a:00.1'

describe.skipIf(CHROMIUM === undefined)('the page in Chromium', () => {
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

  it('draws the host and asks nobody for anything', async () => {
    const { page, wrongs } = await openWatched(browser, await x570())
    expect(await page.title()).toBe('VFIO hot resets: host.tar.gz')
    expect(await page.locator(`[data-id="${GPU}"] .verdict`).textContent()).toBe('✗ refused EPERM')
    expect(await page.locator('.region-label', { hasText: /^group 25$/ }).count()).toBe(1)
    expect(await page.locator('#drawing .acs.open').count()).toBe(3)
    expect(await page.locator('#host').textContent()).toContain(
      '47 functions, 31 groups · redacted',
    )
    expect(wrongs).toEqual([])
    await page.close()
  })

  it('runs nothing but its own script and reaches nobody, even if it wanted to', async () => {
    const { page } = await openWatched(browser, await x570())
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script')
      try {
        script.text = 'document.title = "mine"'
        document.body.append(script)
      } catch {
        // Trusted types refuse the text itself.
      }
      const reached = await fetch('data:text/plain,x').then(
        () => true,
        () => false,
      )
      return { reached, title: document.title }
    })
    expect(ran).toEqual({ reached: false, title: 'VFIO hot resets: host.tar.gz' })
    await page.close()
  })

  it('shows the detail of a function that is clicked', async () => {
    const { page } = await openWatched(browser, await x570())
    await page.locator(`[data-id="${GPU}"] .name`).click()
    const detail = page.locator('#detail')
    await expect.poll(() => detail.textContent()).toContain(`A hot reset of ${GPU}`)
    expect(await detail.textContent()).toContain(`${AUDIO} is bound to snd_hda_intel.`)
    expect(await page.locator('.card.affected').count()).toBe(2)
    await detail.locator(`[data-show="${AUDIO}"]`).first().click()
    expect(await detail.textContent()).toContain(`A hot reset of ${AUDIO}`)
    await page.close()
  })

  it('is used with the keyboard alone', async () => {
    const { page } = await openWatched(browser, await x570())
    await page.locator('#find').focus()
    await page.keyboard.type('0a:00.0')
    await page.keyboard.press('Enter')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-id'))
    expect(await focused()).toBe(GPU)
    expect(await page.locator('#detail h2').textContent()).toContain(GPU)
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe(AUDIO)
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    expect(await page.locator('#detail h2').textContent()).toContain(AUDIO)
    expect(await page.locator('#vm').textContent()).toContain(
      '2 of its 2 functions under group-fds',
    )
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toBe('0000:00:03.2')
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator(`[data-id="${GPU}"]`).count()).toBe(0)
    expect(await page.locator('[data-id="0000:00:03.2"]').getAttribute('aria-expanded')).toBe(
      'false',
    )
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe(GPU)
    await page.close()
  })

  it('changes verdicts when something is ticked, and takes them back', async () => {
    const { page } = await openWatched(browser, await x570())
    const verdict = page.locator(`[data-id="${GPU}"] .verdict`)
    await page.locator(`[data-tick="a ${GPU}"]`).click()
    expect(await verdict.textContent()).toBe('✗ refused EPERM')
    await page.locator(`[data-tick="a ${AUDIO}"]`).click()
    expect(await verdict.textContent()).toBe('✓ permitted')
    expect(await page.locator('.outline-label.dev-set').textContent()).toBe('dev_set bus 0000:0a')
    await page.getByRole('button', { name: `Take ${AUDIO} from VM A` }).click()
    expect(await verdict.textContent()).toBe('✗ refused EPERM')
    await page.close()
  })

  it('says under every policy what the tool says', async () => {
    const { page } = await openWatched(browser, await x570())
    const report = await inspected('--capture', X570, '--policy', 'all')
    const policies = report.devices.find(({ address }) => address === GPU)?.hotReset.verdicts ?? []
    expect(policies.length).toBe(POLICIES.length)
    for (const { policy } of policies) {
      await page.locator('#policy').selectOption(policy)
      const shown = await verdictsOf(page)
      expect(Object.keys(shown).length).toBeGreaterThan(8)
      for (const [address, text] of Object.entries(shown)) {
        const device = report.devices.find((each) => each.address === address)
        const verdict = device?.hotReset.verdicts.find((each) => each.policy === policy)
        const word = verdict?.outcome === 'undetermined' ? 'cannot tell' : verdict?.outcome
        expect(`${address} ${text}`).toContain(`${address} ${SIGNS[word ?? '']} ${word}`)
      }
    }
    await page.close()
  })

  it('runs no script from the name of a device, and shows it as it is', async () => {
    const hostile = `</script><img src=x onerror="alert(1)">\${alert(2)}' onfocus='alert(3)`
    const ids = join(pages.folder, 'pci.ids')
    writeFileSync(ids, `10de  ${hostile}\n\t2204  ${hostile} [x]\n`)
    const host = join(pages.folder, 'hostile')
    const files = buildHost({
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
        endpoint('0000:01:00.0', { id: '10de:2204', group: 2, class: 0x030000, driver: 'evil' }),
      ],
      slots: [{ name: '<b>1</b>', address: '0000:01:00' }],
      cmdline: hostile,
    })
    writeHostFiles(host, files)
    const file = await pageOf('--root', host, '--pci-ids', ids, '--no-redact')
    const { page, wrongs } = await openWatched(browser, file)
    await page.locator('[data-id="0000:01:00.0"] .name').click()
    await page.locator('[data-tick="a 0000:01:00.0"]').click()
    expect(await page.locator('#detail h2').textContent()).toContain('</script><img src=x onerror=')
    expect(await page.locator('img, iframe, #detail script').count()).toBe(0)
    expect(wrongs).toEqual([])
    await page.close()
  })

  it.each(['light', 'dark'] as const)('is readable in %s', async (colorScheme) => {
    const { page } = await openWatched(browser, await pageOf('--capture', X570, GPU), {
      colorScheme,
    })
    await page.locator(`[data-tick="a ${GPU}"]`).click()
    const low = await page.evaluate(faintTexts)
    expect(low).toEqual([])
    const [paper] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor])
    expect(paper).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(18, 22, 27)')
    await page.close()
  })

  it('shows what cannot be used independently, and gives it to two VMs', async () => {
    const { page, wrongs } = await openWatched(browser, await pageOf('--demo'))
    const unit = page.locator(`[data-unit="${GPU}"]`)
    expect(await unit.textContent()).toContain('0a:00.0 and 0a:00.1')
    await unit.click()
    expect(await unit.getAttribute('aria-pressed')).toBe('true')
    const lit = await page
      .locator('.card.lit')
      .evaluateAll((found) => found.map((each) => each.getAttribute('data-id')))
    expect(lit).toEqual([GPU, AUDIO])
    await page.locator(`[data-give="a ${GPU}"]`).click()
    expect(await page.locator('#vm').textContent()).toContain(
      'VM A may hot-reset 2 of its 2 functions',
    )
    await page.locator(`[data-tick="b ${AUDIO}"]`).click()
    expect(await page.locator(`[data-id="${AUDIO}"]`).getAttribute('class')).toContain('vm-b')
    expect(await page.locator('#status').textContent()).toContain(
      'VM A and VM B cannot run together: both have functions of IOMMU group 25.',
    )
    expect(wrongs).toEqual([])
    await page.close()
  })

  it('keeps policy, ticks and folds in its address', async () => {
    const { page, wrongs } = await openWatched(browser, await x570())
    await page.locator('#policy').selectOption('group-fds')
    await page.locator(`[data-tick="b ${GPU}"]`).click()
    await page.locator('[data-fold="0000:00:01.2"]').click()
    const url = page.url()
    expect(url).toContain(`#policy=group-fds&b=${encodeURIComponent(GPU)}&fold=`)
    await page.close()
    const again = await browser.newPage()
    await again.goto(url)
    expect(await again.locator('#policy').inputValue()).toBe('group-fds')
    expect(await again.locator(`[data-id="${GPU}"].vm-b`).count()).toBe(1)
    expect(await again.locator('[data-id="0000:00:01.2"]').getAttribute('aria-expanded')).toBe(
      'false',
    )
    expect(wrongs).toEqual([])
    await again.close()
  })

  it('says that a what-if is one', async () => {
    const { page } = await openWatched(browser, await x570())
    const status = page.locator('#status')
    expect(await status.textContent()).not.toContain('As if')
    await page.locator(`[data-tick="a ${GPU}"]`).click()
    expect(await status.textContent()).toMatch(/^As if 1 function were bound to vfio-pci: /)
    expect(await page.locator(`[data-id="${GPU}"] .facts`).textContent()).toContain(
      'as if vfio-pci',
    )
    await page.close()
  })

  it('stays usable with 1,024 functions', { timeout: 240_000 }, async () => {
    const host = join(pages.folder, 'large')
    await execa('node', ['scripts/synthetic-host.mjs', host, '--functions', '1024'], { cwd: ROOT })
    const { page, wrongs } = await openWatched(browser, await pageOf('--root', host))
    const cards = page.locator('.card')
    expect(await page.evaluate(overlappingTexts, '#drawing')).toEqual([])
    const folded = await cards.count()
    expect(folded).toBeLessThan(500)
    expect(await page.locator('[data-fold] path').count()).toBeGreaterThan(50)
    await page.locator('#find').fill('no such thing')
    await page.locator('#find').press('Enter')
    expect(await page.locator('#found').textContent()).toBe('nothing matches')
    await page.locator('#find').fill('0000:17:01.6')
    await page.locator('#find').press('Enter')
    expect(await page.locator('[data-id="0000:17:01.6"].selected').count()).toBe(1)
    expect(await page.locator('#found').textContent()).toBe('1 of 1')
    expect(await page.locator('#status').textContent()).not.toContain('match')
    await page.locator('#unfold').click()
    expect(await cards.count()).toBeGreaterThan(1024)
    expect(await page.evaluate(overlappingTexts, '#drawing')).toEqual([])
    // A tick touches what it changes and nothing else: its card, those it is reset with, the panels.
    for (const address of ['0000:06:00.0', '0000:b3:00.0', '0000:95:00.4']) {
      expect(await page.evaluate(touchedByTick, address)).toBeLessThan(60)
      expect(await page.locator(`[data-id="${address}"].vm-a`).count()).toBe(1)
    }
    await page.locator('#fold').click()
    expect(await cards.count()).toBe(folded)
    expect(wrongs).toEqual([])
    await page.close()
  })
})

/** How many nodes of the page change when a function is given to VM A. */
async function touchedByTick(address: string): Promise<number> {
  const touched = new Set<Node>()
  const observer = new MutationObserver((records) => {
    for (const { target } of records) touched.add(target)
  })
  const what = { subtree: true, childList: true, attributes: true, characterData: true }
  observer.observe(document.body, what)
  const tick = document.querySelector(`[data-tick="a ${address}"]`)
  tick?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  await new Promise(requestAnimationFrame)
  observer.disconnect()
  return touched.size
}

const SIGNS: Readonly<Record<string, string>> = { permitted: '✓', refused: '✗', 'cannot tell': '?' }

async function inspected(...argv: readonly string[]): Promise<InspectReport> {
  const report: InspectReport = JSON.parse(await tool('inspect', '--json', ...argv))
  return report
}

/** Verdicts of the drawing by address. */
async function verdictsOf(page: Page): Promise<Record<string, string>> {
  const cards = page.locator('.card.function:has(.verdict)')
  const texts = await cards.evaluateAll((found) =>
    found.map((card) => [
      card.getAttribute('data-id') ?? '',
      card.querySelector('.verdict')?.textContent ?? '',
    ]),
  )
  return Object.fromEntries(texts)
}

/** Texts with less contrast than WCAG asks for (1.4.3: 4.5 to 1) against what is painted behind them. */
function faintTexts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = (color: string): readonly number[] => {
    if (canvas === null) return []
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (color: string): number =>
    rgb(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, place) => sum + part * ([0.2126, 0.7152, 0.0722][place] ?? 0), 0)
  const behind = (element: Element): string => {
    const card = element.closest('.card, .acs')
    const face = element.closest('.acs')?.querySelector('rect') ?? card?.querySelector('.face')
    if (face) return getComputedStyle(face).fill
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (rgb(backgroundColor)[3] === 255) return backgroundColor
    }
    return getComputedStyle(document.body).backgroundColor
  }
  const faint = new Set<string>()
  for (const element of document.querySelectorAll(
    'text, p, li, td, th, h1, h2, h3, button, label',
  )) {
    if ((element.textContent ?? '').trim() === '') continue
    const style = getComputedStyle(element)
    const [text, paper] = [
      luminance(element instanceof SVGElement ? style.fill : style.color),
      luminance(behind(element)),
    ]
    const ratio = (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05)
    if (ratio < 4.5)
      faint.add(`${element.getAttribute('class') ?? element.tagName} ${ratio.toFixed(1)}`)
  }
  return [...faint]
}
