import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Debian's package `chromium` puts it there. */
const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser']

/** The browser of this machine; undefined: it has none, and what needs one is skipped. */
export const CHROMIUM = PLACES.find((place) => place !== undefined && existsSync(place))

export function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('This machine has no chromium.')
  // Chromium's sandbox does not run as root, and often not in a container; the pages are our own.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

/** A page with everything that it did wrong. */
export interface WatchedPage {
  readonly page: Page
  /** Complaints of the browser, scripts that failed, dialogs, and requests for anything but the file itself. */
  readonly wrongs: readonly string[]
}

/** Opens a file and watches it from the first byte. */
export async function openWatched(
  browser: Browser,
  file: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 950 }, ...options })
  const wrongs: string[] = []
  page.on('console', (message) => wrongs.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) wrongs.push(`request: ${request.url()}`)
  })
  await page.goto(`file://${file}`)
  return { page, wrongs }
}
