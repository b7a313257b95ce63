import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath, REAL_HOSTS } from '../support/fixtures.js'
import { called, FLEET, ROOT, tool, unpacked } from './programs.js'

const PACKAGES = unpacked('prometheus', 'prometheus-node-exporter')
const bin = (name: string) => join(PACKAGES ?? '', 'usr/bin', name)
const RULES = join(FLEET, 'prometheus')

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

describe.skipIf(PACKAGES === null)(called('promtool', PACKAGES !== null, 'Prometheus'), () => {
  it('finds nothing wrong with what is exported of any host', () => {
    const captures = REAL_HOSTS.map((name) => fixturePath(name))
    const text = tool(
      'export',
      '--format',
      'prometheus',
      '--select',
      'all',
      ...captures.map(archiveIn),
    )
    expect(text.split('\n').length).toBeGreaterThan(1000)
    execFileSync(bin('promtool'), ['check', 'metrics'], { input: text })
  })

  it('passes the tests of the rules', () => {
    execFileSync(bin('promtool'), ['check', 'rules', join(RULES, 'vfio-reset.rules.yml')])
    execFileSync(bin('promtool'), ['test', 'rules', 'vfio-reset.test.yml'], { cwd: RULES })
  })
})

function archiveIn(folder: string): string {
  const archive = join(folder, 'tree.tar.gz')
  try {
    readFileSync(archive)
    return archive
  } catch {
    return folder
  }
}

describe.skipIf(PACKAGES === null)(
  called('Prometheus that scrapes node_exporter', PACKAGES !== null, 'Prometheus'),
  () => {
    const children: ChildProcess[] = []
    let folder = ''
    let port = 0

    const ask = async (query: string): Promise<readonly Series[]> => {
      const answer = await fetch(
        `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`,
      )
      const { status, data, error } = (await answer.json()) as {
        status: string
        error?: string
        data: { result: readonly Series[] }
      }
      if (status !== 'success') throw new Error(`${query}: ${error}`)
      return data.result
    }

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vfio-reset-prometheus-'))
      const [exporter] = [await freePort()]
      port = await freePort()
      const textfiles = join(folder, 'textfiles')
      mkdirSync(textfiles)
      tool(
        'export',
        archiveIn(fixturePath('amd-x570-rtx3090')),
        '--format',
        'prometheus',
        '--select',
        'all',
        '--baseline',
        archiveIn(fixturePath('amd-x570-rtx3090')),
        '--output',
        join(textfiles, 'vfio-reset.prom'),
      )
      // The collector of node_exporter that has these is newer than Debian's; this is what it says of the GPU.
      writeFileSync(
        join(textfiles, 'pcidevice.prom'),
        'node_pcidevice_info{segment="0000",bus="0a",device="00",function="0",class_id="0x030000",vendor_id="0x10de",device_id="0x2204"} 1\n',
      )
      writeFileSync(
        join(folder, 'prometheus.yml'),
        `global: {scrape_interval: 1s}\nrule_files: ['${join(RULES, 'vfio-reset.rules.yml')}']\nscrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:${exporter}']}]}]\n`,
      )
      start('prometheus-node-exporter', [
        `--web.listen-address=127.0.0.1:${exporter}`,
        '--collector.disable-defaults',
        '--collector.textfile',
        `--collector.textfile.directory=${textfiles}`,
      ])
      start('prometheus', [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ])
      for (;;) {
        const seen = await ask('vfio_reset_build_info').catch(() => [])
        if (seen.length > 0) break
        await sleep(500)
      }
    })

    afterAll(() => {
      for (const child of children) child.kill()
      rmSync(folder, { recursive: true, force: true })
    })

    function start(name: string, argv: readonly string[]): void {
      children.push(spawn(bin(name), argv, { stdio: 'ignore' }))
    }

    it('has every sample, and no error of the collector', async () => {
      const text = readFileSync(join(folder, 'textfiles/vfio-reset.prom'), 'utf8')
      const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      const [count] = await ask('count({__name__=~"vfio_reset_.*"})')
      expect(Number(count?.value[1])).toBe(samples.length)
      const [error] = await ask('node_textfile_scrape_error')
      expect(error?.value[1]).toBe('0')
    })

    it('answers every query of the dashboard, all panels of this host with something', async () => {
      const { panels } = JSON.parse(readFileSync(join(RULES, 'dashboard.json'), 'utf8')) as {
        panels: readonly { title: string; targets: readonly { expr: string }[] }[]
      }
      const empty: string[] = []
      for (const { title, targets } of panels) {
        for (const { expr } of targets) {
          const series = await ask(expr.replaceAll('$instance', '.*'))
          if (series.length === 0) empty.push(title)
        }
      }
      // Nothing of this host is bound to VFIO, and there is no yesterday.
      expect(empty).toEqual([
        'Refused by every rule, bound to VFIO',
        'IOMMU groups that changed within a day',
      ])
    })

    it('joins with the devices of node_exporter', async () => {
      const [joined] = await ask(
        'vfio_reset_function_info * on (instance, segment, bus, device, function) group_left () node_pcidevice_info',
      )
      expect(joined?.metric['pci_address']).toBe('0000:0a:00.0')
      const verdicts = await ask(
        'vfio_reset_verdict == 1 and on (instance, pci_address) vfio_reset_function_info{vendor_id="0x10de"}',
      )
      expect(verdicts.length).toBeGreaterThan(0)
    })

    it('answers the queries of docs/fleet.md', async () => {
      const page = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8')
      const queries = [...page.matchAll(/```promql\n([\s\S]*?)```/g)].map(
        ([, query]) => query ?? '',
      )
      expect(queries.length).toBeGreaterThan(0)
      for (const query of queries) expect((await ask(query)).length).toBeGreaterThan(0)
    })

    it('evaluates the rules', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/rules`)
      const { data } = (await answer.json()) as {
        data: { groups: readonly { rules: readonly { health: string; name: string }[] }[] }
      }
      const rules = data.groups.flatMap((group) => group.rules)
      expect(rules).toHaveLength(5)
      for (const { health } of rules) expect(['ok', 'unknown']).toContain(health)
    })
  },
)

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('no port'))
      })
    })
  })
}
