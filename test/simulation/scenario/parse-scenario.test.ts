import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem, type Scenario } from '../../../src/simulation/scenario/scenario.js'

const STEP = '{actor: a, do: open-container, as: c0}'

function parsed(text: string): Scenario {
  const scenario = parseScenario(text)
  if (isScenarioProblem(scenario)) throw new Error(`${scenario.line}: ${scenario.problem}`)
  return scenario
}

/** `line: problem`, or `-: problem` for the file as a whole. */
function problem(text: string): string {
  const found = parseScenario(text)
  return isScenarioProblem(found) ? `${found.line ?? '-'}: ${found.problem}` : 'no problem'
}

describe('what a scenario says', () => {
  test('a release is read as it is written', () => {
    expect(parsed(`kernel: 6.10\nsteps: []`).kernel).toMatchObject({ major: 6, minor: 10 })
    expect(parsed(`kernel: "6.1"\nsteps: []`).kernel).toMatchObject({ major: 6, minor: 1 })
    expect(parsed(`steps: []`).kernel).toBeNull()
  })

  test('drivers keep their order; null is unbound', () => {
    const { drivers } = parsed(
      'drivers:\n  0000:02:00.0: vfio-pci\n  0000:01:00.0: null\n  10000:E1:00.0: ~\nsteps: []',
    )
    expect([...drivers]).toEqual([
      ['0000:02:00.0', { driver: 'vfio-pci', line: 2 }],
      ['0000:01:00.0', { driver: null, line: 3 }],
      ['10000:e1:00.0', { driver: null, line: 4 }],
    ])
  })

  test('what is left out has a default', () => {
    const { steps } = parsed(
      [
        'steps:',
        '  - {actor: a, do: open-group, device: 0000:01:00.0}',
        '  - {actor: a, do: bind-cdev, device: 0000:01:00.0, iommufd: i0}',
        '  - {actor: a, do: hot-reset, device: 0000:01:00.0}',
        '  - {actor: 0, do: reset-info, device: 0000:01:00.0}',
      ].join('\n'),
    )
    const device = '0000:01:00.0'
    expect(steps).toEqual([
      { actor: 'a', do: 'open-group', line: 2, device, container: null },
      { actor: 'a', do: 'bind-cdev', line: 3, device, iommufd: 'i0', claim: false, token: null },
      {
        actor: 'a',
        do: 'hot-reset',
        line: 4,
        device,
        groups: [],
        deviceFds: [],
        iommufds: [],
        containers: [],
        closedFds: 0,
        argsz: null,
        flags: 0,
        count: null,
      },
      { actor: '0', do: 'reset-info', line: 5, device, argsz: null },
    ])
  })

  test('JSON is YAML', () => {
    const text = JSON.stringify({ policy: 'closure', noiommu: true, steps: [] })
    expect(parsed(text)).toMatchObject({ policy: 'closure', noiommu: true })
  })

  test('an alias stands for what its anchor holds', () => {
    const text = 'drivers:\n  0000:01:00.0: &d vfio-pci\n  0000:01:00.1: *d\nsteps: []'
    expect([...parsed(text).drivers.values()].map(({ driver }) => driver)).toEqual([
      'vfio-pci',
      'vfio-pci',
    ])
  })
})

