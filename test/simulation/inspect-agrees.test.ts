import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Observed } from '../../src/host/gap.js'
import type { RawHost } from '../../src/host/raw-host.js'
import type { PciDevice } from '../../src/pci/device.js'
import { policyOf } from '../../src/policy/find-policy.js'
import { judge, resetQuestion } from '../../src/policy/verdict.js'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { decide } from '../support/ask.js'
import { assumedStory, policiesOf, storyEnding, type Way } from '../support/assumed-caller.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import { type HostSpec, releaseOf } from '../support/host-spec.js'
import { loadFiles } from '../support/load-host.js'
import { playUnder } from '../support/play.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

/**
 * `inspect` judges the assumed caller (`docs/reference/policies.md#the-assumed-caller`) without playing anything;
 * `simulate` plays the same story call by call. Both must come to the same end, under every policy. Left out: holders,
 * which a scenario does not have, and VFs of a PF on vfio-pci, whose tokens `inspect` leaves alone.
 */
test('a static verdict is how the story of the assumed caller ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomVfioHost,
      fc.boolean(),
      fc.infiniteStream(fc.boolean()),
      async (spec, captured, coins) => {
        const files = buildHost({ ...withoutVariants(spec), holders: [] })
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
    { numRuns: 20 },
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
  for (const way of WAYS) {
    // A claim leaves room for one open no-IOMMU function, which `inspect` does not count.
    if (way === 'claim' && isOn(vfio.interfaces.noiommu) && owning.length > 0) continue
    const drivers = { [target.address]: 'vfio-pci' }
    const steps = assumedStory(way, question, owning)
    for (const [policy, played] of playUnder(raw, { drivers, steps }, policiesOf(way))) {
      const verdict = judge(policyOf(policy), question)
      const ending = storyEnding(played, target.address)
      if (verdict.possible !== undefined) {
        const errnos = [...verdict.possible, 'undetermined', 'ENOENT', 'null']
        expect(errnos, `${policy} ${target.address} +${owning}`).toContain(ending)
        continue
      }
      const stated = verdict.outcome === 'refused' ? (verdict.errno ?? 'ENOENT') : verdict.outcome
      // To `inspect` a kernel without cdevs has nothing to call; to a caller that is ENOENT like any other missing file.
      const sameFile = ending === 'ENOENT' && !vfio.interfaces.cdev.known && policy === 'iommufd'
      if (sameFile && stated === 'undetermined') continue
      expect(ending, `${policy} ${target.address} +${owning}`).toBe(stated)
    }
  }
}

const WAYS: readonly Way[] = ['group', 'cdev', 'device-fds', 'claim']

function isOn(fact: Observed<boolean>): boolean {
  return fact.known && fact.value
}

/** Before 5.18 there was vfio-pci and nothing else. */
function withoutVariants(spec: HostSpec): HostSpec {
  if (releaseOf(spec) >= 518) return spec
  const functions = spec.functions.map((each) =>
    each.driver === 'mlx5_vfio_pci' ? { ...each, driver: 'vfio-pci' } : each,
  )
  return { ...spec, functions }
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
    const bound = vfio.isVfioBound(device)
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
