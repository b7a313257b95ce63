import type { PciAddress } from '../../host/pci-address.js'
import { counted, some } from '../../text/english.js'
import { groupBy } from '../../text/lists.js'
import type { Ending, VerdictChange } from '../change.js'
import type { HostDifference } from '../compare-hosts.js'

/** Whether a verdict changed, and how; then how much else did. */
export function diffSummary({ changes, machine }: HostDifference): string {
  if (machine.different) {
    const most = Math.max(machine.before, machine.after)
    return `These look like two different machines (${machine.matching} of ${most} functions match), so what is gone and what is new is not listed.`
  }
  if (changes.length === 0) return 'No difference that matters.'
  const flips = changes.flatMap((change) => (change.kind === 'verdict' ? [change] : []))
  const others = changes.length - flips.length
  if (flips.length === 0) return `No verdict changed; ${counted(others, 'difference')}.`
  const rest = others === 0 ? '' : ` ${counted(others, 'other difference')}.`
  return `${flipsText(flips)}${rest}`
}

/** At most this many addresses are listed. */
const LISTED = 3

function flipsText(flips: readonly VerdictChange[]): string {
  const byAddress = new Map<PciAddress, VerdictChange[]>()
  for (const flip of flips) {
    for (const address of flip.devices) {
      byAddress.set(address, [...(byAddress.get(address) ?? []), flip])
    }
  }
  const told = [...byAddress].map(([address, own]) => ({ address, how: howAll(own) }))
  const [first] = told
  if (first !== undefined && told.length === 1) {
    return `A hot reset of ${first.address} ${first.how('was', 'is')}.`
  }
  const alike = [...groupBy(told, ({ how }) => how('was', 'is')).values()]
  const parts = alike.map((members) => {
    const [{ how } = { how: otherwise }] = members
    const who = some(
      members.map(({ address }) => address),
      LISTED,
    )
    return members.length === 1 ? `${who} ${how('was', 'is')}` : `${who} ${how('were', 'are')}`
  })
  return `Hot resets of ${told.length} functions are answered otherwise: ${parts.join('; ')}.`
}

type How = (was: string, is: string) => string

/** How the verdicts on one function changed, where it is the same under all policies. */
function howAll(flips: readonly VerdictChange[]): How {
  const hows = flips.map(({ before, after }) => howOne(before, after))
  const [first = otherwise] = hows
  return hows.every((how) => how('was', 'is') === first('was', 'is')) ? first : otherwise
}

function howOne(before: Ending, after: Ending): How {
  if (before.outcome === after.outcome)
    return (_, is) => `${is} ${OUTCOMES[after.outcome]} for another reason now`
  return (was, is) => `${was} ${OUTCOMES[before.outcome]}, and ${is} ${OUTCOMES[after.outcome]} now`
}

const OUTCOMES = {
  permitted: 'permitted',
  refused: 'refused',
  undetermined: 'unknown',
} as const satisfies Record<Ending['outcome'], string>

const otherwise: How = (_, is) => `${is} answered otherwise now, by each policy in its own way`
