// Makes the pictures in docs/images from the built tool and Debian's chromium: `node scripts/screenshots.mjs [FOLDER]`.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const [images = join(ROOT, 'docs/images')] = process.argv.slice(2)

/** What is shown: a host, what is done to its page, and how it looks. */
const SHOTS = [
  {
    name: 'report-demo',
    host: ['--demo'],
    colorScheme: 'light',
    act: (page) => page.locator('[data-unit="0000:0d:00.0"]').click(),
  },
  {
    name: 'report-refused',
    host: ['--capture', fixture('amd-x570-rtx3090'), '0a:00.0'],
    colorScheme: 'light',
  },
  {
    name: 'report-permitted',
    host: ['--capture', fixture('amd-x570-rtx3090'), '0a:00.0'],
    colorScheme: 'dark',
    act: (page) => tick(page, ['0000:0a:00.0', '0000:0a:00.1']),
  },
  {
    name: 'report-server',
    host: ['--capture', fixture('hwloc-8ve-plx')],
    colorScheme: 'light',
  },
  {
    name: 'report-1024',
    host: ['--root', 'synthetic'],
    colorScheme: 'dark',
    act: (page) => find(page, '0000:09:00.0'),
  },
]

function fixture(name) {
  return join(ROOT, 'fixtures/sysfs', name, 'tree.tar.gz')
}

async function tick(page, addresses) {
  for (const address of addresses) await page.locator(`[data-tick="a ${address}"]`).click()
}

async function find(page, text) {
  await page.locator('#find').fill(text)
  await page.locator('#find').press('Enter')
}

const work = mkdtempSync(join(tmpdir(), 'screenshots-'))
mkdirSync(images, { recursive: true })
run('scripts/synthetic-host.mjs', join(work, 'synthetic'), '--functions', '1024')
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
try {
  for (const shot of SHOTS) await take(shot)
} finally {
  await browser.close()
  rmSync(work, { recursive: true })
}

async function take({ name, host, colorScheme, act }) {
  const file = join(work, `${name}.html`)
  const where = host.map((word) => (word === 'synthetic' ? join(work, word) : word))
  run('bin/run.js', 'report', ...where, '--html', file)
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme })
  await page.goto(`file://${file}`)
  await act?.(page)
  await page.screenshot({ path: join(images, `${name}.png`) })
  await page.close()
  console.log(join(images, `${name}.png`))
}

function run(...argv) {
  execFileSync(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore'] })
}
