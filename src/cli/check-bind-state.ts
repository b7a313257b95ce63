import type { Observed } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import type { Scenario } from '../simulation/scenario.js'
import { UsageError } from './errors.js'

/** Throws where a scenario wants another bind state than the running host has: `verify` binds and unbinds nothing. */
export function checkBindState(file: string, { drivers, noiommu }: Scenario, raw: RawHost): void {
  const functions = new Map(raw.functions.map((each) => [each.address, each]))
  for (const [address, { driver: wanted, line }] of drivers) {
    const found = functions.get(address)?.driver
    if (found === undefined || (found.known && found.value === wanted)) continue
    const should = wanted === null ? 'have no driver' : `be on ${wanted}`
    throw new UsageError(
      `The scenario ${file}, line ${line}: ${address} should ${should}, but ${stateOf(found)}.`,
      { path: file, hint: bindHint(address, wanted, found.known ? found.value : null) },
    )
  }
  const { unsafeNoiommu } = raw.system
  if (noiommu === null || !unsafeNoiommu.known || unsafeNoiommu.value === noiommu) return
  const [value, state] = noiommu ? ['Y', 'on'] : ['N', 'off']
  throw new UsageError(`The scenario ${file}: unsafe no-IOMMU mode should be ${state}.`, {
    path: file,
    hint: `echo ${value} > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode`,
  })
}

function stateOf(driver: Observed<string | null>): string {
  if (!driver.known) return 'its driver cannot be read'
  return driver.value === null ? 'it has no driver' : `it is on ${driver.value}`
}

/** `verify` never rebinds, so here is how to. */
function bindHint(address: string, wanted: string | null, current: string | null): string {
  if (wanted !== null) return `driverctl --nosave set-override ${address} ${wanted}`
  return `echo ${address} > /sys/bus/pci/drivers/${current ?? 'DRIVER'}/unbind`
}
