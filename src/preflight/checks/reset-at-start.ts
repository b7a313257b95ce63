import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass } from './check.js'
import { type HotReset, hotReset, type RuleAnswer } from './hot-reset.js'
import { type OwnReset, ownReset } from './own-reset.js'
import { type ResetThatHappens, resetsBus, resetWarnings } from './reset-warnings.js'

/**
 * Which reset really happens when the VM starts; whether nothing does (`vfio_pci_core_enable`, and `vfio_pci_reset` in
 * QEMU's hw/vfio/pci.c).
 */
export const resetAtStart = {
  id: 'reset-at-start',
  title: 'reset at start',
  passes: 'A reset clears its state.',
  leavesState: true,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
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
