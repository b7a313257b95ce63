import type { LabStep } from '../scenario.js'

/** A way of opening a target and asking for its reset. */
export interface Call {
  readonly name: string
  /** Only with every neighbour on vfio-pci: in other states the answer would be the same. */
  readonly onlyComplete: boolean
  readonly steps: readonly LabStep[]
}

/** A call for every bind state and every target. */
export function common(name: string, steps: readonly LabStep[]): Call {
  return { name, onlyComplete: false, steps }
}

/** A call for one target of a kind, in its complete bind state. */
export function extra(name: string, steps: readonly LabStep[]): Call {
  return { name, onlyComplete: true, steps }
}

/** INFO with every size at which its answer changes, for a set of `count` functions. */
export function infoSizes(info: LabStep, count: number): LabStep[] {
  const enough = 12 + 8 * count
  return [11, 12, enough - 1, enough, enough + 8].map((argsz) => ({ ...info, argsz }))
}
