import {
  address,
  count,
  expectation,
  type Field,
  flag,
  isMismatch,
  listOf,
  optional,
  orNull,
  required,
  u32,
  uuid,
  word,
} from './fields.js'
import {
  type Expectation,
  type Intent,
  isScenarioProblem,
  type ScenarioProblem,
  type StepOf,
  type StoryStep,
  type Verb,
} from './scenario.js'
import type { YamlEntry, YamlMap, YamlValue } from './yaml-value.js'

/** Reads one step: the verb or intent first, then exactly the keys that it has. */
export function parseStep(value: YamlValue): StoryStep | ScenarioProblem {
  if (value.kind !== 'map') return { line: value.line, problem: 'a step must be a mapping' }
  const verb = verbOf(value)
  if (typeof verb !== 'string') return verb
  const fields: Fields = { actor: required(word), ...SHAPES[verb], expect: EXPECT }
  const known = Object.keys(fields)
  // `name`, as the verb that closes a container has it.
  const entries = value.entries.map((entry) =>
    verb === 'set-iommu' && entry.key === 'name' ? { ...entry, key: 'container' } : entry,
  )
  const stray = entries.find(({ key }) => key !== 'do' && key !== 'intent' && !known.includes(key))
  if (stray !== undefined) {
    return {
      line: stray.line,
      problem: `${verb} has no key "${stray.key}"; it has ${known.join(', ')}`,
    }
  }
  const step: Record<string, unknown> = { do: verb, line: value.line }
  for (const [key, field] of Object.entries(fields)) {
    const read = readField(verb, key, field, { ...value, entries })
    if (isFieldProblem(read)) return read.problem
    if (read.value !== undefined) step[key] = read.value
  }
  // SHAPES holds exactly the fields of each verb's step.
  return step as unknown as StoryStep
}

type Fields = Readonly<Record<string, Field<unknown>>>

/** The keys of a verb beside `actor` and `do`, each with what it may hold. */
type Shape<V extends Verb | Intent> = {
  readonly [K in Exclude<keyof StepOf<V>, 'do' | 'actor' | 'line' | 'expect'>]-?: Field<
    StepOf<V>[K]
  >
}

const SHAPES: { readonly [V in Verb | Intent]: Shape<V> } = {
  'open-container': { as: required(word) },
  'open-iommufd': { as: required(word) },
  'open-group': {
    device: required(address),
    container: optional(orNull(word), null),
    iommu: optional<boolean | undefined>(flag, undefined),
  },
  'set-iommu': { container: required(word) },
  'open-device': { device: required(address), token: optional(orNull(uuid), null) },
  'bind-cdev': {
    device: required(address),
    iommufd: required(orNull(word)),
    claim: optional(flag, false),
    token: optional(orNull(uuid), null),
  },
  'reset-info': { device: required(address), argsz: optional(orNull(u32), null) },
  'hot-reset': {
    device: required(address),
    groups: optional(listOf(address), []),
    deviceFds: optional(listOf(address), []),
    iommufds: optional(listOf(word), []),
    containers: optional(listOf(word), []),
    closedFds: optional(count, 0),
    argsz: optional(orNull(u32), null),
    flags: optional(u32, 0),
    count: optional(orNull(u32), null),
  },
  'device-reset': { device: required(address) },
  'close-device': { device: required(address) },
  'close-group': { device: required(address) },
  'close-container': { name: required(word) },
  'close-iommufd': { name: required(word) },
  'set-vf-token': { device: required(address), token: required(uuid) },
  take: { device: required(address) },
  reset: { device: required(address) },
  release: { device: required(address) },
}

const INTENTS = ['take', 'reset', 'release'] as const satisfies readonly Intent[]

/** What any step can claim of its answer. */
const EXPECT: Field<Expectation | undefined> = optional<Expectation | undefined>(
  expectation,
  undefined,
)

function verbOf({ entries, line }: YamlMap): Verb | Intent | ScenarioProblem {
  const [entry, other] = entries.filter(({ key }) => key === 'do' || key === 'intent')
  if (entry === undefined) return { line, problem: 'the step does not say what to do' }
  if (other !== undefined) {
    return { line: other.line, problem: 'a step has either "do" or "intent", and not both' }
  }
  const { key, value } = entry
  const given =
    value.kind === 'scalar' ? value.source : `a ${value.kind === 'map' ? 'mapping' : 'list'}`
  if (key === 'intent') {
    const intent = INTENTS.find((each) => value.kind === 'scalar' && each === value.source)
    const problem = `unknown intent "${given}"; the intents are ${INTENTS.join(', ')}`
    return intent ?? { line: value.line, problem }
  }
  if (value.kind === 'scalar' && isVerb(value.source)) return value.source
  return { line: value.line, problem: `unknown verb "${given}"; the verbs are ${VERBS.join(', ')}` }
}

const VERBS = Object.keys(SHAPES).filter((each) => !INTENTS.some((intent) => intent === each))

function isVerb(text: string): text is Verb {
  return VERBS.includes(text)
}

type FieldResult = { readonly value: unknown } | { readonly problem: ScenarioProblem }

function readField(
  verb: Verb | Intent,
  key: string,
  field: Field<unknown>,
  step: YamlMap,
): FieldResult {
  const entry: YamlEntry | undefined = step.entries.find((each) => each.key === key)
  if (entry === undefined) {
    if (field.absent !== undefined) return { value: field.absent.value }
    return { problem: { line: step.line, problem: `${verb} needs the key "${key}"` } }
  }
  const value = field.read(entry.value)
  if (!isMismatch(value)) return { value }
  return { problem: { line: value.line, problem: `"${key}" must be ${value.expected}` } }
}

function isFieldProblem(result: FieldResult): result is { readonly problem: ScenarioProblem } {
  return 'problem' in result && isScenarioProblem(result.problem)
}
