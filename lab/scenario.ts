/** A scenario of the contract (5) as the lab writes it: what the tool reads from a file. */
export interface LabScenario {
  /**
   * What happens to the host first, in this order. It is no part of the tool's scenarios: what it leads to is in the tree that
   * is recorded after it, and from which the answers are predicted.
   */
  readonly before?: readonly HostChange[]
  /** Bind state, in the order in which functions are bound; null: unbound. */
  readonly drivers: Readonly<Record<string, string | null>>
  readonly steps: readonly LabStep[]
}

/** Something that is done to a host by its administrator, or by somebody who pulls cards. */
export type HostChange =
  | { readonly do: 'bind'; readonly device: string; readonly driver: string | null }
  /** sysfs `remove`. */
  | { readonly do: 'remove'; readonly device: string }
  | { readonly do: 'rescan' }
  /** pciehp unbound from a port, whose slot goes, and bound again. */
  | { readonly do: 'release-slot' | 'take-slot'; readonly port: string }
  /** A user opens a physical function with a VF token, and closes it. */
  | { readonly do: 'token'; readonly device: string; readonly token: string }
  /** `sriov_numvfs`, by way of 0. */
  | { readonly do: 'vfs'; readonly device: string; readonly count: number }

/** One step: the contract's fields, those at their defaults left out. */
export interface LabStep {
  readonly actor: string
  readonly do: LabVerb
  readonly as?: string
  readonly name?: string
  readonly device?: string
  readonly container?: string
  /** null: BIND gets no context. */
  readonly iommufd?: string | null
  readonly token?: string
  readonly groups?: readonly string[]
  readonly deviceFds?: readonly string[]
  readonly iommufds?: readonly string[]
  readonly containers?: readonly string[]
  readonly closedFds?: number
  readonly argsz?: number
  readonly flags?: number
  readonly count?: number
}

export type LabVerb =
  | 'open-container'
  | 'open-group'
  | 'open-device'
  | 'open-iommufd'
  | 'bind-cdev'
  | 'reset-info'
  | 'hot-reset'
  | 'device-reset'
  | 'close-device'
  | 'close-group'
  | 'close-container'
  | 'close-iommufd'
  | 'set-vf-token'

/** The scenario as a file: one line a step. */
export function writeScenario({ drivers, steps }: LabScenario, about: string): string {
  const bound = Object.entries(drivers).map(([address, driver]) => `  ${address}: ${driver}\n`)
  const done = steps.map((step) => `  - ${flow(step)}\n`)
  return [
    `# ${about}\n`,
    bound.length === 0 ? 'drivers: {}\n' : `drivers:\n${bound.join('')}`,
    steps.length === 0 ? 'steps: []\n' : `steps:\n${done.join('')}`,
  ].join('')
}

const OPENING: readonly LabVerb[] = ['open-device', 'bind-cdev', 'open-group']

const ASKING: readonly LabVerb[] = ['reset-info', 'hot-reset', 'device-reset']

/** Whether it opens nothing, or asks neither INFO nor a reset: then its answers say little. */
export function isVacuous({ steps }: LabScenario): boolean {
  const does = (verbs: readonly LabVerb[]) => steps.some((step) => verbs.includes(step.do))
  return !does(OPENING) || !does(ASKING)
}

/** Functions that get a driver in the course of it. */
export function boundBy({ before = [], drivers }: LabScenario): readonly string[] {
  const changes = before.flatMap((change) =>
    change.do === 'bind' ? [[change.device, change.driver] as const] : [],
  )
  const bound = [...changes, ...Object.entries(drivers)].filter(([, driver]) => driver !== null)
  return [...new Set(bound.map(([address]) => address))]
}

/** All that makes two scenarios the same question. */
export function scenarioKey(scenario: LabScenario): string {
  return JSON.stringify(scenario)
}

/** Names and addresses need no quotes: none of them holds a space, or a colon before one. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${flow(field)}`)
  return `{${fields.join(', ')}}`
}
