import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { groupNumber } from './check-group.js'
import { cannotTell, type Finding, fail, pass } from './finding.js'
import { type HotReset, hotReset, type RuleAnswer } from './hot-reset.js'
import { type OwnReset, ownReset } from './own-reset.js'
import { type ResetThatHappens, resetsBus, resetWarnings } from './reset-warnings.js'

/** Whether a hot reset exists and hits nothing but functions on vfio (`vfio_pci_dev_set_resettable`). */
export function checkResetSet(asked: Asked): Finding {
  const vf = virtualFunction(asked)
  return vf ?? resetFinding(asked, hotReset(asked).set)
}

/** Whether the VM owns all that its hot reset hits, by its policy (`vfio_pci_dev_set_hot_reset`). */
export function checkResetOwnership(asked: Asked): Finding | null {
  if (virtualFunction(asked) !== null) return null
  const { ownership } = hotReset(asked)
  return resetFinding(asked, ownership)
}

/** Which reset really happens when the VM starts; whether nothing does (`vfio_pci_core_enable`, QEMU's order: `users.md` 3). */
export function checkResetAtStart(asked: Asked): Finding {
  const { device } = asked
  const { address } = device
  const own = ownReset(asked)
  const hot = hotReset(asked)
  const outcome = device.isVirtfn ? 'refused' : joined(hot)
  const usual = own.known ? own.value : null
  if (usual !== null && !usual.weak) {
    return happens(asked, ownReason(asked, usual), { own: usual, isHot: false })
  }
  if (outcome === 'clear' && hot.scope !== null) {
    const reason = { kind: 'hot-reset', address, scope: hot.scope } as const
    return happens(asked, reason, { own: usual, isHot: true })
  }
  if (usual !== null) {
    const found = happens(asked, ownReason(asked, usual), { own: usual, isHot: false })
    return { ...found, outcome: 'warn' }
  }
  const flr = missingFlr(asked)
  if (own.known && outcome === 'refused') {
    return { ...fail([{ kind: 'nothing-resets', address }, ...flr]), harmless: false }
  }
  // Either nothing resets it, or what was not read does.
  const unread = own.known
    ? [...hot.set.reasons, ...hot.ownership.reasons].filter(({ kind }) => kind === 'unread')
    : [unreadReason(address, own.gap)]
  return cannotTell([...unread, ...flr])
}

/** Whether the reset stays inside the function's group: what a VMM without privilege may ask for. Only if it was asked. */
export function checkWithinGroup(asked: Asked): Finding | null {
  const { situation, device } = asked
  if (!situation.withinGroup) return null
  const { scopes, groups } = situation.host
  const group = groupNumber(device)
  const members = new Set(group === null ? [device.address] : groups.get(group)?.devices)
  const outside = scopes
    .worldsOf(device)
    .worlds.map((world) =>
      (scopes.answer(device, world).scope?.affected ?? []).filter(
        ({ address }) => !members.has(address),
      ),
    )
  const [first = []] = outside
  if (outside.every((each) => each.length === 0)) return pass()
  const reasons = (first.length > 0 ? first : outside.flat()).map(
    (other): PreflightReason => ({
      kind: 'outside-group',
      address: other.address,
      group: groupNumber(other),
    }),
  )
  if (outside.every((each) => each.length > 0)) return fail(reasons)
  const { gaps } = scopes.worldsOf(device)
  return cannotTell([...gaps.map((gap) => unreadReason(null, gap)), ...reasons])
}

/** A hot reset is the wrong path for a VF: it would need the PF. Nothing is lost by that, since a VF has FLR. */
function virtualFunction({ device, raw: { physfn } }: Asked): Finding | null {
  if (!device.isVirtfn || !physfn.known || physfn.value === null) return null
  const reason = { kind: 'is-vf', address: device.address, pf: physfn.value } as const
  return { ...pass([reason]), harmless: true }
}

/** A refusal is a failure only where nothing else resets the function. */
function resetFinding(asked: Asked, { outcome, reasons }: RuleAnswer): Finding {
  if (outcome === 'clear') return pass()
  const own = ownReset(asked)
  const harmless = own.known ? own.value !== null && !own.value.weak : null
  if (outcome === 'open') {
    const decisive = !own.known || own.value === null
    return { outcome: 'cannot-tell', reasons, harmless, decisive }
  }
  if (own.known) {
    return { outcome: own.value === null ? 'fail' : 'warn', reasons, harmless, decisive: false }
  }
  const unread = unreadReason(asked.device.address, own.gap)
  return { outcome: 'cannot-tell', reasons: [...reasons, unread], harmless: null, decisive: true }
}

function joined({ set, ownership }: HotReset): RuleAnswer['outcome'] {
  if (set.outcome === 'refused' || ownership.outcome === 'refused') return 'refused'
  return set.outcome === 'open' || ownership.outcome === 'open' ? 'open' : 'clear'
}

function ownReason({ device: { address } }: Asked, { method, weak }: OwnReset): PreflightReason {
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