describe('what is wrong, and where', () => {
  test.each([
    ['', '-: it is empty'],
    ['- 1', '1: it must be a mapping with the key "steps"'],
    ['text', '1: it must be a mapping with the key "steps"'],
    ['kernel: 6.1', '-: it has no "steps"'],
    ['steps: 1', '1: "steps" must be a list'],
    ['kernel: six\nsteps: []', '1: "kernel" must be a release such as 6.12.95'],
    ['noiommu: maybe\nsteps: []', '1: "noiommu" must be true or false'],
    [
      'steps: []\nstep: []',
      '2: unknown key "step"; the keys are kernel, policy, drivers, noiommu, steps',
    ],
    ['drivers: [vfio-pci]\nsteps: []', '1: "drivers" must be a mapping of addresses to drivers'],
    ['drivers: {01:00.0: vfio-pci}\nsteps: []', '1: "01:00.0" is no address such as 0000:01:00.0'],
    [
      'drivers: {0000:01:00.0: [x]}\nsteps: []',
      '1: the driver of 0000:01:00.0 must be a name or null',
    ],
    ['steps:\n  - 7', '2: a step must be a mapping'],
    ['steps:\n  - {actor: a}', '2: the step does not say what to do'],
    ['steps:\n  - {do: open-container, as: c0}', '2: open-container needs the key "actor"'],
    ['steps:\n  - {actor: a, do: open-container}', '2: open-container needs the key "as"'],
    [
      'steps:\n  - {actor: a, do: open-container, as: c0, name: x}',
      '2: open-container has no key "name"; it has actor, as, expect',
    ],
    [
      'steps:\n  - {actor: a, do: open-device, device: 01:00.0}',
      '2: "device" must be an address such as 0000:01:00.0',
    ],
    [
      `steps:\n  - ${STEP}\n  - {actor: a, do: reset-info, device: 0000:01:00.0, argsz: -1}`,
      '3: "argsz" must be a whole number from 0 to 4294967295',
    ],
    [
      'steps:\n  - {actor: a, do: set-vf-token, device: 0000:01:00.0, token: secret}',
      '2: "token" must be a UUID such as 5a5a0000-0000-4000-8000-000000000001',
    ],
    [
      'steps:\n  - {actor: a, do: hot-reset, device: 0000:01:00.0, groups: 0000:01:00.0}',
      '2: "groups" must be a list',
    ],
    ['steps:\n  - {actor: a, actor: b}', '2: the key "actor" is given twice in one mapping'],
    ['steps: *nowhere', '1: there is no anchor &nowhere before *nowhere'],
    ['? [a]\n: b', '1: a key must be a word'],
  ])('%j', (text, expected) => {
    expect(problem(text)).toBe(expected)
  })

  test('an unknown verb is told with those that there are', () => {
    const told = problem('steps:\n  - {actor: a, do: open-door}')
    expect(told).toMatch(/^2: unknown verb "open-door"; the verbs are open-container, /)
  })

  test('an intent is one of three, is no verb, and has a function and nothing else', () => {
    const device = 'device: 0000:01:00.0'
    const told = (step: string) => problem(`steps:\n  - {actor: a, ${step}}`)
    expect(told(`intent: take, ${device}`)).toBe('no problem')
    expect(told(`intent: steal, ${device}`)).toBe(
      '2: unknown intent "steal"; the intents are take, reset, release',
    )
    expect(told(`intent: [take], ${device}`)).toMatch(/^2: unknown intent "a list"/)
    expect(told(`intent: open-iommufd, as: c`)).toMatch(/^2: unknown intent "open-iommufd"/)
    expect(told(`do: take, ${device}`)).toMatch(/^2: unknown verb "take"; .*set-vf-token$/)
    expect(told(`do: hot-reset, intent: reset, ${device}`)).toMatch(/not both$/)
    expect(told('intent: take')).toBe('2: take needs the key "device"')
    expect(told(`intent: take, ${device}, claim: true`)).toMatch(/^2: take has no key "claim"/)
  })

  test('an unknown policy is told with those that there are', () => {
    expect(problem('policy: nice\nsteps: []')).toMatch(
      /^1: "policy" must be one of kernel, group-fds/,
    )
  })

  test('broken YAML names its line', () => {
    expect(problem('steps:\n  - {actor: a\n')).toMatch(/^\d: it is not YAML: /)
    expect(problem('a: 1\n---\nb: 2')).toMatch(/it is not YAML: Source contains multiple documents/)
    expect(problem('steps: !wanted []')).toMatch(/^1: it is not YAML: Unresolved tag/)
  })
})

describe('hostile files end soon', () => {
  const anchors = Array.from({ length: 9 }, (_, level) => {
    const below = level === 0 ? '["x","x"]' : `[${`*a${level - 1},`.repeat(10)}]`
    return `a${level}: &a${level} ${below}`
  }).join('\n')

  test.each([
    ['10 MB', 'a'.repeat(10_000_000), 'it is larger than 1048576 bytes'],
    ['anchors that explode', anchors, 'it follows too many aliases'],
    ['an anchor inside itself', 'steps: &a [*a]', 'its values nest too deep'],
    ['brackets', '['.repeat(1_000_000), 'its values nest too deep'],
    ['braces', '{'.repeat(1_000_000), 'its values nest too deep'],
    ['indentation', indented(600), 'its values nest too deep'],
    ['commas', `[${','.repeat(500_000)}]`, 'it is longer than any scenario needs to be'],
    ['many keys', keys(50_000), 'it is longer than any scenario needs to be'],
  ])('%s', (_, text, expected) => {
    const found = parseScenario(text)
    expect(isScenarioProblem(found) ? found.problem : 'no problem').toContain(expected)
  })

  function indented(levels: number): string {
    return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
  }

  function keys(count: number): string {
    return Array.from({ length: count }, (_, index) => `k${index}: 1`).join('\n')
  }
})
