// Makes the pictures in docs/images from the built tool and Debian's chromium: `node scripts/screenshots.mjs [FOLDER]`.
// With lstopo (Debian's hwloc) it draws the desktop with that too, to be put beside ours.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  {
    name: 'report-narrow',
    host: ['--capture', fixture('amd-x570-rtx3090')],
    colorScheme: 'light',
    viewport: { width: 400, height: 800 },
    act: (page) => page.locator('[data-id="0000:0a:00.0"] .name').click(),
  },
  {
    name: 'report-print',
    host: ['--capture', fixture('amd-x570-rtx3090')],
    colorScheme: 'light',
    viewport: { width: 1047, height: 718 },
    act: print,
  },
]

function fixture(name) {
  return join(ROOT, 'fixtures/sysfs', name, 'tree.tar.gz')
}

async function tick(page, addresses) {
  for (const address of addresses) await page.locator(`[data-tick="a ${address}"]`).click()
}

/** The first sheet of paper. */
async function print(page) {
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
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
  await takeLstopo('amd-x570-rtx3090')
} finally {
  await browser.close()
  rmSync(work, { recursive: true })
}

async function take({ name, host, colorScheme, act, viewport = { width: 1280, height: 800 } }) {
  const file = join(work, `${name}.html`)
  const where = host.map((word) => (word === 'synthetic' ? join(work, word) : word))
  run('bin/run.js', 'report', ...where, '--html', file)
  const page = await browser.newPage({ viewport, colorScheme })
  await page.goto(`file://${file}`)
  await act?.(page)
  await page.screenshot({ path: join(images, `${name}.png`) })
  await page.close()
  console.log(join(images, `${name}.png`))
}

/** The same tree as lstopo draws it, which wants to see a processor first. */
async function takeLstopo(name) {
  const root = join(work, 'lstopo')
  const cpu = join(root, 'sys/devices/system/cpu')
  mkdirSync(join(cpu, 'cpu0/topology'), { recursive: true })
  execFileSync('tar', ['xzf', fixture(name), '-C', root])
  for (const file of ['online', 'possible', 'present']) writeFileSync(join(cpu, file), '0\n')
  for (const file of ['core_id', 'physical_package_id']) {
    writeFileSync(join(cpu, 'cpu0/topology', file), '0\n')
  }
  for (const file of ['core_cpus', 'package_cpus']) {
    writeFileSync(join(cpu, 'cpu0/topology', file), '1\n')
  }
  const svg = join(work, 'lstopo.svg')
  try {
    execFileSync('lstopo', ['--input', root, '--whole-io', svg], { stdio: 'ignore' })
  } catch {
    return console.log('lstopo is not there, or does not draw this tree.')
  }
  const page = await browser.newPage({ viewport: { width: 500, height: 800 } })
  await page.goto(`file://${svg}`)
  await page.screenshot({ path: join(images, 'lstopo-desktop.png') })
  await page.close()
}

function run(...argv) {
  execFileSync(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore'] })
}
