import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass, warn } from './check.js'

/**
 * Whether a VF token is wanted: a VF whose PF is bound to vfio-pci opens with the PF's token only, and any other function refuses
 * one (`vfio_pci_validate_vf_token`).
 */
export const vfToken = {
  id: 'vf-token',
  passes: 'No VF token stands in the way.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding | null {
  const { raw, wanted, situation } = asked
  const { address, physfn } = raw
  if (!physfn.known) return missing(address, physfn.gap)
  if (physfn.value === null) return wanted.token === null ? null : ofOther(asked)
  const pf = situation.host.topology.byAddress.get(physfn.value)
  if (pf === undefined) return null
  // A PF that some VM is to get counts as bound.
  const bound = situation.host.isVfioBound(pf)
  if (!bound.known) return missing(pf.address, bound.gap)
  if (!bound.value) {
    return wanted.token === null ? pass() : fail([{ kind: 'token-superfluous', address }])
  }
  return wanted.token === null
    ? fail([{ kind: 'token-missing', address, pf: pf.address }])
    : warn([{ kind: 'token-given', address, pf: pf.address }])
}

/** A token given to a PF becomes its token; every other function refuses one. */
function ofOther({ raw: { address, sriovTotal } }: Asked): Finding {
  if (!sriovTotal.known) return missing(address, sriovTotal.gap)
  return sriovTotal.value === null ? fail([{ kind: 'token-superfluous', address }]) : pass()
}
