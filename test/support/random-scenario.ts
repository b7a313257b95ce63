import fc from 'fast-check'
import type { StepText } from './play.js'

const ACTORS = ['a', 'b'] as const
const CONTAINERS = ['c0', 'c1'] as const
const IOMMUFDS = ['i0', 'i1'] as const
const TOKEN = '5a5a0000-0000-4000-8000-000000000001'

const actor = fc.constantFrom(...ACTORS)
const argsz = fc.constantFrom(null, 11, 12, 20, 28, 4096)

/** Steps in any order on these functions: two actors with two containers and two contexts each, sense or nonsense. */
export function randomSteps(functions: readonly string[]): fc.Arbitrary<readonly StepText[]> {
  const device = fc.constantFrom(...functions)
  const some = fc.array(device, { maxLength: 3 })
  const token = fc.constantFrom(null, null, TOKEN)
  const step = fc.oneof(
    { weight: 1, arbitrary: of('open-container', { as: fc.constantFrom(...CONTAINERS) }) },
    { weight: 1, arbitrary: of('open-iommufd', { as: fc.constantFrom(...IOMMUFDS) }) },
    {
      weight: 5,
      arbitrary: of('open-group', {
        device,
        container: fc.constantFrom(null, ...CONTAINERS, ...IOMMUFDS),
      }),
    },
    { weight: 5, arbitrary: of('open-device', { device, token }) },
    {
      weight: 5,
      arbitrary: of('bind-cdev', {
        device,
        token,
        iommufd: fc.constantFrom(null, ...IOMMUFDS, 'c0'),
        claim: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: of('reset-info', { device, argsz }) },
    {
      weight: 6,
      arbitrary: of('hot-reset', {
        device,
        groups: some,
        deviceFds: fc.array(device, { maxLength: 1 }),
        containers: fc.subarray(['c0'], { maxLength: 1 }),
        closedFds: fc.constantFrom(0, 0, 0, 1),
        argsz,
        flags: fc.constantFrom(0, 0, 0, 1),
        count: fc.constantFrom(null, null, null, 0, 1, 70_000),
      }),
    },
    { weight: 1, arbitrary: of('device-reset', { device }) },
    { weight: 2, arbitrary: of('close-device', { device }) },
    { weight: 1, arbitrary: of('close-group', { device }) },
    { weight: 1, arbitrary: of('close-container', { name: fc.constantFrom(...CONTAINERS) }) },
    { weight: 1, arbitrary: of('close-iommufd', { name: fc.constantFrom(...IOMMUFDS) }) },
    { weight: 1, arbitrary: of('set-vf-token', { device, token: fc.constant(TOKEN) }) },
  )
  return fc
    .array(step, { minLength: 4, maxLength: 24 })
    .map((steps) => [...PRELUDE, ...valid(steps)])
}

function of(verb: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<StepText> {
  return fc.record({ actor, do: fc.constant(verb), ...fields }) as fc.Arbitrary<StepText>
}

/** So that every name is opened by everybody. */
const PRELUDE: readonly StepText[] = ACTORS.flatMap((each) => [
  ...CONTAINERS.map((as) => ({ actor: each, do: 'open-container', as })),
  ...IOMMUFDS.map((as) => ({ actor: each, do: 'open-iommufd', as })),
])

/** Without steps that name a group file which their actor opens nowhere: those are errors in the file. */
function valid(steps: readonly StepText[]): readonly StepText[] {
  const opened = new Set(
    steps.flatMap((each) =>
      each.do === 'open-group' ? [`${each['actor']} ${each['device']}`] : [],
    ),
  )
  const has = (each: StepText, device: unknown) => opened.has(`${each['actor']} ${device}`)
  return steps.flatMap((each) => {
    if (each.do === 'open-device' || each.do === 'close-group') {
      return has(each, each['device']) ? [each] : []
    }
    if (each.do !== 'hot-reset') return [each]
    const groups = Array.isArray(each['groups']) ? each['groups'] : []
    return [{ ...each, groups: groups.filter((device) => has(each, device)) }]
  })
}
