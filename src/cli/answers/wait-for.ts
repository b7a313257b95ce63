import { envelope } from '../../document/envelope.js'
import { stated } from '../../document/stated.js'
import { collectGaps } from '../../host/collect-gaps.js'
import { isNo, isYes, known, type Observed } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { ListedPolicy } from '../../policy/policies/index.js'
import { type ConditionId, holdsNow, usualPolicy } from '../../watching/condition.js'
import type { WaitReport } from '../../watching/report/document.js'
import { waitSentences, waitText } from '../../watching/report/text.js'
import type { Answer } from '../base-command.js'
import { UsageError } from '../errors.js'
import { ExitCode } from '../exit-code.js'
import { namesToFind, policiesFor } from '../flags.js'
import { parseDeviceQuery } from '../input/device-query.js'
import { parseDuration } from '../input/duration.js'
import { canCome, findDevices } from '../input/find-devices.js'
import { TOOL } from '../tool.js'
import type { WatchingCommand, WatchWish } from '../watching-command.js'
import type { OpenedHost } from '../with-host.js'

export interface WaitFlags extends WatchWish {
  readonly for: ConditionId
  readonly policy: string | undefined
  readonly timeout: string
  readonly interval: string
}

/** `wait`: ends when it holds of all functions, or when the time is over. */
export async function waitFor(
  command: WatchingCommand,
  words: readonly string[],
  flags: WaitFlags,
): Promise<Answer> {
  checkWords(words)
  const policy = policyFor(flags)
  const timeout = parseDuration('--timeout', flags.timeout)
  const interval = parseDuration('--interval', flags.interval)
  const until = performance.now() + timeout
  const seen = new Map<string, readonly PciAddress[]>()
  return command.watching(flags, async ({ read, triggers }) => {
    for (;;) {
      const opened = await read()
      const functions = words.flatMap((word) => found(command, word, opened, seen))
      const { report, holds } = reportOf(opened, functions, { condition: flags.for, policy })
      const left = until - performance.now()
      if (isYes(holds) || left <= 0) return answerOf(report, holds)
      await triggers.next(Math.min(interval, left))
    }
  })
}

function checkWords(words: readonly string[]): void {
  if (words.length === 0) throw new UsageError('Missing DEVICE.', { hint: 'Such as 65:00.0.' })
  const wrong = words.find((word) => parseDeviceQuery(word) === undefined)
  if (wrong !== undefined) {
    throw new UsageError(`"${wrong}" does not look like a device.`, {
      hint: 'Give an address such as 65:00.0, an ID such as 10de:2204, or group:14.',
    })
  }
}

function policyFor({ for: condition, policy: id }: WaitFlags): ListedPolicy | null {
  if (id === undefined) return null
  if (condition !== 'permitted') throw new UsageError('--policy goes with --for permitted only.')
  const [policy, another] = policiesFor([id])
  if (policy === undefined || another !== undefined) {
    throw new UsageError('--policy names one policy here.')
  }
  return policy
}

interface Named {
  readonly word: string
  /** null: it was not there so far. */
  readonly address: PciAddress | null
}

/** What was there once is waited for also when it has gone. */
function found(
  command: WatchingCommand,
  word: string,
  opened: OpenedHost,
  seen: Map<string, readonly PciAddress[]>,
): readonly Named[] {
  const addresses = seen.get(word) ?? lookFor(command, word, opened)
  if (addresses.length === 0) return [{ word, address: null }]
  seen.set(word, addresses)
  return addresses.map((address) => ({ word, address }))
}

/** Empty: no such function is there yet; one can come. */
function lookFor(
  command: WatchingCommand,
  word: string,
  { host: { raw }, tree }: OpenedHost,
): readonly PciAddress[] {
  try {
    return findDevices([word], { raw, tree, names: namesToFind(command, {}, raw.functions) })
  } catch (error) {
    const isAbsent = error instanceof UsageError && error.message.startsWith('No function')
    if (isAbsent && canCome(word)) return []
    throw error
  }
}

function reportOf(
  { host }: OpenedHost,
  functions: readonly Named[],
  { condition, policy }: { readonly condition: ConditionId; readonly policy: ListedPolicy | null },
): { readonly report: WaitReport; readonly holds: Observed<boolean> } {
  const rule = policy ?? usualPolicy(host)
  const answers = functions.map(({ address }) =>
    address === null
      ? known(condition === 'gone' || condition === 'released')
      : holdsNow(address, { host, condition, policy: rule }),
  )
  const holds = ofAll(answers)
  const devices = functions.map(({ word, address }, index) => ({
    address,
    named: word,
    holds: stated(answers[index] ?? holds),
  }))
  const report: WaitReport = {
    ...envelope('wait', host, { gaps: collectGaps(host.raw), tool: TOOL }),
    summary: waitSentences({ devices, for: condition }).join(' '),
    for: condition,
    policy: condition === 'permitted' ? rule.id : null,
    holds: stated(holds),
    devices,
  }
  return { report, holds }
}

/** A certain no wins over what is unknown. */
function ofAll(answers: readonly Observed<boolean>[]): Observed<boolean> {
  return answers.find(isNo) ?? answers.find((each) => !each.known) ?? known(true)
}

function answerOf(report: WaitReport, holds: Observed<boolean>): Answer {
  const no = isNo(holds) ? ExitCode.refused : ExitCode.cannotTell
  return {
    document: () => report,
    text: () => waitText(report),
    exitCode: isYes(holds) ? ExitCode.answered : no,
  }
}
