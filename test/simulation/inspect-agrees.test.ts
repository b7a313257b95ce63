import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RawHost } from '../../src/host/raw-host.js'
import type { PciDevice } from '../../src/pci/device.js'
import { POLICIES } from '../../src/policy/index.js'
import { judge, resetQuestion } from '../../src/policy/verdict.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { decide } from '../support/ask.js'
import { assumedStory, storyEnding } from '../support/assumed-caller.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import { loadFiles } from '../support/load-host.js'
import { playOn } from '../support/play.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

/**
 * `inspect` judges the assumed caller of `contract.md` 4 without playing anything; `simulate` plays the same story call by
 * call. Both must come to the same end, under every policy. Left out: holders, which a scenario does not have, and VFs of a
 * PF on vfio-pci, whose tokens `inspect` leaves alone.
 */
test('a static verdict is how the story of the assumed caller ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomVfioHost,
      fc.boolean(),
      fc.infiniteStream(fc.boolean()),
      async (spec, captured, coins) => {
        const files = buildHost({ ...spec, holders: [] })
        const raw = captured
          ? await loadFiles(without(files, 'sys/bus/pci_express', 'dev'), COPY)
          : await loadFiles(files)
        const vfio = decide(raw)
        for (const target of targetsOf(vfio)) {
          const owning = partners(vfio, target).filter(() => coins.next().value === true)
          compare(raw, vfio, target, owning)
        }
      },
    ),
    { numRuns: 120 },
  )
}, 120_000)

const COPY = { kind: 'capture', path: 'host.tar.gz' } as const

function compare(
  raw: RawHost,
  vfio: VfioHost,
  target: PciDevice,
  partner: readonly PciDevice[],
): void {
  const owning = partner.map(({ address }) => address)
  const question = resetQuestion(vfio, target, new Set(owning))
  for (const policy of POLICIES) {
    // A claim leaves room for one open no-IOMMU function, which `inspect` does not count.
    if (vfio.interfaces.noiommu.known && vfio.interfaces.noiommu.value && owning.length > 0) {
      if (policy.id.startsWith('reset-group-claim')) continue
    }
    const verdict = judge(policy, question)
    const steps = playOn(raw, {
      policy: policy.id,
      drivers: { [target.address]: 'vfio-pci' },
      steps: assumedStory(policy.id, question, owning),
    })
    const stated = verdict.outcome === 'refused' ? (verdict.errno ?? 'ENOENT') : verdict.outcome
    expect(storyEnding(steps, target.address), `${policy.id} ${target.address} +${owning}`).toBe(
      stated,
    )
  }
}

function targetsOf(vfio: VfioHost): readonly PciDevice[] {
  return vfio.topology.devices.filter(
    (device) =>
      device.header.known && device.header.value === 'normal' && !needsToken(vfio, device),
  )
}

/** Functions that the caller can open: on vfio, beside the target on its bus, in a viable group. */
function partners(vfio: VfioHost, target: PciDevice): readonly PciDevice[] {
  return (vfio.topology.byBus.get(target.bus)?.devices ?? []).filter((device) => {
    const bound = vfio.sets.isVfio(device)
    const group = device.raw.iommuGroup
    if (device === target || !bound.known || !bound.value || needsToken(vfio, device)) return false
    if (!group.known || group.value === null) return false
    const { culprits, hidden } = vfio.viabilityOf(group.value)
    return culprits.length + hidden.length === 0
  })
}

function needsToken(vfio: VfioHost, { raw: { physfn } }: PciDevice): boolean {
  const pf =
    physfn.known && physfn.value !== null ? vfio.topology.byAddress.get(physfn.value) : undefined
  return pf !== undefined
}
