import { isYes, known, type Observed } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'

/** What holds or does not hold of a function that a reset affects; a gap where that hangs on what was not read. */
export type Fact = (device: PciDevice) => Observed<boolean>

/** Who asks for a hot reset, as far as ownership rules ask. `assumedCaller` and the simulator's `callerOf` answer. */
export interface Caller {
  /** The function is the one whose reset is asked for. */
  readonly isTarget: Fact
  /** Its dev_set holds the target alone. */
  readonly isAlone: Fact
  /** Nobody has the function open, the caller included. */
  readonly isUnopened: Fact
  /** `vfio_dev_in_groups`: the file of its group is passed. */
  readonly isInPassedGroup: Fact
  /** Its own device file is passed. */
  readonly isPassed: Fact
  /** A device file of its group is passed. */
  readonly isInGroupOfPassed: Fact
  /** The function is bound to the caller's iommufd context. */
  readonly isBound: Fact
  /**
   * `vfio_iommufd_get_dev_id`: bound to the caller's context, or some function of its group is, wherever that hangs
   * (`iommufd_ctx_has_group`). A noiommu function's group object is empty, so it must be bound itself.
   */
  readonly isRepresented: Fact
  /** v4 of the series: as `isRepresented`, but only members of the dev_set represent a group. */
  readonly isRepresentedInSet: Fact
  /** The caller's context has claimed its dev_set. */
  readonly isClaimed: Fact
}

export const always: Fact = () => YES

/** Whether any of the facts holds, asked in turn. A known yes wins over what was not read. */
export function anyOf(...facts: readonly Fact[]): Fact {
  return (device) => {
    let answer = NO
    for (const fact of facts) {
      const found = fact(device)
      if (isYes(found)) return found
      if (answer.known) answer = found
    }
    return answer
  }
}

export const YES: Observed<boolean> = known(true)
export const NO: Observed<boolean> = known(false)
