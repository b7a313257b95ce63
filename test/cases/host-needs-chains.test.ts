import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inspectReport } from '../../src/inspect/inspect-report.js'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { caseFile } from '../support/fixtures.js'
import type { HostFiles } from '../support/host-files.js'
import { loadFiles } from '../support/load-host.js'
import { at, PIPE } from '../support/report-of.js'

/*
 * From what a host uses to the functions behind it: each chain ends at them, or is named as one that could not be followed, and no
 * command then takes from the host what it may rest on.
 */

type Recorded = string | null | { readonly link: string } | { readonly hex: string }

interface Chains {
  /** What all of them have in common. */
  readonly host: Readonly<Record<string, Recorded>>
  readonly chains: Readonly<
    Record<
      string,
      {
        /** Kind and address. */
        readonly needs: readonly (readonly [string, string])[]
        readonly files: Readonly<Record<string, Recorded>>
      }
    >
  >
}

const { host, chains }: Chains = JSON.parse(
  readFileSync(caseFile('host-needs-chains', 'chains.json'), 'utf8'),
)

/** What sysfs and procfs do not show. */
const NAMED_GAPS: Readonly<Record<string, RegExp>> = {
  'zfs-root': /its disks are not traced/,
  // Its layers were set up before it was mounted.
  'overlay-root': /its disks are not traced/,
  pppoe: /nothing is shown below it/,
  'vrf-or-policy-table': /nothing is shown below it/,
  'console-virtio-hvc': /which function the console hvc0 is on is not shown/,
  'dev-root-source': /no such file/,
}

/** A console goes with a reboot, so a lasting command is given. */
const NOT_VITAL = new Set(['console'])

describe.each(Object.entries(chains))('%s', (name, { needs, files }) => {
  const tree = filesOf({ ...host, ...files })
  const gap = NAMED_GAPS[name]

  test(gap === undefined ? 'is followed' : 'is named', async () => {
    const raw = await loadFiles(tree)
    const found = raw.hostNeeds.map(({ kind, address }) => [kind, address])
    if (gap === undefined) {
      for (const [kind, address] of needs) {
        expect(found).toContainEqual([kind === 'mounted' ? 'mounted-filesystem' : kind, address])
      }
      return
    }
    expect(raw.gaps.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(gap))
    for (const [kind, address] of needs) {
      if (NOT_VITAL.has(kind)) continue
      const open = raw.openNeeds.filter(({ candidates }) => candidates.includes(at(address)))
      expect(open).not.toEqual([])
    }
  })

  test('no command takes it from the running host', async () => {
    const raw = await loadFiles(tree)
    for (const [kind, address] of needs) {
      if (gap !== undefined && NOT_VITAL.has(kind)) continue
      const report = inspectReport({
        host: analyseHost(raw),
        targets: [at(address)],
        query: { policies: POLICIES, owning: new Set(), brief: false },
        tool: { name: 'vfio-reset', version: '0' },
        names: new Map(),
      })
      expect(renderDevice(report, at(address), PIPE)).not.toContain(`${address}/driver/unbind`)
    }
  })
})

function filesOf(recorded: Readonly<Record<string, Recorded>>): HostFiles {
  return Object.fromEntries(
    Object.entries(recorded).map(([path, entry]) => [
      path,
      entry !== null && typeof entry !== 'string' && 'hex' in entry ? configOf(entry.hex) : entry,
    ]),
  )
}

/** The rest of a recorded configuration space is zero. */
function configOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(256)
  bytes.set(Buffer.from(hex, 'hex'))
  return bytes
}
