import { compareHosts } from '../../diff/compare-hosts.js'
import { heading } from '../../document/envelope.js'
import type { Printable } from '../../text/printable.js'
import { ndjsonLine } from '../../text/records/ndjson.js'
import { concerning } from '../../watching/concerned.js'
import type { WatchEvent } from '../../watching/report/document.js'
import { watchLines } from '../../watching/report/text.js'
import { START, type Trigger } from '../../watching/trigger.js'
import { UsageError } from '../errors.js'
import { namesToFind, policiesFor } from '../flags.js'
import { parseDuration } from '../input/duration.js'
import { findDevices } from '../input/find-devices.js'
import { TOOL } from '../tool.js'
import type { Watching, WatchingCommand, WatchWish } from '../watching-command.js'

export interface WatchFlags extends WatchWish {
  readonly interval: string
  readonly count: string | undefined
  readonly policy: readonly string[] | undefined
}

/** `watch`: a line for each time that something changed, until nobody reads it any more. */
export async function watchHost(
  command: WatchingCommand,
  devices: readonly string[],
  flags: WatchFlags,
): Promise<void> {
  const interval = parseDuration('--interval', flags.interval)
  const most = countOf(flags.count)
  const options = {
    policies: policiesFor(flags.policy),
    hypothetical: flags.policy !== undefined,
  }
  const asJson = command.jsonEnabled()
  const told = (event: WatchEvent) => (asJson ? ndjsonLine(event) : watchLines(event))

  async function* events({ read, triggers }: Watching): AsyncGenerator<Printable> {
    const first = await read()
    const { raw } = first.host
    const names = namesToFind(command, {}, raw.functions)
    const named =
      devices.length === 0 ? null : findDevices(devices, { raw, tree: first.tree, names })
    const addresses = named === null ? null : new Set(named)
    let { host } = first
    if (asJson) yield told(eventOf(START, []))
    for (let count = 0; count < most; ) {
      const trigger = await triggers.next(interval)
      const { host: now } = await read()
      const changes = concerning(compareHosts(host, now, options).changes, addresses)
      host = now
      if (changes.length === 0) continue
      count += 1
      yield told(eventOf(trigger, changes))
    }
  }

  await command.watching(flags, (lent) => command.stream(events(lent)))
}

function eventOf(trigger: Trigger, changes: WatchEvent['changes']): WatchEvent {
  const time = new Date().toISOString()
  return { ...heading('watch', TOOL), time, trigger, changes }
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`--count is "${text}", which is no number of 1 or more.`)
}
