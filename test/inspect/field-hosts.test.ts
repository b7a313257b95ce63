import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

/** What `inspect` prints of a captured host, on one line for each paragraph's sake. */
async function inspect(name: string, ...more: readonly string[]): Promise<string> {
  const { stdout } = await runMain(
    'inspect',
    '--capture',
    fixturePath(name, 'tree.tar.gz'),
    ...more,
  )
  return stdout.replace(/\s+/g, ' ')
}

async function preflight(name: string, ...more: readonly string[]) {
  const run = await runMain('preflight', '--capture', fixturePath(name, 'tree.tar.gz'), ...more)
  return { ...run, stdout: run.stdout.replace(/\s+/g, ' ') }
}

describe('a function without a group on a host whose IOMMU is on', () => {
  test('stands under a heading of its own, and not among the independent ones', async () => {
    const text = await inspect('altra-vga-without-group')
    const [, own = ''] = text.split('No IOMMU group: cannot be given away; nothing limits its DMA')
    expect(own).toContain('0003:02:00.0')
    expect(text.split('No IOMMU group:')[0]).not.toContain('0003:02:00.0')
  })

  test('is not called independent, and no command binds it', async () => {
    const text = await inspect('altra-vga-without-group', '0003:02:00.0')
    expect(text).toContain('It has no IOMMU group, so VFIO does not take it')
    expect(text).toContain('its driver left the function out')
    expect(text).not.toMatch(/driver_override|driverctl|Yes: it shares/)
  })

  test('is not to be cured by firmware setup', async () => {
    const { stdout, exitCode } = await preflight('altra-vga-without-group', '0003:02:00.0')
    expect(exitCode).toBe(1)
    expect(stdout).not.toMatch(/[Ss]witch the IOMMU on|intel_iommu|firmware setup/)
    expect(stdout).toContain('IOMMU is on and leaves this function out')
  })
})

describe('a copy without any word of groups', () => {
  test('tells neither a group nor the lack of one', async () => {
    const text = await inspect('hpe-cx5-without-groups', '12:00.4')
    expect(text).not.toMatch(/no IOMMU group|nothing limits its DMA|Yes: it shares/)
    expect(text).toContain('its IOMMU group was not read')
  })

  test('has no plan for the IOMMU', async () => {
    const { stdout, exitCode } = await preflight('hpe-cx5-without-groups', '12:00.4')
    expect(exitCode).toBe(3)
    expect(stdout).not.toMatch(/intel_iommu|firmware setup/)
  })
})

describe('what each kind of edge joins', () => {
  test('a wide group of which one pair is reset together', async () => {
    const text = await inspect('macmini-thunderbolt-group')
    expect(text).toContain('share IOMMU group 1; 44:00.0 and 44:00.1 are hot-reset together')
    expect(text).not.toContain('and are hot-reset together')
  })

  test('groups of one function each, all reset together', async () => {
    const text = await inspect('altra-vga-without-group')
    expect(text).toContain('own IOMMU groups, but one hot reset affects all')
  })
})

test('groups stated by links only: headings and blocks as with the folder', async () => {
  const text = await inspect('ghw-i7-1270p-links')
  expect(text).toContain('IOMMU active; 23 functions, 15 groups')
  expect(text).not.toContain('their DMA: unknown')
  const [, independent = ''] = text.split(/Independent: /)
  expect(independent).toContain('04:00.0')
})

describe('functions of whose groups a copy is silent', () => {
  test('are not said to be in different ones', async () => {
    const text = await inspect('ghw-xeon-l5640', '05:10.0')
    expect(text).not.toMatch(/not the same IOMMU group|belongs to one user/)
    expect(text).toContain('whether they share an IOMMU group is unknown: 0000:05:00.0')
    expect(text).toContain('Whether they can go to different users is unknown')
  })
})

describe('a dump of one function', () => {
  const CARD = '0a:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA102 [10de:2204]'

  async function dumped(lines: readonly string[], ...argv: readonly string[]): Promise<string> {
    const file = join(await mkdtemp(join(tmpdir(), 'dump-')), 'lspci.txt')
    await writeFile(file, lines.map((line) => `${line}\n`).join(''))
    const { stdout } = await runMain('inspect', '-n', '--capture', file, ...argv)
    return stdout.replace(/\s+/g, ' ')
  }

  test.each([
    ['with its group', [CARD, '\tIOMMU group: 25', '\tKernel driver in use: vfio-pci']],
    ['without', [CARD, '\tKernel driver in use: nvidia']],
  ])('%s: whether others go with it is unknown', async (_, lines) => {
    const overview = await dumped(lines)
    expect(overview).toContain('Unknown whether others go with them')
    expect(overview).not.toMatch(/Independent|Not coupled by a reset/)
    const own = await dumped(lines, '0a:00.0')
    expect(own).not.toMatch(/Yes|holds this function alone|A reset does not couple it/)
    expect(own).toMatch(/Can it be used independently\? Unknown: /)
  })
})

test('what is known not to come back from a reset stands above the answer', async () => {
  for (const [host, device, trouble] of [
    ['asm1062-proxmox', '03:00.0', 'known for trouble with resets'],
    ['qualcomm-wifi-6.18', '03:00.0', 'known not to come back from a bus reset'],
  ] as const) {
    const text = await inspect(host, device)
    const [lead = ''] = text.split('Who may hot-reset it')
    expect(lead).toContain(trouble)
    expect(text.split(trouble)).toHaveLength(2)
  }
})
