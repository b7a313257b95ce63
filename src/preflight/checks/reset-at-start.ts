import { type Observed, valueOrNull } from '../../host/gap.js'
import { ignoresReset } from '../../pci/device.js'
import { likelyMethod, type OwnReset, ownReset } from '../../vfio/own-reset.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { VMMS } from '../vmm.js'
import { type Check, cannotTell, type Finding, fail, pass } from './check.js'
import { type HotReset, hotReset, type RuleAnswer } from './hot-reset.js'
import { portAbove } from './port-above.js'
import { type ResetThatHappens, resetsBus, resetWarnings } from './reset-warnings.js'

/**
 * Which reset really happens when the VM starts; whether nothing does (`vfio_pci_core_enable`, and `vfio_pci_reset` in
 * QEMU's hw/vfio/pci.c).
 */
export const resetAtStart = {
  id: 'reset-at-start',
  passes: 'A reset clears its state.',
  leavesState: true,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { device, situation } = asked
  const { address } = device
  const own = ownReset(situation.host, device)
  const usual = valueOrNull(own)
  if (usual !== null && !usual.weak) {
    return happens(asked, ownReason(asked, usual), { own: usual, isHot: false })
  }
  const hot = hotReset(asked)
  const masked = maskedReset(asked)
  const outcome = hotOutcome(asked, hot, masked)
  const { vmm } = asked.vm.request
  if (outcome === 'clear' && hot.scope !== null && VMMS[vmm].hotResets) {
    const reason = (own.known ? null : likelyReason(asked, hot.scope)) ?? {
      kind: 'hot-reset',
      address,
      scope: hot.scope,
      vmm,
    }
    return happens(asked, reason, { own: usual, isHot: true })
  }
  if (usual !== null) {
    const found = happens(asked, ownReason(asked, usual), { own: usual, isHot: false })
    return { ...found, reasons: [...found.reasons, ...masked], outcome: 'warn' }
  }
  const flr = missingFlr(asked)
  if (own.known && outcome === 'refused') {
    return { ...fail([{ kind: 'nothing-resets', address }, ...masked, ...flr]), harmless: false }
  }
  if (own.known && outcome === 'clear' && hot.scope !== null) {
    return cannotTell([{ kind: 'reset-after-use', address, scope: hot.scope, vmm }, ...flr])
  }
  return cannotTell([...undecided(asked, own, hot), ...flr])
}

/** A CXL port lets the reset through only while its mask is lifted. */
function maskedReset(asked: Asked): readonly PreflightReason[] {
  const { device } = asked
  const port = portAbove(asked)
  const ignores = port === undefined ? undefined : ignoresReset(port)
  if (port === undefined || ignores?.known !== true || !ignores.value) return []
  return [{ kind: 'reset-masked', address: device.address, port: port.address }]
}

/** Either nothing resets it, or what was not read does. */
function undecided(
  asked: Asked,
  own: Observed<OwnReset | null>,
  { set, ownership }: HotReset,
): readonly PreflightReason[] {
  if (own.known)
    return [...set.reasons, ...ownership.reasons].filter(({ kind }) => kind === 'unread')
  const likely = likelyReason(asked, null)
  const unread = unreadReason(asked.device.address, own.gap)
  return likely === null ? [unread] : [unread, likely]
}

function likelyReason(
  { device, situation }: Asked,
  otherwise: HotReset['scope'],
): PreflightReason | null {
  const method = likelyMethod(situation.host, device)
  const { address } = device
  return method === null ? null : { kind: 'own-reset-likely', address, method, otherwise }
}

/** A hot reset is the wrong path for a VF, and none where its port masks it. */
function hotOutcome(
  { device }: Asked,
  { set, ownership }: HotReset,
  masked: readonly PreflightReason[],
): RuleAnswer['outcome'] {
  if (device.isVirtfn || masked.length > 0) return 'refused'
  if (set.outcome === 'refused' || ownership.outcome === 'refused') return 'refused'
  return set.outcome === 'open' || ownership.outcome === 'open' ? 'open' : 'clear'
}

function ownReason({ device: { address } }: Asked, { methods, weak }: OwnReset): PreflightReason {
  const [method] = methods
  return { kind: 'own-reset', address, method, weak }
}

/** A pass, or a warning where such a reset is known to go wrong. */
function happens(asked: Asked, reason: PreflightReason, reset: ResetThatHappens): Finding {
  const warnings = resetWarnings(asked, reset)
  const flr = resetsBus(reset) ? missingFlr(asked) : []
  return {
    ...pass([reason, ...flr, ...warnings]),
    outcome: warnings.length === 0 ? 'pass' : 'warn',
  }
}

/** Where the missing FLR can be seen: people expect it, and look for it in lspci. */
function missingFlr({
  device: { address, functionReset, raw },
}: Asked): readonly PreflightReason[] {
  if (!functionReset.known || functionReset.value.flr || functionReset.value.afFlr) return []
  return [{ kind: 'no-flr', address, path: `${raw.path}/config` }]
}
