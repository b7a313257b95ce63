import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import { silenceOf } from '../../src/simulation/silence.js'

const GROUP = '{actor: a, do: open-device, device: 0000:01:00.0}'
const CDEV = '{actor: a, do: bind-cdev, device: 0000:01:00.0, iommufd: A}'
const CLAIM = '{actor: a, do: bind-cdev, device: 0000:01:00.0, iommufd: A, claim: true}'
const BARE = '{actor: a, do: hot-reset, device: 0000:01:00.0}'
const WITH_FD = '{actor: a, do: hot-reset, device: 0000:01:00.0, deviceFds: [0000:01:00.0]}'
const WISH = '{actor: a, intent: take, device: 0000:01:00.0}'

describe('a policy has nothing to say about a story', () => {
  it.each([
    ['where nothing is opened through its interface', 'iommufd', [GROUP, BARE], 'other-interface'],
    ['where all is opened through the other one', 'group-fds', [CDEV, BARE], 'other-interface'],
    ['that is about a claim, where nobody claims', 'reset-group-claim', [CDEV, BARE], 'no-claim'],
    ['whose proof are files, where none is passed', 'device-fds', [CDEV, BARE], 'nothing-passed'],
  ] as const)('%s', (_what, policy, lines, kind) => {
    expect(silenceOf(policy, stepsOf(lines))).toMatchObject({ kind })
  })
})

describe('a policy decides', () => {
  it.each([
    ['where its interface is used', 'iommufd', [CDEV, BARE]],
    ['where one of two interfaces is its own', 'iommufd', [GROUP, CDEV, BARE]],
    ['where somebody claims', 'reset-group-claim', [CLAIM, BARE]],
    ['where a file is passed at least once', 'device-fds', [CDEV, BARE, WITH_FD]],
    ['where nobody asks for a reset, so that no file is missing', 'device-fds', [CDEV]],
    ['where people say what they want, since the calls follow from it', 'group-fds', [WISH]],
  ] as const)('%s', (_what, policy, lines) => {
    expect(silenceOf(policy, stepsOf(lines))).toBeNull()
  })

  it('always, if it is the kernel’s own', () => {
    expect(silenceOf('kernel', stepsOf([BARE]))).toBeNull()
  })
})

function stepsOf(lines: readonly string[]) {
  const text = ['steps:', ...lines.map((line) => `  - ${line}`), ''].join('\n')
  const scenario = parseScenario(text)
  if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
  return scenario.steps
}
