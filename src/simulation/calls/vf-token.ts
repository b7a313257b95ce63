import { type Gap, mapObserved, unknown } from '../../host/gap.js'
import type { PciDevice } from '../../pci/device.js'
import { holds } from '../facts.js'
import { deviceAt, isVfioBound } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import { type MachineState, usedDevices } from '../state.js'

/** A refusal for the sake of a VF token. */
export interface TokenRefusal {
  readonly errno: 'EACCES' | 'EINVAL'
  readonly reason: StepReason
}

/**
 * `vfio_pci_validate_vf_token`: a VF whose PF is bound to vfio-pci opens with the PF's token only, and so does the PF while
 * one of its VFs is open. A token given to an idle PF becomes its token. null: fine.
 */
export function tokenRefusal(
  turn: Turn,
  device: PciDevice,
  token: string | null,
): TokenRefusal | null {
  const pf = pfOf(turn, device)
  if (pf !== null) {
    if (isVfioBound(turn, pf)) return mismatch(turn, device, pf, token)
    return token === null ? null : superfluous(device)
  }
  if (!isPhysfn(turn, device)) return token === null ? null : superfluous(device)
  const used = usedDevices(turn.state).some((file) => {
    const other = deviceAt(turn, file.device)
    return other !== undefined && other !== device && pfOf(turn, other) === device
  })
  return used ? mismatch(turn, device, device, token) : null
}

/**
 * The turn after the token of an open was found fine, and before anything else of it is tested: before 7.4 it becomes that
 * of an idle PF then and there, whatever becomes of the open (`vfio_pci_core_match_token_uuid`).
 */
export function afterToken(turn: Turn, device: PciDevice, token: string | null): Turn {
  const { tokenAfterOpen } = turn.machine.rules
  if (token === null || !isPhysfn(turn, device)) return turn
  return holds(turn.facts, tokenAfterOpen, 'only an open that succeeds sets a VF token')
    ? turn
    : { ...turn, state: withToken(turn, device, token) }
}

/** The state after a function was opened with a token, which becomes the token of an idle PF. */
export function withToken(turn: Turn, device: PciDevice, token: string | null): MachineState {
  const { state } = turn
  if (token === null || !isPhysfn(turn, device)) return state
  return { ...state, tokens: new Map(state.tokens).set(device.address, token) }
}

/** Whether the function is a PF: only those have a token (`vfio_pci_vf_init`). */
export function isPhysfn({ facts }: Turn, { address, raw }: PciDevice): boolean {
  const has = mapObserved(raw.sriovTotal, (total) => total !== null && total > 0)
  return holds(facts, has, `${address} is a PF`)
}

/** The PF of a VF; null: it is no VF. An unread link can lead to any PF on a vfio driver, and to no other that matters. */
function pfOf(turn: Turn, { address, raw: { physfn } }: PciDevice): PciDevice | null {
  if (physfn.known) return physfn.value === null ? null : (deviceAt(turn, physfn.value) ?? null)
  const candidates = turn.machine.host.topology.devices.filter(
    (device) =>
      device.address !== address &&
      device.raw.physfn.known &&
      isPhysfn(turn, device) &&
      isVfioBound(turn, device),
  )
  if (candidates.length === 0) return null
  const choices: string[] = candidates.map((device) => device.address)
  const chosen = turn.facts.choose<string>(`PF of ${address}`, ['none', ...choices], physfn.gap)
  return candidates.find((device) => device.address === chosen) ?? null
}

function mismatch(
  { state, facts, machine }: Turn,
  { address }: PciDevice,
  pf: PciDevice,
  token: string | null,
): TokenRefusal | null {
  if (token === null) {
    return { errno: 'EACCES', reason: { kind: 'token-missing', address, pf: pf.address } }
  }
  const own = state.tokens.get(pf.address)
  const isRight =
    own === undefined
      ? !machine.tokensAreRandom &&
        holds(facts, unknown(leftToken(pf)), `the VF token of ${pf.address} is ${token}`)
      : own === token
  if (isRight) return null
  return { errno: 'EACCES', reason: { kind: 'token-wrong', address, pf: pf.address } }
}

/** A PF keeps its token until it leaves its driver, so whoever used it before may have set one; nothing shows it. */
function leftToken({ address, raw }: PciDevice): Gap {
  const detail = `no file shows which VF token an earlier user of ${address} has left`
  return { path: `${raw.path}/vfio-dev`, why: 'unmodelled', detail }
}

function superfluous({ address }: PciDevice): TokenRefusal {
  return { errno: 'EINVAL', reason: { kind: 'token-superfluous', address } }
}
