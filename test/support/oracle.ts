import { readFileSync } from 'node:fs'
import { fixturePath } from './fixtures.js'

/** What a real kernel answered on an emulated machine; see `fixtures/sysfs/README.md`. */
export interface Oracle {
  readonly release: string
  /** Driver states, by name; the trees are named after them. */
  readonly states: Readonly<Record<string, unknown>>
  readonly scenarios: Readonly<Record<string, Scenario>>
}

export interface Scenario {
  readonly method: 'group' | 'cdev'
  readonly target: string
  readonly state: string
  readonly steps: readonly OracleStep[]
}

/** One call: `ACTOR VERB ARGS` with its reply. A number or 0 is success, a text the errno. */
export interface OracleStep {
  readonly cmd: string
  readonly open?: number | string
  readonly set_container?: 0 | string
  readonly set_iommu?: 0 | string
  readonly bind?: 0 | string
  readonly ret?: 0 | string
  readonly flags?: number
  /** INFO: `id` is the group number, or with flag 1 the devid. */
  readonly devices?: readonly { readonly id: number; readonly bdf: string }[]
}

export function readOracle(lab: string): Oracle {
  return JSON.parse(readFileSync(fixturePath(lab, 'oracle.json'), 'utf8'))
}

/** A successful or ENODEV answer of the INFO call. */
export interface InfoReply {
  readonly target: string
  /** null: ENODEV. */
  readonly devices: readonly { readonly id: number; readonly bdf: string }[] | null
  readonly flags: number
}

/** All answers of INFO that tell something about the host; EINVAL and ENOSPC are about the call. */
export function infoReplies({ steps }: Scenario): InfoReply[] {
  return steps.flatMap(({ cmd, ret, flags = 0, devices = [] }) => {
    const [, verb, target = ''] = cmd.split(' ')
    if (verb !== 'info' || (ret !== 0 && ret !== 'ENODEV')) return []
    return [{ target, flags, devices: ret === 0 ? devices : null }]
  })
}

/** A scenario that does what the assumed caller does, and nothing else. */
export interface AssumedCall {
  readonly policy: 'group-fds' | 'iommufd'
  /** What it owns beside the target. */
  readonly owning: readonly string[]
  /** First errno that is no success; null: permitted. ENOTTY means permitted, performed, and the link not back. */
  readonly errno: string | null
  readonly at: string | null
}

/**
 * The scenario as the assumed caller's call: one actor opens target and others in one container or context, asks INFO and
 * resets once with exactly the proof that the policy has. null: it does something else.
 */
export function assumedCall(scenario: Scenario): AssumedCall | null {
  const { method, target, steps } = scenario
  const calls = steps.filter(({ cmd }) => !/^\d+ (mark|check) /.test(cmd))
  const allowed =
    method === 'group'
      ? /^0 (container c0|group \S+ c0( noset)?|gdev \S+)$/
      : /^0 (iommufd i0|cdev \S+ i0)$/
  const opening = calls.filter(({ cmd }) => allowed.test(cmd))
  const rest = calls.filter(({ cmd }) => !allowed.test(cmd))
  const [info, reset, ...more] = rest
  if (info === undefined || reset === undefined || more.length > 0) return null
  const opened = opening.flatMap(({ cmd }) => /^0 (?:group|cdev) (\S+)/.exec(cmd)?.[1] ?? [])
  const proof =
    method === 'group'
      ? opened
          .map((each) => `g:${each}`)
          .sort()
          .join(',')
      : 'none'
  const [, , resetTarget, passed = '', ...options] = reset.cmd.split(' ')
  const isPlain =
    info.cmd === `0 info ${target}` &&
    resetTarget === target &&
    options.length === 0 &&
    opened.includes(target) &&
    passed.split(',').sort().join(',') === proof
  const owning = opened.filter((each) => each !== target)
  // It passes no group file that the dev_set does not have.
  const touched = (info.devices ?? []).map(({ bdf }) => bdf)
  if (!isPlain || !owning.every((each) => touched.includes(each))) return null
  return {
    policy: method === 'group' ? 'group-fds' : 'iommufd',
    owning,
    ...firstRefusal([...opening, reset]),
  }
}

function firstRefusal(steps: readonly OracleStep[]): Pick<AssumedCall, 'errno' | 'at'> {
  for (const { cmd, set_container, set_iommu, open, bind, ret } of steps) {
    const verb = cmd.split(' ')[1]
    const places = [
      [verb === 'gdev' ? 'open-device' : verb === 'cdev' ? 'open-cdev' : 'open-group', open],
      ['set-container', set_container],
      ['set-container', set_iommu],
      ['bind', bind],
      ['hot-reset', ret],
    ] as const
    for (const [at, answer] of places) {
      if (typeof answer === 'string' && answer !== 'ENOTTY') return { at, errno: answer }
    }
  }
  return { at: null, errno: null }
}
