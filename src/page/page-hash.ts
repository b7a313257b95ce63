import type { Vm } from '../drawing/scene.js'
import { type PciAddress, parsePciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { POLICIES } from '../policy/policies/index.js'
import { functionsOf } from './page-model.js'
import type { PageState } from './page-state.js'

/** What a link to the page carries: policy, ticks, folds that differ from the usual ones, and the function shown. */
export function hashOf(state: PageState, usual: ReadonlySet<string>): string {
  const { policy, given, folded, selected } = state
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['policy', [policy]],
    ['a', functionsOf('a', given)],
    ['b', functionsOf('b', given)],
    ['show', selected === null ? [] : [selected]],
    ['open', [...usual].filter((id) => !folded.has(id))],
    ['fold', [...folded].filter((id) => !usual.has(id))],
  ]
  return parts
    .filter(([, values]) => values.length > 0)
    .map(([key, values]) => `${key}=${values.map(encodeURIComponent).join(',')}`)
    .join('&')
}

type Linked = Pick<PageState, 'policy' | 'given' | 'folded' | 'selected' | 'current'>

/** The state that a link asks for; whatever in it is no function of this host counts as not written. */
export function linkedState<State extends Linked>(
  hash: string,
  state: State,
  { functions }: Pick<ReportIndex, 'functions'>,
): State {
  const parts = new Map(hash.replace(/^#/, '').split('&').map(keyAndValues))
  const functionsIn = (key: string): readonly PciAddress[] =>
    (parts.get(key) ?? []).flatMap((text) => {
      const address = parsePciAddress(text)
      return address !== undefined && functions.has(address) ? [address] : []
    })
  const gifts = (['a', 'b'] as const).flatMap((vm: Vm) =>
    functionsIn(vm).map((address) => [address, vm] as const),
  )
  const policy = POLICIES.find(({ id }) => parts.get('policy')?.includes(id) === true)
  const opened = new Set(parts.get('open'))
  const selected = functionsIn('show')[0] ?? state.selected
  return {
    ...state,
    policy: policy?.id ?? state.policy,
    given: new Map(gifts),
    folded: new Set([...state.folded].filter((id) => !opened.has(id)).concat(functionsIn('fold'))),
    selected,
    current: selected,
  }
}

function keyAndValues(part: string): readonly [string, readonly string[]] {
  const [key = '', values = ''] = part.split('=')
  return [key, values.split(',').map(decoded)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
