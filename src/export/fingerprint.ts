import type { DeviceReport } from '../inspect/document.js'
import type { ExportedHost } from './exported-host.js'

/** Hashes of what a host is, so that a change shows across a fleet and over time without its details. */
export interface Fingerprint {
  /** Of the members of all groups; their numbers mean nothing. */
  readonly groups: string
  /** Of what the hot reset of each function affects. */
  readonly sets: string
  /** Of all verdicts. */
  readonly verdicts: string
}

export function fingerprintOf({ report, question: { digest } }: ExportedHost): Fingerprint {
  const { groups, devices } = report
  const hash = (facts: unknown) => digest(JSON.stringify(facts))
  return {
    groups: hash(groups.map((group) => group.devices.join(' ')).sort()),
    sets: hash(devices.map(({ address, hotReset }) => [address, hotReset.affected])),
    verdicts: hash(devices.map(({ address, hotReset }) => [address, answers(hotReset)])),
  }
}

function answers({ verdicts }: DeviceReport['hotReset']) {
  return verdicts.map(({ policy, outcome, errno }) => [policy, outcome, errno])
}
