import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTar } from '../../src/capture/record/write-tar.js'
import { buildHost } from '../support/host-builder.js'
import { type HostFiles, linkTo } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, TWO_GROUPS, WIDE_GROUP } from '../support/hosts.js'
import { called, FLEET, ROOT, tool } from './programs.js'

const HAS_DUCKDB =
  spawnSync(process.execPath, [join(ROOT, 'scripts/duckdb.mjs'), '/dev/null'], { cwd: ROOT })
    .status !== 3
const HOSTS = 1_000

/** Hosts whose GPU lost a reset to a sound function that the host took back, at no regular places. */
const FLIPPED = [7, 86, 311, 312, 640, 999]
/** Hosts that were given another kernel, and where nothing else changed. */
const UPGRADED = [3, 7, 86, 200, 311, 312, 640, 700, 999]
/** Hosts that changed without another kernel: somebody else's question. */
const TINKERED = [50, 51]

const OPEN: HostSpec = {
  ...GPU,
  functions: GPU.functions.map((each) => ({
    ...each,
    ...(each.address.endsWith('.1') ? { driver: 'vfio-pci' } : {}),
  })),
}

/** The NVMe disk of a host that shares its group with a GPU carries the boot disk. */
const BOOT_FILES: HostFiles = bootDisk('sys/devices/pci0000:00/0000:00:01.1/0000:02:00.0')

function bootDisk(folder: string): HostFiles {
  const place = `${folder}/nvme/nvme0/nvme0n1`
  return {
    [`${place}/dev`]: '259:0\n',
    'sys/class/block/nvme0n1': linkTo('sys/class/block/nvme0n1', place),
    'sys/dev/block/259:0': linkTo('sys/dev/block/259:0', place),
    'proc/self/mountinfo':
      '20 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n21 20 259:0 / /boot rw - ext4 /dev/nvme0n1 rw\n',
  }
}

const WITH_DISK: HostSpec = { ...WIDE_GROUP, files: BOOT_FILES }

function specOf(index: number, day: 'before' | 'after'): HostSpec {
  if (index % 97 === 0) return WITH_DISK
  const base =
    index % 5 === 1 && !FLIPPED.includes(index) && !TINKERED.includes(index) ? TWO_GROUPS : OPEN
  const isLater = day === 'after'
  const changed = isLater && (FLIPPED.includes(index) || TINKERED.includes(index)) ? GPU : base
  const kernel = isLater && UPGRADED.includes(index) ? '6.12.118' : '6.12.117'
  return { ...changed, kernel }
}

const nameOf = (index: number) => `node${String(index).padStart(4, '0')}`

let folder = ''

function sql(name: string): readonly Readonly<Record<string, unknown>>[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts/duckdb.mjs'), join(FLEET, 'sql', name)],
    { cwd: folder, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

describe.skipIf(!HAS_DUCKDB)(
  called('DuckDB about a thousand hosts', HAS_DUCKDB, '@duckdb/node-api'),
  () => {
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'vfio-reset-duckdb-'))
      const archives = new Map<string, Buffer>()
      for (const day of ['before', 'after'] as const) {
        mkdirSync(join(folder, day))
        const files = Array.from({ length: HOSTS }, (_, index) => {
          const spec = specOf(index, day)
          const key = JSON.stringify(spec)
          const archive = archives.get(key) ?? archiveOf(spec)
          archives.set(key, archive)
          const file = join(folder, day, `${nameOf(index)}.tar.gz`)
          writeFileSync(file, archive)
          return file
        })
        tool(
          'export',
          '--format',
          'ndjson',
          '--select',
          'all',
          '--output',
          join(folder, `${day}.ndjson`),
          ...files,
        )
      }
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('finds what changed since the last kernel, and nothing else', () => {
      const rows = sql('changed.sql')
      expect([...new Set(rows.map(({ host }) => host))]).toEqual(FLIPPED.map(nameOf))
      const gpus = rows.filter(({ pci_address }) => pci_address === '0000:65:00.0')
      for (const row of gpus) {
        expect(row).toMatchObject({
          verdict_before: 'permitted',
          verdict_after: 'refused',
          kernel_after: '6.12.118',
        })
      }
      expect(gpus).toHaveLength(FLIPPED.length)
    })

    it('finds which models refuse, and why', () => {
      const rows = sql('models.sql')
      const gpu = rows.find(({ device_id }) => device_id === '2204')
      expect(gpu).toMatchObject({
        vendor_id: '10de',
        refused: String(FLIPPED.length + TINKERED.length),
        blockers: ['foreign-driver'],
      })
    })

    it('finds who shares the group of the boot disk', () => {
      const rows = sql('boot-disk.sql')
      const planted = Array.from({ length: HOSTS }, (_, index) => index).filter(
        (index) => index % 97 === 0,
      )
      expect(rows.map(({ host, pci_address }) => [host, pci_address])).toEqual(
        planted.map((index) => [nameOf(index), '0000:01:00.0']),
      )
    })
  },
)

function archiveOf(spec: HostSpec): Buffer {
  const entries = Object.entries(buildHost(spec)).sort(([a], [b]) => (a < b ? -1 : 1))
  return gzipSync(Buffer.concat([...writeTar(entries)]))
}
