import type { LabStep } from '../scenario.js'
import { type Call, common, extra, infoSizes } from './call.js'
import type { Surroundings } from './surroundings.js'

const A = 'a'
const B = 'b'

/** Every way through group files that the kernel tells apart. */
export function groupCalls({ target, siblings, stranger, groupOwners }: Surroundings): Call[] {
  const open: LabStep[] = [
    { actor: A, do: 'open-container', as: 'c0' },
    { actor: A, do: 'open-group', device: target, container: 'c0' },
    { actor: A, do: 'open-device', device: target },
  ]
  const info: LabStep = { actor: A, do: 'reset-info', device: target }
  const reset = (fields: Partial<LabStep>): LabStep => ({
    actor: A,
    do: 'hot-reset',
    device: target,
    ...fields,
  })
  const bare = (device: string, actor = A): LabStep => ({ actor, do: 'open-group', device })
  const others = groupOwners.filter((owner) => owner !== target)
  const everyGroup = [target, ...others]
  const calls: Call[] = [
    common('group-own', [...open, info, reset({ groups: [target] })]),
    extra('group-none', [...open, reset({})]),
    extra('group-twice', [...open, reset({ groups: [target, target] })]),
    extra('group-device-fd', [...open, reset({ deviceFds: [target] })]),
    extra('group-container-fd', [...open, reset({ containers: ['c0'] })]),
    extra('group-closed-fd', [...open, reset({ closedFds: 1 })]),
    extra('group-malformed', [
      ...open,
      reset({ groups: [target], flags: 1 }),
      reset({ groups: [target], argsz: 8 }),
      reset({ groups: [target], argsz: 12 }),
      reset({ groups: [target], count: 70_000 }),
    ]),
    extra('group-info-sizes', [...open, ...infoSizes(info, siblings.length + 1)]),
    extra('group-bare-device', [
      bare(target),
      { actor: A, do: 'open-device', device: target },
      info,
    ]),
    extra('group-opened-twice', [...open, bare(target, B), reset({ groups: [target] })]),
    extra('group-closed', [
      ...open,
      { actor: A, do: 'close-device', device: target },
      info,
      { actor: A, do: 'close-group', device: target },
      bare(target, B),
    ]),
    extra('group-function-reset', [
      ...open,
      { actor: A, do: 'device-reset', device: target },
      reset({ groups: [target] }),
    ]),
  ]
  if (others.length > 0) {
    calls.push(
      common('group-all-bare', [
        ...open,
        ...others.map((owner) => bare(owner)),
        info,
        reset({ groups: everyGroup }),
      ]),
      extra('group-all-in-container', [
        ...open,
        ...others.map(
          (device): LabStep => ({ actor: A, do: 'open-group', device, container: 'c0' }),
        ),
        reset({ groups: everyGroup.toReversed() }),
        reset({ groups: [target] }),
      ]),
      extra('group-other-container', [
        ...open,
        { actor: A, do: 'open-container', as: 'c1' },
        ...others.map(
          (device): LabStep => ({ actor: A, do: 'open-group', device, container: 'c1' }),
        ),
        reset({ groups: everyGroup }),
      ]),
      extra('group-other-user', [
        ...open,
        { actor: B, do: 'open-container', as: 'c1' },
        ...others.flatMap((device): LabStep[] => [
          { actor: B, do: 'open-group', device, container: 'c1' },
          { actor: B, do: 'open-device', device },
        ]),
        info,
        reset({ groups: [target] }),
      ]),
      extra('group-only-others', [
        ...open,
        ...others.map((owner) => bare(owner)),
        reset({ groups: others }),
      ]),
      extra('group-closed-again', [
        ...open,
        ...others.map((owner) => bare(owner)),
        ...others.map((device): LabStep => ({ actor: A, do: 'close-group', device })),
        reset({ groups: everyGroup }),
      ]),
    )
  }
  const [sibling] = siblings
  if (sibling !== undefined) {
    calls.push(
      extra('group-sibling-open', [
        ...open,
        ...others.map(
          (device): LabStep => ({ actor: A, do: 'open-group', device, container: 'c0' }),
        ),
        { actor: A, do: 'open-device', device: sibling },
        reset({ groups: everyGroup }),
        { actor: A, do: 'close-device', device: target },
        { actor: A, do: 'hot-reset', device: sibling, groups: everyGroup },
      ]),
    )
  }
  if (stranger !== null) {
    calls.push(
      extra('group-stranger-only', [...open, bare(stranger), reset({ groups: [stranger] })]),
      extra('group-and-stranger', [
        ...open,
        bare(stranger),
        reset({ groups: [...everyGroup.slice(0, 1), stranger] }),
      ]),
    )
  }
  return calls
}
