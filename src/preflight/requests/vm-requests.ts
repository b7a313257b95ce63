import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import type { InputDevice, NotFollowed, VmInput } from '../inputs/vm-input.js'
import type { VmRequest, WantedFunction } from '../question.js'
import type { Choice, ChosenFunction, RequestHost } from './choice.js'
import { chooseFunctions, unmapped } from './choose-functions.js'

/** Sets of functions of which one VM may get any: so many are judged one by one. */
const MOST_SETS = 64

/**
 * What an input asks for on a host: one VM, or, where the VM gets one of several functions or each of them goes to a VM of its
 * own, one for each.
 */
export function requestsOf(input: VmInput, host: RequestHost): readonly VmRequest[] {
  const { fixed, open, notFollowed } = sortOut(input, host)
  const { name, vmm } = input
  const functions = wantedFunctions(fixed)
  if (open.length === 0) return [{ name, vmm, functions, notFollowed, oneOf: null }]
  const isApart = open.every(({ choice }) => choice.gives === 'all')
  if ((open.length > 1 && !isApart) || countOf(open) > MOST_SETS) {
    const pools = open.map(({ device }): NotFollowed => ({ cause: 'pool', text: textOf(device) }))
    return [{ name, vmm, functions, notFollowed: [...notFollowed, ...pools], oneOf: null }]
  }
  return open.flatMap(({ device, choice }) =>
    choice.sets.map((set): VmRequest => {
      const addresses = set.map(({ address }) => address).join(', ')
      return {
        name: name === null ? `with ${addresses}` : `${name} with ${addresses}`,
        vmm,
        functions: wantedFunctions([...fixed, ...set.map((chosen) => ({ chosen, device }))]),
        notFollowed,
        oneOf: choice.gives === 'one' ? textOf(device) : null,
      }
    }),
  )
}

interface SortedChoices {
  /** Functions that the VM gets for certain. */
  readonly fixed: readonly Given[]
  /** Devices that are one of several functions, or each of them. */
  readonly open: readonly Open[]
  readonly notFollowed: readonly NotFollowed[]
}

function sortOut({ devices, notFollowed }: VmInput, host: RequestHost): SortedChoices {
  const chosen = devices.map((device) => ({ device, choice: choiceOf(device, host) }))
  const known = chosen.flatMap(({ device, choice }) =>
    'cause' in choice ? [] : [{ device, choice }],
  )
  const isOpen = ({ choice }: Open) => choice.sets.length !== 1 || choice.gives === 'all'
  return {
    fixed: known
      .filter((each) => !isOpen(each))
      .flatMap(({ device, choice }) =>
        choice.sets.flatMap((set) => set.map((each) => ({ chosen: each, device }))),
      ),
    open: known.filter(isOpen),
    notFollowed: [
      ...notFollowed,
      ...chosen.flatMap(({ choice }) => ('cause' in choice ? [choice] : [])),
    ],
  }
}

/** With the other functions of the card where the VM gets those too. */
function choiceOf(device: InputDevice, host: RequestHost): Choice | NotFollowed {
  const choice = chooseFunctions(device.which, host)
  if (device.along !== 'device' || 'cause' in choice) return choice
  const widened = choice.sets.map((set) => [
    ...set,
    ...set.flatMap(({ address }) => inOneGroup(address, host.raw)).map(unmapped),
  ])
  return { ...choice, sets: widened }
}

/** The other functions of the same device that are in the function's group. */
function inOneGroup(address: PciAddress, { functions, groups }: RawHost): readonly PciAddress[] {
  const group = groups.find(({ devices }) => devices.includes(address))
  const device = address.slice(0, -1)
  return functions.flatMap((each) =>
    each.address !== address &&
    each.address.startsWith(device) &&
    group?.devices.includes(each.address) === true
      ? [each.address]
      : [],
  )
}

interface Given {
  readonly chosen: ChosenFunction
  readonly device: InputDevice
}

interface Open {
  readonly device: InputDevice
  readonly choice: Choice
}

function countOf(open: readonly Open[]): number {
  return open.reduce((sum, { choice }) => sum + choice.sets.length, 0)
}

function textOf({ which }: InputDevice): string {
  if ('text' in which) return which.text
  if (which.by === 'list') return which.functions[0]?.text ?? ''
  return 'name' in which ? which.name : ''
}

/** Each function once, with how often it is given. */
function wantedFunctions(given: readonly Given[]): readonly WantedFunction[] {
  const wanted = new Map<PciAddress, WantedFunction>()
  for (const { chosen, device } of given) {
    const earlier = wanted.get(chosen.address)
    const { managed, along, via, token } = device
    const times = earlier === undefined ? 1 : earlier.times + 1
    const whole = along === 'group' ? { along } : {}
    wanted.set(chosen.address, { ...chosen, managed, ...whole, via, token, times })
  }
  return [...wanted.values()]
}

/** The functions named on the command line, as one VM. */
export function requestOfArguments(
  addresses: readonly PciAddress[],
  managed: 'managed' | 'unmanaged',
): VmRequest {
  const given = { managed: managed === 'managed', via: null, token: null, mapped: null, times: 1 }
  return {
    name: null,
    vmm: 'qemu',
    functions: addresses.map((address) => ({ address, ...given })),
    notFollowed: [],
    oneOf: null,
  }
}
