import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bridgesAbove } from '../../src/pci/bridges-above.js'
import type { PciDevice } from '../../src/pci/device.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { judge, resetQuestion } from '../../src/policy/verdict.js'
import { computeUnits } from '../../src/vfio/units.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { decide, host } from '../support/ask.js'
import { buildHost } from '../support/host-builder.js'
import { loadFiles } from '../support/load-host.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

const RUNS = { numRuns: 40 }

/** Many hosts are built in one test; a busy machine is no failure. */
const SLOW = { timeout: 600_000 }

test('every vfio function is in exactly one dev_set', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, async (spec) => {
      const vfio = await host(spec)
      fc.pre(vfio.kernel.devSets)
      const bound = vfio.topology.devices.filter((device) => isBound(vfio, device))
      for (const device of bound) {
        for (const world of vfio.scopes.worldsOf(device).worlds) {
          const { members } = vfio.sets.setOf(device, world)
          expect(members).toContain(device)
          const holding = bound.filter((other) =>
            vfio.sets.setOf(other, world).members.includes(device),
          )
          expect(holding).toEqual(members)
        }
      }
    }),
    RUNS,
  )
})

test('affected holds the target and stays below the bridge that is reset', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, async (spec) => {
      const vfio = await host(spec)
      for (const device of vfio.topology.devices) {
        for (const world of vfio.scopes.worldsOf(device).worlds) {
          const { scope } = vfio.scopes.answer(device, world)
          if (scope === null) continue
          expect(scope.affected).toContain(device)
          const touched = [...scope.affected, ...scope.unaccounted]
          expect(new Set(touched).size).toBe(touched.length)
          for (const each of touched) {
            expect(bridgesAbove(each, vfio.topology).map(({ address }) => address)).toContain(
              scope.via,
            )
          }
        }
      }
    }),
    RUNS,
  )
})

test('units partition the normal functions', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, async (spec) => {
      const vfio = await host(spec)
      const normal = vfio.topology.devices.filter(
        ({ header }) => header.known && header.value === 'normal',
      )
      const inUnits = computeUnits(vfio).flatMap(({ devices }) => devices)
      expect([...inUnits].sort()).toEqual(normal.map(({ address }) => address).sort())
    }),
    RUNS,
  )
})

test('owning more never turns permitted into anything else', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, fc.infiniteStream(fc.boolean()), async (spec, coins) => {
      const vfio = await host(spec)
      const flip = () => coins.next().value === true
      const some = new Set(addresses(vfio).filter(flip))
      const more = new Set([...some, ...addresses(vfio).filter(flip)])
      for (const target of normalOf(vfio)) {
        const [before, after] = [some, more].map((owning) => resetQuestion(vfio, target, owning))
        for (const policy of POLICIES) {
          if (before === undefined || after === undefined) continue
          if (judge(policy, before).outcome !== 'permitted') continue
          expect(judge(policy, after).outcome, `${policy.id} ${target.address}`).toBe('permitted')
        }
      }
    }),
    RUNS,
  )
})

test('shuffled directory order gives the same host', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(randomVfioHost, fc.infiniteStream(fc.nat()), async (spec, numbers) => {
      const files = buildHost(spec)
      const shuffled = Object.entries(files)
        .map(([path, file]) => [path, file, numbers.next().value ?? 0] as const)
        .sort(([, , a], [, , b]) => a - b)
      const again = await loadFiles(
        Object.fromEntries(shuffled.map(([path, file]) => [path, file])),
      )
      expect(again).toEqual(await loadFiles(files))
      expect(decide(again).topology.devices).toEqual(
        decide(await loadFiles(files)).topology.devices,
      )
    }),
    { numRuns: 15 },
  )
})

function isBound(vfio: VfioHost, device: PciDevice): boolean {
  const bound = vfio.isVfioBound(device)
  return bound.known && bound.value
}

function addresses(vfio: VfioHost) {
  return vfio.topology.devices.map(({ address }) => address)
}

function normalOf(vfio: VfioHost): readonly PciDevice[] {
  return vfio.topology.devices.filter(({ header }) => header.known && header.value === 'normal')
}
