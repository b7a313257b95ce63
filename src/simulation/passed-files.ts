import { findDevice, findGroup, findNamed, isFound } from './calls/find-files.js'
import type { Turn } from './machine.js'
import type { HotResetStep } from './scenario/scenario.js'
import type { DeviceFile, GroupFile } from './state.js'

/** One number in the array of HOT_RESET. */
export type Passed =
  | { readonly kind: 'group'; readonly file: GroupFile }
  | { readonly kind: 'device'; readonly file: DeviceFile }
  /** A container or an iommufd. */
  | { readonly kind: 'other'; readonly name: string }
  /** No file has the number; `name`: whose it was. */
  | { readonly kind: 'closed'; readonly name: string | null }

/** The array of a call: its `count` field, and the files that stand in it. */
export interface PassedArray {
  readonly count: number
  readonly listed: readonly Passed[]
}

export function passedArray(turn: Turn, step: HotResetStep): PassedArray {
  const { actor } = step
  const listed: Passed[] = []
  for (const device of step.groups) {
    const file = findGroup(turn, actor, device)
    listed.push(isFound(file) ? { kind: 'group', file } : { kind: 'closed', name: device })
  }
  for (const device of step.deviceFds) {
    const file = findDevice(turn, actor, device)
    listed.push(isFound(file) ? { kind: 'device', file } : { kind: 'closed', name: device })
  }
  for (const name of [...step.iommufds, ...step.containers]) {
    const file = findNamed(turn, actor, name)
    listed.push(isFound(file) ? { kind: 'other', name } : { kind: 'closed', name })
  }
  return { count: step.count ?? listed.length + step.closedFds, listed }
}

/** The numbers that the kernel reads: `count` of them, closed files where the step lists fewer. */
export function readArray({ count, listed }: PassedArray): readonly Passed[] {
  return Array.from({ length: count }, (_, index) => listed[index] ?? CLOSED)
}

const CLOSED: Passed = { kind: 'closed', name: null }
