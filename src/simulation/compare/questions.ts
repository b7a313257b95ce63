import { isKnownAs, known } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import type { IntentStep, Scenario } from '../scenario/scenario.js'

/** What the debate of 2023 was about, for one function and the others that its reset affects. */
export type QuestionId =
  /** One user has the function and nobody the others: may that user reset it? */
  | 'idle'
  /** Somebody else has another one: may the user? */
  | 'taken'
  /** The user has all of them. */
  | 'both'
  /** The user has the function, and has asked for a reset: may somebody else take another one now? */
  | 'later'
  /** The user has all of them, and there is no IOMMU. */
  | 'no-iommu'

/** Who plays: the function, what its reset affects beside it, and which of them the other user has. */
export interface Cast {
  readonly device: PciAddress
  readonly others: readonly PciAddress[]
  /** null: the reset affects nothing else that a user could have. */
  readonly sibling: PciAddress | null
}

/** A question as a story that the simulator can play. */
export interface Question {
  readonly id: QuestionId
  /** Whose first refusal is the answer. */
  readonly asks: typeof ALICE | typeof BOB
  readonly scenario: Scenario
}

export const ALICE = 'alice'
export const BOB = 'bob'

/** Those that can be asked of a cast, in the order of the table. */
export function questionsFor(cast: Cast): readonly Question[] {
  const { device, others, sibling } = cast
  const one = [wish(ALICE, 'take', device), wish(ALICE, 'reset', device)]
  const all = [...others.map((each) => wish(ALICE, 'take', each)), ...one]
  const ask = (id: QuestionId, steps: readonly IntentStep[], asks: Question['asks'] = ALICE) => ({
    id,
    asks,
    scenario: scenarioOf(cast, id, steps),
  })
  if (sibling === null) return [ask('idle', one), ask('no-iommu', one)]
  const bob = wish(BOB, 'take', sibling)
  return [
    ask('idle', one),
    ask('taken', [bob, ...one]),
    ask('both', all),
    ask('later', [...one, bob], BOB),
    ask('no-iommu', all),
  ]
}

function wish(actor: string, intent: IntentStep['do'], device: PciAddress): IntentStep {
  return { do: intent, actor, device, line: 1 }
}

/** Every function of the cast is taken to be bound. */
function scenarioOf(
  { device, others }: Cast,
  id: QuestionId,
  steps: readonly IntentStep[],
): Scenario {
  const bound = [device, ...others].map(
    (address) => [address, { driver: 'vfio-pci', line: 1 }] as const,
  )
  const noiommu = id === 'no-iommu'
  return { kernel: null, policy: null, drivers: new Map(bound), noiommu, steps }
}

/** The same machine with nothing that translates: no function has a group until no-IOMMU mode makes one up. */
export function withoutIommu(raw: RawHost): RawHost {
  return {
    ...raw,
    system: { ...raw.system, iommuInstances: known([]) },
    functions: raw.functions.map((each) =>
      isKnownAs(each.iommuGroup, null) ? each : { ...each, iommuGroup: known(null) },
    ),
    groups: [],
    groupsListed: known(true),
  }
}
