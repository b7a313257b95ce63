/** A scenario of the contract (5) as the lab writes it: what the tool reads from a file. */
export interface LabScenario {
  /** Bind state, in the order in which functions are bound; null: unbound. */
  readonly drivers: Readonly<Record<string, string | null>>
  readonly steps: readonly LabStep[]
}

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
