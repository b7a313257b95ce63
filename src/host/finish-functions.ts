import { type FieldReader, NONE } from './function-fields.js'
import { type FunctionFolder, hasFile } from './function-folders.js'
import type { Observed } from './gap.js'
import type { RawFunction, RawGroup } from './raw-host.js'
import type { ConfiguredFunction } from './read-configs.js'
import type { FunctionFacts } from './read-functions.js'
import { readGroupNumber } from './read-groups.js'

/** Puts the functions together from what was read of them at different times, and settles what was missing. */
export function finishFunctions(
  configured: readonly ConfiguredFunction[],
  groups: readonly RawGroup[],
  fields: FieldReader,
): RawFunction[] {
  const groupOf = new Map(groups.flatMap(({ id, devices }) => devices.map((each) => [each, id])))
  return configured.map(({ identity: { folder, facts }, config, revision }) => {
    const settle = <T>(value: Observed<T>) => fields.settle(folder, value)
    return {
      ...facts,
      vendorId: settle(facts.vendorId),
      deviceId: settle(facts.deviceId),
      subsystemVendorId: settle(facts.subsystemVendorId),
      subsystemDeviceId: settle(facts.subsystemDeviceId),
      classCode: settle(facts.classCode),
      numaNode: settle(facts.numaNode),
      resetMethods: settleResetMethods(folder, facts, fields),
      sriovTotal: settle(facts.sriovTotal),
      power: settle(facts.power),
      runtimeStatus: settle(facts.runtimeStatus),
      enabled: settle(facts.enabled),
      bootVga: settle(facts.bootVga),
      iommuGroup: readGroupNumber(fields, folder, groupOf),
      revision: settle(revision),
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
