import { fullAddress } from './ask.js'
import type { StepText } from './play.js'

/** Steps of scenarios in short: `01:00.0` stands for a function of domain 0000, actor `a` acts unless told. */

export function container(as = 'c0', actor = 'a'): StepText {
  return { actor, do: 'open-container', as }
}

export function iommufd(as = 'X', actor = 'a'): StepText {
  return { actor, do: 'open-iommufd', as }
}

/** The group file of a function, in a container or (null) bare. */
export function group(device: string, into: string | null = 'c0', actor = 'a'): StepText {
  return { actor, do: 'open-group', device: fullAddress(device), container: into }
}

/** The function through its group. */
export function device(text: string, actor = 'a', token: string | null = null): StepText {
  return { actor, do: 'open-device', device: fullAddress(text), token }
}

/** The function's cdev, bound to a context. */
export function bind(text: string, to: string | null = 'X', more: object = {}): StepText {
  return { actor: 'a', do: 'bind-cdev', device: fullAddress(text), iommufd: to, ...more }
}

export function info(text: string, argsz: number | null = null, actor = 'a'): StepText {
  return { actor, do: 'reset-info', device: fullAddress(text), argsz }
}

/** A hot reset with these functions' group files, and whatever else the array holds. */
export function reset(text: string, groups: readonly string[] = [], more: object = {}): StepText {
  return {
    actor: 'a',
    do: 'hot-reset',
    device: fullAddress(text),
    groups: groups.map(fullAddress),
    ...more,
  }
}

export function close(text: string, actor = 'a'): StepText {
  return { actor, do: 'close-device', device: fullAddress(text) }
}

export function closeGroup(text: string, actor = 'a'): StepText {
  return { actor, do: 'close-group', device: fullAddress(text) }
}

/** Container, group file and device fd of a function: what a user of group files does first. */
export function viaGroup(text: string, as = 'c0', actor = 'a'): readonly StepText[] {
  return [container(as, actor), group(text, as, actor), device(text, actor)]
}

/** A context and the function's cdev bound to it. */
export function viaCdev(text: string, as = 'X', actor = 'a'): readonly StepText[] {
  return [iommufd(as, actor), bind(text, as, { actor })]
}
