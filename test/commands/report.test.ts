import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { endpoint, rootPort } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { type Run, runMain } from '../support/run-main.js'
import { writeHostFiles } from '../support/written-host.js'

const X570 = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function report(...argv: readonly string[]): Promise<Run> {
  return runMain('report', ...argv)
}

/** A host on which everything is there that trackers ask for, and something to hide. */
const HOST: HostSpec = {
  kernel: '6.12.117',
  cmdline: 'root=UUID=3c9a7f8e-1111-4222-8333-944445555666 intel_iommu=on secretkey=hunter2',
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
    endpoint('0000:01:00.0', {
      id: '10de:2204',
      class: 0x030000,
      mfd: true,
      group: 2,
      driver: 'vfio-pci',
      resetMethods: 'flr bus',
    }),
    endpoint('0000:01:00.1', { mfd: true, group: 2, driver: 'snd_hda_intel' }),
  ],
  holders: [{ pid: 4711, command: 'qemu-system-x86', fd: 20, target: '/dev/vfio/2' }],
}

function root(spec: HostSpec = HOST): string {
  const place = join(folder, 'host')
  writeHostFiles(place, buildHost(spec))
  return place
}

describe('report', () => {
  /** What the templates ask for (`docs/report.md#bug-reports`); the reporter's own part is asked for in comments. */
  const ASKED = {
    qemu: [
      '## Host environment',
      'Operating system:',
      'OS/kernel version: Linux `6.12.117`',
      'uname -a',
      'Architecture:',
      'QEMU flavor:',
      'QEMU version:',
      'QEMU command line:',
      '/var/log/libvirt/qemu/GUEST.log',
      '## Emulated/Virtualized environment',
      '## Description of problem',
      '## Steps to reproduce',
      '## Additional information',
      'domain XML',
      'QEMU trace',
      'dmesg',
      'lspci -nnvvxxx',
      '/label ~"kind::Bug"',
    ],
    kernel: [
      '## Summary',
      'Linux `6.12.117`',
      'Bisected to:',
      'Last release that worked:',
      'lspci -nnvv',
      'the whole `dmesg`',
      '## Steps to reproduce',
    ],
    libvirt: ['## Software environment', 'libvirt version:', 'virsh dumpxml', 'GUEST.log'],
    proxmox: ['pveversion -v', 'qm config VMID', 'journalctl -b'],
    kubevirt: ['virtctl version', 'VM or VMI specifications', '## What you expected to happen'],
  } as const
  /** What threads on the lists ask for next. */
  const ALWAYS = [
    '### Functions: who is bound, groups, reset_method',
    '`flr bus`',
    'qemu-system-x86 (4711)',
    '### IOMMU groups',
    '`0000:01:00.1` (snd_hda_intel)',
    '### Ports and bridges: ACS',
    'intel_iommu=on',
    '| group-fds | refused | EBUSY |',
    '### Capture',
    'vfio-reset capture',
  ]

  it.each(Object.entries(ASKED))('has all that %s asks for', async (tracker, texts) => {
    const { stdout, exitCode } = await report('--root', root(), '01:00.0', '--for', tracker)
    expect(exitCode).toBe(0)
    for (const text of [...texts, ...ALWAYS]) expect(stdout).toContain(text)
  })

  it('is about a function that nothing else has to do with, too', async () => {
    const { stdout } = await report('--root', root(), '00:01.0')
    expect(stdout).toContain('It is about `0000:00:01.0`')
    expect(stdout).toContain('### `0000:00:01.0` ')
    expect(stdout).not.toContain('0000:01:00.0')
  })

  it('redacts unless told otherwise, and says so either way', async () => {
    const place = root()
    const redacted = await report('--root', place, '01:00.0')
    expect(redacted.stdout).not.toMatch(/3c9a7f8e|hunter2/)
    expect(redacted.stdout).not.toContain(folder)
    expect(redacted.stderr).toContain('Redacted: ')
    const whole = await report('--root', place, '01:00.0', '--no-redact')
    expect(whole.stdout).toContain('secretkey=hunter2')
    expect(whole.stdout).toContain('Nothing was redacted.')
    expect(whole.stderr).toContain('NOT redacted')
  })

  it('does not let redaction change a verdict', async () => {
    const table = (text: string) => text.split('\n').filter((line) => /^\| [a-z-]+ \| /.test(line))
    const place = root()
    const redacted = await report('--root', place, '01:00.0')
    const whole = await report('--root', place, '01:00.0', '--no-redact')
    expect(table(redacted.stdout).length).toBeGreaterThan(5)
    expect(table(redacted.stdout)).toEqual(table(whole.stdout))
  })

  it('names the capture that was read', async () => {
    const { stdout } = await report('--capture', X570, '0a:00.0', '--for', 'kernel')
    expect(stdout).toContain('Attached: `host.tar.gz`.')
    expect(stdout).not.toContain('/fixtures/')
  })

  it('keeps what a host says from being Markdown', async () => {
    const evil = '@all [x](javascript:1) <b> #1 | `'
    const place = root({ ...HOST, cmdline: `a ${'`'.repeat(3)}\n# b` })
    const { stdout } = await report('--root', place, '--no-redact')
    expect(stdout).toContain(`${'`'.repeat(4)}\na ${'`'.repeat(3)}`)
    const { markdownText, codeSpan } = await import('../../src/text/markdown.js')
    expect(markdownText(evil)).toBe(
      '@<!-- -->all \\[x\\](javascript:1) &lt;b> \\#<!-- -->1 \\| \\`',
    )
    expect(codeSpan('a``b')).toBe('```a``b```')
  })

  it('writes one document', async () => {
    const svg = join(folder, 'host.svg')
    const { stdout } = await report('--capture', X570, '--json', '--svg', svg)
    const document: unknown = JSON.parse(stdout)
    expect(document).toMatchObject({
      schemaVersion: 2,
      kind: 'report',
      tool: { name: 'vfio-reset' },
      source: { kind: 'capture', path: 'host.tar.gz' },
      for: 'qemu',
      redacted: true,
      capture: 'host.tar.gz',
      files: [{ format: 'svg', path: svg, bytes: statSync(svg).size }],
    })
  })
})

describe('report --svg, --dot, --mermaid', () => {
  it('writes whole files and no Markdown', async () => {
    const names = ['a.svg', 'a.dot', 'a.mmd'].map((name) => join(folder, name))
    const [svg = '', dot = '', mermaid = ''] = names
    const run = await report('--capture', X570, '--svg', svg, '--dot', dot, '--mermaid', mermaid)
    expect(run).toMatchObject({ stdout: '', exitCode: 0 })
    expect(run.stderr).toContain(`Wrote ${svg}`)
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(readFileSync(dot, 'utf8')).toMatch(/^digraph topology {\n.*\n}\n$/s)
    expect(readFileSync(mermaid, 'utf8')).toContain('\nflowchart LR\n')
    expect(readdirSync(folder).sort()).toEqual(['a.dot', 'a.mmd', 'a.svg'])
  })

  it('draws what a function hangs on and what is reset with it', async () => {
    const { stdout } = await report('--capture', X570, '0a:00.0', '-n', '--dot', '-')
    const cards = [...stdout.matchAll(/label="([0-9a-f:.]+)\\n/g)].map((match) => match[1])
    expect(cards.sort()).toEqual(['00:03.2', '0a:00.0', '0a:00.1'])
    expect(stdout).toContain('✗ refused EPERM')
  })

  it('marks the policy that is named', async () => {
    const drawn = async (policy: string) =>
      (await report('--capture', X570, '--svg', '-', '--policy', policy)).stdout
    expect(await drawn('iommufd')).toContain(': cannot tell')
    expect(await drawn('group-fds')).not.toContain(': cannot tell')
  })

  it.each([
    [['--svg', ''], '--svg expects a file, but it is empty.'],
    [['--svg', 'x', '--dot', 'x'], 'Two files of the report would be written to x.'],
    [['--svg', '/nonexistent-folder/x'], 'its folder does not exist'],
    [['--svg', '/'], 'it is a folder'],
    [['--for', 'word'], '--for'],
    [['--policy', 'nobody'], 'Unknown policy "nobody".'],
    [['--policy', 'nobody'], 'The policies are group-fds, iommufd, '],
    [['ff:00.0'], 'No function on this host matches "ff:00.0".'],
  ])('refuses %j in one sentence', async (argv, sentence) => {
    const { stdout, stderr, exitCode } = await report('--capture', X570, ...argv)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
  })
})
