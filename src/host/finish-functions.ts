import type { Observed } from './gap.js'
import type { RawFunction, RawGroup } from './raw-host.js'
import { type FieldReader, NONE } from './read/function-fields.js'
import { type FunctionFolder, hasFile } from './read/function-folders.js'
import type { ConfiguredFunction } from './read/read-configs.js'
import type { FunctionFacts } from './read/read-functions.js'
import { readGroupNumber } from './read/read-groups.js'

/** Puts the functions together from what was read of them at different times, and settles what was missing. */
export function finishFunctions(
  configured: readonly ConfiguredFunction[],
  groups: readonly RawGroup[],
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
      driver: facts.driver,
      iommuGroup: readGroupNumber(fields, folder, groupOf),
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

/** The file exists where some method existed when the function was added; kernels before 5.15 have none at all. */
function settleResetMethods(
  folder: FunctionFolder,
  { resetMethods }: FunctionFacts,
  fields: FieldReader,
): FunctionFacts['resetMethods'] {
  const isThere = folder.unlisted !== null || hasFile(folder.files, 'reset_method')
  return !isThere && fields.isAnywhere('reset_method') ? NONE : resetMethods
}
