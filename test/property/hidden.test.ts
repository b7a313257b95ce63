import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Gap, unknown } from '../../src/host/gap.js'
import type { RawHost } from '../../src/host/raw-host.js'
import { withLinkedGroups } from '../../src/host/read/linked-groups.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import { judge, resetQuestion, type Verdict } from '../../src/policy/verdict.js'
import { hostKernelProfile, type KernelProfile } from '../../src/vfio/kernel-profile.js'
import { type VfioHost, vfioHost } from '../../src/vfio/vfio-host.js'
import { decide, read } from '../support/ask.js'
import { FIELDS, gapAt, hide } from '../support/hide.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import { loadFiles } from '../support/load-host.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

/** Many hosts are built in one test; a busy machine is no failure. */
const SLOW = { timeout: 600_000 }

/** How much is taken from the reader: functions by their place in the list, then facts of the host. */
const hiding = fc.record({
  functions: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constant(FIELDS), fc.subarray([...FIELDS]))), {
    maxLength: 3,
  }),
  pciehpPorts: fc.boolean(),
  slots: fc.boolean(),
  noiommu: fc.boolean(),
  cdevNodes: fc.boolean(),
  groupNames: fc.boolean(),
  groupFolders: fc.boolean(),
  kernelRules: fc.boolean(),
})

type Hiding = typeof hiding extends fc.Arbitrary<infer T> ? T : never

/**
 * A verdict holds in every world that the facts allow. With fewer facts there are more worlds, the true one among them: so
 * what was open stays open, and what is firm was firm in the same way; the errno is among those that are told.
 */
test('hiding facts never makes a verdict firmer, and never another one', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(
      randomVfioHost,
      hiding,
      fc.infiniteStream(fc.boolean()),
      async (spec, hidden, coins) => {
        const raw = await read(spec)
        const kernel = hostKernelProfile(raw, undefined)
        const seen = vfioHost(buildTopology(raw), kernel)
        const blind = vfioHost(buildTopology(hideFrom(raw, hidden)), hideRules(kernel, hidden))
        const owning = new Set(
          seen.topology.devices.filter(() => coins.next().value).map((each) => each.address),
        )
        for (const { address, header } of seen.topology.devices) {
          if (!header.known || header.value !== 'normal') continue
          for (const policy of POLICIES) {
            const [before, after] = [seen, blind].map((vfio) =>
              verdictOf(vfio, policy, address, owning),
            )
            if (after?.outcome === 'undetermined') continue
            const what = `${policy.id} ${address}`
            expect(after?.outcome, what).toBe(before?.outcome)
            const errnos = errnosOf(after)
            for (const each of errnosOf(before)) expect(errnos, what).toContain(each)
          }
        }
      },
    ),
    { numRuns: 80 },
  )
})

function verdictOf(
  vfio: VfioHost,
  policy: (typeof POLICIES)[number],
  address: string,
  owning: Parameters<typeof resetQuestion>[2],
): Verdict | undefined {
  const target = vfio.topology.devices.find((each) => each.address === address)
  return target === undefined ? undefined : judge(policy, resetQuestion(vfio, target, owning))
}

/** Where `possible` stands it can also be that there is nothing to call: null. */
function errnosOf(verdict: Verdict | undefined): readonly (string | null)[] {
  const { errno = null, possible = [] } = verdict ?? {}
  return [errno, ...possible]
}

function hideFrom(raw: RawHost, hidden: Hiding): RawHost {
  let left = raw
  for (const [number, fields] of hidden.functions) {
    const address = raw.functions[number % raw.functions.length]?.address
    if (address !== undefined) left = hide(left, address, ...fields)
  }
  const system = {
    ...left.system,
    ...(hidden.noiommu ? { unsafeNoiommu: unknown(gapAt('sys/module/vfio')) } : {}),
    ...(hidden.cdevNodes
      ? { devVfioDevices: unknown(gapAt('dev/vfio/devices')), devIommu: null }
      : {}),
  }
  return {
    ...left,
    ...(hidden.pciehpPorts ? { pciehpPorts: unknown(gapAt('sys/bus/pci_express')) } : {}),
    ...(hidden.slots ? { slots: unknown(gapAt('sys/bus/pci/slots')) } : {}),
    ...(hidden.groupFolders ? withoutFolders(left.functions, system) : {}),
    ...(hidden.groupNames && !hidden.groupFolders ? { groups: left.groups.map(withoutName) } : {}),
    system,
  }
}

/** The links of the functions are what is left of groups, as the reader takes them. */
function withoutFolders(functions: RawHost['functions'], system: RawHost['system']) {
  const listed = unknown(GROUPS)
  return {
    groups: withLinkedGroups({ groups: [], listed }, functions, system),
    groupsListed: listed,
  }
}

const GROUPS: Gap = gapAt('sys/kernel/iommu_groups')

function withoutName(group: RawHost['groups'][number]): RawHost['groups'][number] {
  return { ...group, name: unknown(gapAt(`${GROUPS.path}/${group.id}/name`)) }
}

function hideRules(kernel: KernelProfile, { kernelRules }: Hiding): KernelProfile {
  const gap: Gap = { path: 'proc/sys/kernel/osrelease', why: 'unmodelled', detail: 'not known' }
  return kernelRules ? { ...kernel, vfSplit: unknown(gap), wideSlots: unknown(gap) } : kernel
}

/**
 * A copy without a function's files, and without its link among the functions: its group names it still, so that none of its
 * neighbours may seem to be alone.
 */
test('a function that a copy lacks makes no verdict firmer', SLOW, async () => {
  const origin = { kind: 'directory', path: 'copy' } as const
  let hidden = 0
  await fc.assert(
    fc.asyncProperty(
      randomVfioHost,
      fc.array(fc.nat(), { maxLength: 2 }),
      async (spec, lacking) => {
        // Without holders: those of random hosts can hold a function that nobody enabled, which none does.
        const files = buildHost({ ...spec, holders: [] })
        const whole = await loadFiles(files, origin)
        const isGrouped = whole.functions.filter(
          ({ iommuGroup }) => iommuGroup.known && iommuGroup.value !== null,
        )
        const gone = lacking.flatMap((place) => isGrouped[place % isGrouped.length] ?? [])
        const paths = gone.flatMap(({ path, address }) => [path, `sys/bus/pci/devices/${address}`])
        const part = await loadFiles(without(files, ...paths), origin)
        hidden += gone.length
        const [seen, blind] = [decide(whole), decide(part)]
        for (const { address } of part.functions) {
          if (paths.some((path) => path.endsWith(address))) continue
          for (const policy of POLICIES) {
            const [before, after] = [seen, blind].map((vfio) =>
              verdictOf(vfio, policy, address, new Set()),
            )
            if (before === undefined || after?.outcome === 'undetermined') continue
            const what = `${policy.id} ${address} without ${gone.map((each) => each.address)}`
            expect(after?.outcome, what).toBe(before.outcome)
          }
        }
      },
    ),
    { numRuns: 80 },
  )
  expect(hidden).toBeGreaterThan(20)
})
