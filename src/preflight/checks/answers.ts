import { isKnownAs, valueOrNull } from '../../host/gap.js'
import type { PreflightReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass, warn } from './check.js'
import { portAbove } from './port-above.js'

/** Whether the function answers at all. Whatever else is found of a dead one is worth nothing. */
export const answers = {
  id: 'answers',
  passes: 'It answers.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { device, raw } = asked
  const { address } = device
  const cold = coldReasons(asked)
  const link = linkReasons(asked)
  if (device.dead.known) {
    if (device.dead.value) return fail([{ kind: 'dead', address }, ...cold, ...link])
    return link.length === 0 ? pass() : warn(link)
  }
  // Config space of VFs is not read: they answer as long as their PF does.
  if (device.isVirtfn) return checkPf(asked)
  if (cold.length > 0) return cannotTell([...cold, ...link])
  if (raw.config.known || raw.config.gap.why !== 'asleep') return missing(address, device.dead.gap)
  const power = valueOrNull(raw.power)
  return cannotTell([{ kind: 'asleep', address, power }, ...link])
}

function coldReasons({ raw, situation }: Asked): readonly PreflightReason[] {
  const { address, power } = raw
  if (!power.known || power.value !== 'D3cold') return []
  const allowed = situation.facts.d3coldAllowed.get(address)
  const stays = allowed?.known === true && allowed.value !== null ? !allowed.value : null
  return [{ kind: 'd3cold', address, stays }]
}

/** A port whose link is down tells of a matter of power or cable, which no reset and no owner changes. */
function linkReasons(asked: Asked): readonly PreflightReason[] {
  const { device } = asked
  const port = portAbove(asked)
  if (port === undefined) return []
  const cut = isKnownAs(port.dpcTriggered, true)
  const isDown = isKnownAs(port.linkActive, false)
  if (!cut && !isDown) return []
  return [{ kind: 'link-down', address: device.address, port: port.address, cut }]
}

function checkPf({ device, situation }: Asked): Finding {
  const { physfn } = device.raw
  const pf =
    physfn.known && physfn.value !== null
      ? situation.host.topology.byAddress.get(physfn.value)
      : undefined
  if (pf?.dead.known === true && pf.dead.value) return fail([{ kind: 'dead', address: pf.address }])
  return pass()
}
