import { once } from '../../text/lists.js'
import type { Gap, Observed } from '../gap.js'
import { withCarriers, withCarriersOf } from '../needs/carriers.js'
import { readHostNeeds } from '../needs/read-needs.js'
import type { PciAddress } from '../pci-address.js'
import type { RawFunction, RawGroup, RawHost } from '../raw-host.js'
import type { HostTree } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import { createFieldReader, type FieldReader, NONE } from './function-fields.js'
import { DEVICES, type FunctionFolder, hasFile, listFunctions } from './function-folders.js'
import { withLinkedGroups } from './linked-groups.js'
import { withoutLostLinks } from './missing-group-link.js'
import { type ConfiguredFunction, createConfigReading } from './read-configs.js'
import { type FunctionFacts, readFunctions } from './read-functions.js'
import { type Groups, listGroups, readGroupNumber, readGroups } from './read-groups.js'
import { readHolders } from './read-holders.js'
import { readBinds, readSlots } from './read-slots.js'
import { readSystem } from './read-system.js'

export interface ReadOptions {
  /** Reads config space also of functions that are woken by it. */
  readonly wake: boolean
  /** Looks for the processes that hold VFIO files; costs an access for every open file of the host. */
  readonly holders: boolean
}

/**
 * Reads a host, once. The one list of what this tool touches; nothing is written, and what cannot be read becomes a gap.
 */
export function readHost(tree: HostTree, options: ReadOptions): RawHost {
  const { system, hasVfioNodes, gaps: systemGaps } = readSystem(tree)
  const listing = listFunctions(tree)
  const fields = createFieldReader(tree)
  const configs = createConfigReading(tree, { fields, wake: options.wake })
  const listed = once(() => listGroups(tree))
  const found = readFunctions(tree, {
    addresses: listing.addresses,
    fields,
    take: configs.take,
    groups: () => listed().groups,
  })
  const { identities } = found
  const configured = configs.finish(identities)

  const addresses: ReadonlySet<PciAddress> = new Set(identities.map(({ facts }) => facts.address))
  const grouping = readGroups(tree, listed(), addresses)
  const { gaps: slotGaps, ...slots } = readSlots(tree)
  const { needs, open: openNeeds, gaps: needGaps } = readHostNeeds(tree, identities)
  const functions = withoutLostLinks(
    finishFunctions(configured, grouping, fields),
    grouping.groups,
    system,
    tree.origin,
  )
  const { holders, gaps: holderGaps } =
    options.holders && hasVfioNodes ? readHolders(tree) : { holders: [], gaps: [] }

  const end = compareWithEnd(tree, listing.addresses)
  const groups = withLinkedGroups(grouping, functions, system)
  return {
    origin: tree.origin,
    source: tree.source,
    system,
    functions: functions.filter(({ address }) => !end.gone.has(address)),
    ...slots,
    boundAt: readBinds(tree, functions, slots),
    groups: end.gone.size === 0 ? groups : groups.map((group) => without(group, end.gone)),
    groupsListed: grouping.listed,
    holders,
    hostNeeds: withCarriers(needs, functions),
    openNeeds: withCarriersOf(openNeeds, functions),
    changed: found.changed || end.changed,
    gaps: [
      ...systemGaps,
      ...listing.gaps,
      ...found.gaps,
      ...grouping.gaps,
      ...slotGaps,
      ...needGaps,
      ...holderGaps,
      ...end.gaps,
    ],
  }
}

interface End {
  readonly gone: ReadonlySet<PciAddress>
  readonly changed: boolean
  readonly gaps: readonly Gap[]
}

/** Lists the functions once more: what went meanwhile is dropped, what came is only told. */
function compareWithEnd(tree: HostTree, before: readonly PciAddress[]): End {
  const { addresses, isListed } = listFunctions(tree)
  if (!isListed) return { gone: new Set(), changed: false, gaps: [] }
  const after = new Set(addresses)
  const gone = before.filter((address) => !after.has(address))
  const hasCome = after.size > before.length - gone.length
  const gaps = gone.map((address): Gap => {
    return { path: joinPath(DEVICES, address), why: 'vanished', detail: 'went away meanwhile' }
  })
  return { gone: new Set(gone), changed: gone.length > 0 || hasCome, gaps }
}

function without(group: RawGroup, gone: ReadonlySet<PciAddress>): RawGroup {
  return { ...group, devices: group.devices.filter((address) => !gone.has(address)) }
}

/** Puts the functions together from what was read of them at different times, and settles what was missing. */
export function finishFunctions(
  configured: readonly ConfiguredFunction[],
  { groups, listed }: Pick<Groups, 'groups' | 'listed'>,
  fields: FieldReader,
): RawFunction[] {
  const groupOf = new Map(groups.flatMap(({ id, devices }) => devices.map((each) => [each, id])))
  return configured.map(({ identity: { folder, facts }, config, revision }) => {
    const settle = <T>(value: Observed<T>) => fields.settle(folder, value)
    // Written out: a spread of this many fields makes objects that are slow and large, and there are thousands.
    return {
      address: facts.address,
      path: facts.path,
      vendorId: settle(facts.vendorId),
      deviceId: settle(facts.deviceId),
      subsystemVendorId: settle(facts.subsystemVendorId),
      subsystemDeviceId: settle(facts.subsystemDeviceId),
      classCode: settle(facts.classCode),
      revision: settle(revision),
      driver: settleDriver(folder, facts, fields),
      iommuGroup: readGroupNumber(fields, folder, groupOf, listed),
      numaNode: settle(facts.numaNode),
      resetMethods: settleResetMethods(folder, facts, fields),
      physfn: facts.physfn,
      virtfns: facts.virtfns,
      sriovTotal: settle(facts.sriovTotal),
      childBuses: facts.childBuses,
      power: settle(facts.power),
      runtimeStatus: settle(facts.runtimeStatus),
      enabled: settle(facts.enabled),
      vfioDev: facts.vfioDev,
      bootVga: settle(facts.bootVga),
      config: settle(config),
    }
  })
}

/** No link means no driver, unless no function of a copy has one: then nobody recorded them. */
function settleDriver(
  { files, unlisted }: FunctionFolder,
  { driver }: FunctionFacts,
  fields: FieldReader,
): FunctionFacts['driver'] {
  const isMissing = unlisted === null && !hasFile(files, 'driver') && !driver.known
  return isMissing && fields.isAnywhere('driver') ? NONE : driver
}

/** The file exists where some method existed when the function was added; kernels before 5.15 have none at all. */
function settleResetMethods(
  folder: FunctionFolder,
  { resetMethods }: FunctionFacts,
  fields: FieldReader,
): FunctionFacts['resetMethods'] {
  const isThere = folder.unlisted !== null || hasFile(folder.files, 'reset_method')
  return !isThere && fields.isAnywhere('reset_method') ? NONE : resetMethods
}
