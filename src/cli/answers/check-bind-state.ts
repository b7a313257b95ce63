import { isKnownAs, type Observed, valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import { hostLosses } from '../../plan/host-use.js'
import { overrideCommand, stepCommands, switchCommand } from '../../plan/report/commands.js'
import type { DriverChoice, Scenario } from '../../simulation/scenario/scenario.js'
import { UsageError } from '../errors.js'

/** Throws where a scenario wants another bind state than the running host has: `verify` binds and unbinds nothing. */
export function checkBindState(file: string, { drivers, noiommu }: Scenario, raw: RawHost): void {
  const functions = new Map(raw.functions.map((each) => [each.address, each.driver]))
  for (const [address, choice] of drivers) {
    const found = functions.get(address)
    if (found === undefined || isKnownAs(found, choice.driver)) continue
    throw bindError(file, { address, choice, found, raw })
  }
  checkNoiommu(file, noiommu, raw)
}

interface Mismatch {
  readonly address: PciAddress
  readonly choice: DriverChoice
  readonly found: Observed<string | null>
  readonly raw: RawHost
}

function bindError(file: string, { address, choice, found, raw }: Mismatch): UsageError {
  const { driver: wanted, line } = choice
  const current = valueOrNull(found)
  const should = wanted === null ? 'have no driver' : `be bound to ${wanted}`
  const is = current === null ? 'it has no driver' : `it is bound to ${current}`
  return new UsageError(
    `The scenario ${file}, line ${line}: ${address} should ${should}, but ${found.known ? is : 'its driver cannot be read'}.`,
    {
      path: file,
      hint: bindHint(address, wanted, current, raw),
    },
  )
}

/** What the host needs is not taken from it for the sake of a scenario. */
function bindHint(
  device: PciAddress,
  wanted: string | null,
  from: string | null,
  raw: RawHost,
): string {
  const losses = hostLosses(raw, device)
  const lines =
    wanted === null
      ? stepCommands({ step: { do: 'unbind', device, from: from ?? '' }, losses }, 'sysfs').command
      : overrideCommand(device, wanted, losses)
  return lines?.join(' && ') ?? 'The host needs it as it is: play the scenario with another one.'
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
