import type { Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { overrideCommand, switchCommand, unbindCommand } from '../plan/report/commands.js'
import type { DriverChoice, Scenario } from '../simulation/scenario/scenario.js'
import { UsageError } from './errors.js'

/** Throws where a scenario wants another bind state than the running host has: `verify` binds and unbinds nothing. */
export function checkBindState(file: string, { drivers, noiommu }: Scenario, raw: RawHost): void {
  const functions = new Map(raw.functions.map((each) => [each.address, each.driver]))
  for (const [address, choice] of drivers) {
    const found = functions.get(address)
    if (found === undefined || (found.known && found.value === choice.driver)) continue
    throw bindError(file, address, choice, found)
  }
  checkNoiommu(file, noiommu, raw)
}

function bindError(
  file: string,
  address: PciAddress,
  { driver: wanted, line }: DriverChoice,
  found: Observed<string | null>,
): UsageError {
  const current = found.known ? found.value : null
  const should = wanted === null ? 'have no driver' : `be bound to ${wanted}`
  const is = current === null ? 'it has no driver' : `it is bound to ${current}`
  return new UsageError(
    `The scenario ${file}, line ${line}: ${address} should ${should}, but ${found.known ? is : 'its driver cannot be read'}.`,
    {
      path: file,
      hint: wanted === null ? unbindCommand(address) : overrideCommand(address, wanted),
    },
  )
}

function checkNoiommu(file: string, wanted: boolean | null, { system }: RawHost): void {
  const { unsafeNoiommu } = system
  if (wanted === null || !unsafeNoiommu.known || unsafeNoiommu.value === wanted) return
  const [value, state] = wanted ? (['Y', 'on'] as const) : (['N', 'off'] as const)
  throw new UsageError(`The scenario ${file}: unsafe no-IOMMU mode should be ${state}.`, {
    path: file,
    hint: switchCommand('vfio', 'enable_unsafe_noiommu_mode', value),
  })
}
