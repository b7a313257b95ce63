import type { LabStep } from '../scenario.js'
import { type Call, common, extra, infoSizes } from './call.js'
import type { Surroundings } from './surroundings.js'

const A = 'a'
const B = 'b'

/** Every way through cdevs and iommufd that the kernel tells apart. */
export function cdevCalls({
  target,
  siblings,
  distant,
  stranger,
  groupOwners,
}: Surroundings): Call[] {
  const context: LabStep = { actor: A, do: 'open-iommufd', as: 'i0' }
  const bind = (device: string, iommufd = 'i0', actor = A): LabStep => ({
    actor,
    do: 'bind-cdev',
    device,
    iommufd,
  })
  const info: LabStep = { actor: A, do: 'reset-info', device: target }
  const reset: LabStep = { actor: A, do: 'hot-reset', device: target }
  const open = [context, bind(target)]
  const inGroup = (device: string): LabStep => ({
    actor: A,
    do: 'open-group',
    device,
    container: 'i0',
  })
  const device = (address: string): LabStep => ({ actor: A, do: 'open-device', device: address })
  const calls: Call[] = [
    common('cdev-own', [...open, info, reset]),
    extra('cdev-array', [...open, { ...reset, deviceFds: [target] }, { ...reset, closedFds: 1 }]),
    extra('cdev-malformed', [
      ...open,
      { ...reset, flags: 1 },
      { ...reset, argsz: 8 },
      { ...reset, argsz: 12 },
    ]),
    extra('cdev-info-sizes', [...open, ...infoSizes(info, siblings.length + 1)]),
    extra('cdev-unbound', [
      { actor: A, do: 'bind-cdev', device: target, iommufd: null },
      info,
      reset,
    ]),
    extra('cdev-closed-context', [
      context,
      { actor: A, do: 'close-iommufd', name: 'i0' },
      bind(target),
      reset,
    ]),
    extra('cdev-then-group', [
      ...open,
      { actor: B, do: 'open-group', device: target },
      { actor: A, do: 'close-device', device: target },
      { actor: B, do: 'open-group', device: target },
      bind(target),
      info,
    ]),
    extra('cdev-function-reset', [
      ...open,
      { actor: A, do: 'device-reset', device: target },
      reset,
    ]),
    extra('group-iommufd', [
      context,
      inGroup(target),
      device(target),
      info,
      { ...reset, groups: [target] },
      reset,
    ]),
  ]
  const [sibling] = siblings
  if (sibling !== undefined) {
    calls.push(
      common('cdev-all', [...open, ...siblings.map((one) => bind(one)), info, reset]),
      extra('cdev-other-context', [
        ...open,
        { actor: A, do: 'open-iommufd', as: 'i1' },
        ...siblings.map((one) => bind(one, 'i1')),
        info,
        reset,
      ]),
      extra('cdev-other-user', [
        ...open,
        { actor: B, do: 'open-iommufd', as: 'i1' },
        bind(sibling, 'i1', B),
        info,
        reset,
        { actor: B, do: 'hot-reset', device: sibling },
      ]),
      extra('cdev-sibling-closed', [
        ...open,
        ...siblings.map((one) => bind(one)),
        reset,
        { actor: A, do: 'close-device', device: sibling },
        info,
        reset,
      ]),
      extra('cdev-sibling-by-container', [
        ...open,
        { actor: A, do: 'open-container', as: 'c0' },
        { actor: A, do: 'open-group', device: sibling, container: 'c0' },
        device(sibling),
        info,
        reset,
      ]),
      extra('cdev-sibling-by-iommufd-group', [
        ...open,
        inGroup(sibling),
        reset,
        device(sibling),
        info,
        reset,
      ]),
      extra('iommufd-group-sibling-by-cdev', [
        context,
        inGroup(target),
        device(target),
        bind(sibling),
        info,
        reset,
        { ...reset, groups: [target] },
      ]),
    )
  }
  const other = groupOwners.find((owner) => owner !== target)
  if (other !== undefined) {
    calls.push(
      extra('cdev-one-of-each-group', [
        ...open,
        ...groupOwners.filter((owner) => owner !== target).map((owner) => bind(owner)),
        info,
        reset,
      ]),
    )
  }
  const [far] = distant
  if (far !== undefined) {
    calls.push(extra('cdev-distant-only', [context, bind(far), bind(target), info, reset]))
  }
  if (stranger !== null) {
    calls.push(extra('cdev-and-stranger', [...open, bind(stranger), info, reset]))
  }
  return calls
}
