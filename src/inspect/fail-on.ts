import type { DeviceReport } from './document.js'

export type FailOn = 'refused' | 'undetermined'

export interface FailQuestion {
  readonly failOn: FailOn
  /** Policies named on the command line: they count even if the host's kernel does not have them. */
  readonly named: ReadonlySet<string>
  /** DEVICE was given: then every function shown counts, else only those that a vfio driver has. */
  readonly asked: boolean
}

/** The outcomes that `--fail-on` counts (`docs/reference/commands.md#exit-codes`). */
export function failures(
  report: { readonly devices: Iterable<DeviceReport> },
  { failOn, named, asked }: FailQuestion,
): readonly FailOn[] {
  const found = new Set<FailOn>()
  for (const device of report.devices) {
    if (!asked && device.vfio !== true) continue
    for (const outcome of outcomesOf(device, named)) found.add(outcome)
  }
  return [...found].filter((outcome) => outcome === 'refused' || outcome === failOn)
}

function outcomesOf({ hotReset }: DeviceReport, named: ReadonlySet<string>): readonly FailOn[] {
  return hotReset.verdicts.flatMap(({ policy, outcome, implemented }) =>
    outcome !== 'permitted' && (implemented || named.has(policy)) ? [outcome] : [],
  )
}
