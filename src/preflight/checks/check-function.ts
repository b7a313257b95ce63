import { isVfioBound } from '../../vfio/driver.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { cannotTell, type Finding, fail, missing, pass, warn } from './finding.js'

/** Whether the function answers at all. Whatever else is found of a dead one is worth nothing. */
export function checkAnswers(asked: Asked): Finding {
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
  const power = raw.power.known ? raw.power.value : null
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
function linkReasons({ device, situation }: Asked): readonly PreflightReason[] {
  const { topology } = situation.host
  const above = topology.byBus.get(device.bus)?.bridge
  const port = above === undefined || above === null ? undefined : topology.byAddress.get(above)
  if (port === undefined) return []
  const cut = port.dpcTriggered.known && port.dpcTriggered.value === true
  const isDown = port.linkActive.known && port.linkActive.value === false
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

/** Whether vfio-pci takes such a function: it takes no bridge (`vfio_pci_core_register_device`). */
export function checkAssignable({ device: { address, header }, raw, situation }: Asked): Finding {
  if (!header.known) {
    // What a vfio driver has taken is no bridge, also while it sleeps and its header is not read.
    const bound = isVfioBound({ raw }, situation.raw.system)
    return bound.known && bound.value ? pass() : missing(address, header.gap)
  }
  if (header.value === 'normal') return pass()
  return fail([{ kind: 'not-an-endpoint', address, header: header.value }])
}

/** Whether the function is on a vfio driver, or will be when the VM starts. */
export function checkDriver({ raw, wanted, situation }: Asked): Finding {
  const { address, driver } = raw
  const bound = isVfioBound({ raw }, situation.raw.system)
  const current = driver.known ? driver.value : null
  if (bound.known && bound.value) return pass([{ kind: 'bound', address, driver: current }])
  if (wanted.managed) {
    const reason: PreflightReason = { kind: 'bound-at-start', address, driver: current }
    if (raw.virtfns.length === 0) return pass([reason])
    return warn([reason, { kind: 'vfs-lost', address, vfs: raw.virtfns }])
  }
  if (!bound.known) return cannotTell([unreadReason(address, bound.gap)])
  return fail([{ kind: 'not-on-vfio', address, driver: current }])
}
