import type { SimulatedStep } from '../simulation/simulated-step.js'
import type { InfoDevice } from '../simulation/step-result.js'
import type { PerformedInfo, PerformedInfoDevice, PerformedStep } from './performed-step.js'

/**
 * Whether the kernel answered as the simulator said. An errno that the moment decides counts where it was announced; a
 * step that could not be predicted agrees with nothing.
 */
export function agrees(predicted: SimulatedStep, actual: PerformedStep): boolean {
  if (predicted.outcome === 'undetermined') return false
  if (isErrnoOpen(predicted)) {
    return (
      actual.outcome === 'refused' &&
      (actual.errno === null || predicted.possible?.includes(actual.errno) === true)
    )
  }
  if ((predicted.skipped === undefined) !== (actual.skipped === undefined)) return false
  if (predicted.outcome !== actual.outcome || predicted.errno !== actual.errno) {
    return actual.errno !== null && predicted.possible?.includes(actual.errno) === true
  }
  return infoAgrees(predicted.info, actual.info, actual.errno)
}

/** Refused for certain, and which errno (or whether there is a file to call at all) hangs on what was not read. */
function isErrnoOpen({ outcome, errno, skipped, possible }: SimulatedStep): boolean {
  return outcome === 'refused' && errno === null && skipped === undefined && possible !== undefined
}

/** The same of every step that was performed; one that could not be predicted speaks neither for nor against. */
export function allAgree(
  predicted: readonly SimulatedStep[],
  actual: readonly PerformedStep[],
): boolean {
  return actual.every((each, index) => {
    const expected = predicted[index]
    return expected === undefined || expected.outcome === 'undetermined' || agrees(expected, each)
  })
}

function infoAgrees(
  predicted: SimulatedStep['info'],
  actual: PerformedInfo | undefined,
  errno: string | null,
): boolean {
  if (predicted === undefined || actual === undefined) return predicted === actual
  if ('unknown' in predicted) return false
  // With ENOSPC only the count means anything (`docs/reference/hot-reset.md#info`).
  if (errno !== null) return predicted.count === actual.count
  return (
    sorted(predicted.flags) === sorted(actual.flags) &&
    predicted.devices.length === actual.devices.length &&
    predicted.devices.every((device, index) => isSameDevice(device, actual.devices[index]))
  )
}

function sorted(flags: readonly string[]): string {
  return [...flags].sort().join(' ')
}

/** Which positive id a function has in a context depends on the order of binding: it is compared only as one. */
function isSameDevice(predicted: InfoDevice, actual: PerformedInfoDevice | undefined): boolean {
  return (
    predicted.address === actual?.address &&
    predicted.group === actual.group &&
    signOf(predicted.devid) === signOf(actual.devid)
  )
}

function signOf(devid: number | null): number | null {
  return devid === null ? null : Math.sign(devid)
}
