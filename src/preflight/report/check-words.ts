import type { NoPlanReason } from '../../plan/step.js'
import { tellReason } from '../../policy/reason-words.js'
import { type ByKind, type Rendered, tell, type Words } from '../../text/word-table.js'
import type { PreflightReason, StartReason } from '../reason.js'
import { START_WORDS } from './start-words.js'

/** A fact of a preflight in words. */
export function tellPreflight(reason: PreflightReason): Rendered<Words> {
  if (!isStartReason(reason)) return tellReason(reason)
  return tell<ByKind<StartReason>, Words, StartReason['kind']>(START_WORDS, reason.kind, reason)
}

function isStartReason(reason: PreflightReason): reason is StartReason {
  return Object.hasOwn(START_WORDS, reason.kind)
}

/** Why nothing helps, after "No plan:". */
export const NO_PLAN_WORDS = {
  'no-such-function': 'the function is not there; correct the address.',
  dead: 'what does not answer cannot be given to anybody; try a power cycle.',
  'not-an-endpoint': 'vfio-pci does not bind to bridges; give the functions below it.',
  'host-may-need':
    'whether the host needs the function is unknown: the check "host" names what was not read or followed; with that known there may be a plan.',
  denied:
    'vfio-pci does not bind to it while disable_denylist is N; disable_denylist=1 overrules it, for guests that you trust.',
  firmware: 'firmware decides that, and Linux cannot overrule it.',
  'behind-vmd':
    'vmd must stay bound for the function to exist, and while it is, the group does not open; give the VMD controller with all that is behind it, or switch VMD off in the firmware setup.',
  'gone-with': 'the function goes with another one that is given too; give only one of them.',
  'takes-given':
    'its VFs go once it leaves its driver, and they are given too; give the PF or VFs of it, not both.',
  'no-iommu-above':
    'the host’s IOMMU is on and leaves this function out, and the kernel log tells why: it is part of the chipset, shares a stream ID with a bridge, or firmware does not name it (DMAR, IORT).',
  'no-iommu-platform':
    'this platform has no IOMMU for the function, or firmware does not describe it (a device tree without iommu-map, ACPI without an IORT mapping), and no VM monitor takes what is left, unsafe no-IOMMU mode.',
  'host-needs': 'the host needs the function to run; free it of that first.',
  'bridge-inside':
    'there is a bridge inside the set that is reset, and vfio-pci does not bind to bridges.',
  'root-bus': 'the function is on a root bus, where there is neither a bus nor a slot reset.',
  'virtual-bus': 'no bridge leads to the bus of the VFs.',
  quirk: 'the kernel never resets that bus: a function on it would not come back (quirk).',
  'vf-split': 'this kernel keeps each VF in a dev_set of its own.',
  'other-dev-set':
    'the reset affects functions on another bus or slot, which VFIO keeps in another dev_set.',
  'slot-moved':
    'a slot came or went between the binding of functions, which are in two dev_sets; unbind them and bind them again.',
  kernel: 'this kernel has no such rule or interface; another policy or kernel is needed.',
  'outside-group': 'hardware decides what a reset affects.',
  unread: 'what was not read stands in the way of any proof; read it first.',
  'not-found': 'none was found that passes.',
} as const satisfies Record<NoPlanReason, string>
