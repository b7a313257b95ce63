import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import Reset from '../../src/commands/reset.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { hostLosses } from '../../src/plan/host-use.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { randomUses, useFiles } from '../support/host-uses.js'
import { loadFiles } from '../support/load-host.js'
import { randomVfioHost } from '../support/random-vfio-host.js'
import { runLive } from '../support/run-live.js'
import { runMain } from '../support/run-main.js'
import { writeHostFiles } from '../support/written-host.js'

/** Lines of a shell that take a function from the driver that it has, now. */
const TAKES =
  /driver\/unbind|driver_override|drivers_probe|set-override|nodedev-detach|sriov_numvfs/

/**
 * Whatever is asked of whatever function by whatever command: nothing that is printed takes a function from the host which the
 * host needs, or may need.
 */
test('no command is printed that unbinds what the host needs', async () => {
  const seen = { needed: 0, commands: 0 }
  await fc.assert(
    fc.asyncProperty(randomVfioHost, randomUses, fc.nat(), async (spec, uses, start) => {
      const host = onNativeDrivers(spec)
      const bare = await loadFiles(buildHost(host))
      const folders = bare.functions.map(({ path }) => path)
      const files = { ...buildHost(host), ...useFiles(folders, uses) }
      const raw = await loadFiles(files)
      const needed = neededIn(raw)
      seen.needed += needed.size
      const root = mkdtempSync(join(tmpdir(), 'vfio-reset-needs-'))
      try {
        writeHostFiles(root, files)
        const { functions } = raw
        for (const place of [start, start + 1]) {
          const address = functions[place % functions.length]?.address ?? ''
          for (const text of await outputsAbout(address, root)) check(text, needed, seen)
        }
        for (const { address } of functions.slice(-2)) {
          const { stdout, stderr } = await runLive(Reset, [address], {
            host,
            files: useFiles(folders, uses),
          })
          check(stdout + stderr, needed, seen)
        }
      } finally {
        rmSync(root, { recursive: true })
      }
    }),
    { numRuns: 6, endOnFailure: true, seed: 5 },
  )
  expect(seen.needed).toBeGreaterThan(10)
  expect(seen.commands).toBeGreaterThan(10)
}, 300_000)

/** Most functions are still the host's, so that there is something to take from it. */
function onNativeDrivers(spec: HostSpec): HostSpec {
  const functions = spec.functions.map((each, index) =>
    each.header === 'bridge' || index % 4 === 0 ? each : { ...each, driver: 'igb' },
  )
  return { ...spec, functions, noiommu: false, holders: [] }
}

function neededIn(raw: RawHost): ReadonlySet<string> {
  const all = raw.functions.map(({ address }) => address)
  return new Set(all.filter((address) => hostLosses(raw, address).length > 0))
}

async function outputsAbout(address: string, root: string): Promise<readonly string[]> {
  const commands = [
    ['inspect', address],
    ['preflight', address],
    ['preflight', address, '--plan'],
    ['preflight', address, '--plan', '--plan-style', 'virsh'],
    ['preflight', address, '--json', '--plan-style', 'driverctl'],
  ]
  const runs = []
  for (const argv of commands) runs.push(await runMain(...argv, '--root', root))
  return runs.flatMap(({ stdout, stderr }) => [stdout, stderr])
}

function check(text: string, needed: ReadonlySet<string>, seen: { commands: number }): void {
  for (const line of linesOf(text)) {
    if (!TAKES.test(line)) continue
    seen.commands += 1
    for (const address of needed) {
      const isNamed = line.includes(address) || line.includes(address.replace(/[:.]/g, '_'))
      expect(isNamed ? line : null).toBeNull()
    }
  }
}

/** Lines for a shell; of a document those that it gives as commands. */
function linesOf(text: string): readonly string[] {
  if (!text.startsWith('{')) return text.split('\n')
  const found: string[] = []
  JSON.parse(text, (key, value: unknown) => {
    if (['command', 'undo', 'lasting'].includes(key) && typeof value === 'string') found.push(value)
    return value
  })
  return found.flatMap((each) => each.split('\n'))
}
