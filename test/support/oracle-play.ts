import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import type { OracleStep } from './oracle.js'
import type { StepText } from './play.js'

/** One call that a real kernel answered, as a step of a scenario; null: a step that makes no call of VFIO. */
export function asStep({ cmd }: OracleStep): StepText | null {
  const [actor = '', verb = '', first = '', second = '', ...rest] = cmd.split(' ')
  switch (verb) {
    case 'container':
      return { actor, do: 'open-container', as: first }
    case 'iommufd':
      return { actor, do: 'open-iommufd', as: first }
    case 'group':
      return { actor, do: 'open-group', device: first, container: second === '-' ? null : second }
    case 'gdev':
      return { actor, do: 'open-device', device: first }
    case 'cdev':
      return {
        actor,
        do: 'bind-cdev',
        device: first,
        iommufd: second === 'missing' ? null : second,
      }
    case 'info':
      return {
        actor,
        do: 'reset-info',
        device: first,
        argsz: second === '' ? null : Number(second),
      }
    case 'reset':
      return { actor, do: 'hot-reset', device: first, ...proofOf(second), ...optionsOf(rest) }
    case 'closedev':
      return { actor, do: 'close-device', device: first }
    case 'closegroup':
      return { actor, do: 'close-group', device: first }
    case 'token':
      return { actor, do: 'set-vf-token', device: first, token: second }
    case 'mark':
    case 'check':
      return null
    default:
      throw new Error(`no such oracle step: ${cmd}`)
  }
}

function proofOf(list: string): Readonly<Record<string, unknown>> {
  if (list === 'none') return {}
  if (list === 'bad') return { closedFds: 1 }
  const items = list.split(',')
  const of = (kind: string) =>
    items.filter((each) => each.startsWith(`${kind}:`)).map((each) => each.slice(2))
  const named = of('c')
  return {
    groups: of('g'),
    deviceFds: of('d'),
    containers: named.filter((name) => name.startsWith('c')),
    iommufds: named.filter((name) => !name.startsWith('c')),
  }
}

function optionsOf(rest: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rest.map((each) => [each.split('=')[0] ?? '', Number(each.split('=')[1])]),
  )
}

/** An answer in a form that the kernel's and the simulator's can both be put into. */
export interface Reply {
  readonly answer: string
  readonly info: string | null
}

/** What the kernel answered: the first errno of the step. ENOTTY: the reset was done and the link did not come back. */
export function kernelReply(step: OracleStep, simulated: SimulatedStep): Reply {
  const errno = [step.open, step.set_container, step.set_iommu, step.bind, step.ret].find(
    (each) => typeof each === 'string',
  )
  const { skipped, possible = [] } = simulated
  // The lab's program calls on fd -1 where there is no file; a scenario does not call at all.
  if (errno === 'EBADF' && skipped !== undefined) return { answer: 'skipped', info: null }
  const predicted = errno === 'ENOTTY' && possible.includes('ENOTTY') ? 'ok' : String(errno ?? 'ok')
  if (!step.cmd.includes(' info ') || errno !== undefined) return { answer: predicted, info: null }
  const flags = step.flags ?? 0
  const devices = (step.devices ?? []).map(({ id, bdf }) => `${bdf} ${flags & 1 ? idOf(id) : id}`)
  return { answer: predicted, info: `flags ${flags}: ${devices.sort().join(', ')}` }
}

export function simulatedReply({ outcome, errno, skipped, info }: SimulatedStep): Reply {
  const answer = skipped !== undefined ? 'skipped' : outcome === 'ok' ? 'ok' : (errno ?? outcome)
  if (info === undefined || 'unknown' in info || answer !== 'ok') return { answer, info: null }
  const flags = info.flags.reduce((bits, flag) => bits | (flag === 'dev-id' ? 1 : 2), 0)
  const devices = info.devices.map(
    ({ address, group, devid }) => `${address} ${devid === null ? group : idOf(devid)}`,
  )
  return { answer, info: `flags ${flags}: ${[...devices].sort().join(', ')}` }
}

/** Ids in a context are compared only as "some id". */
function idOf(id: number): string {
  return id > 0 ? 'id' : String(id)
}
