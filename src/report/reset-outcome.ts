import { isStated, stated } from '../document/stated.js'
import { agrees } from '../execution/agreement.js'
import type { ResetRun } from '../execution/perform-reset.js'
import type {
  AfterReport,
  ResetAnswerReport,
  ResetReport,
} from '../execution/report/reset-document.js'
import type { ResetDraft } from '../execution/report/reset-draft.js'
import type { PciAddress } from '../host/pci-address.js'
import type { Topology } from '../pci/topology.js'

/** The document of a reset that was carried out; `later`: the host after it, null where it was not looked at again. */
export function resetOutcome(
  { report, foretold }: ResetDraft,
  run: ResetRun,
  later: Topology | null,
): ResetReport {
  const answers = run.performed.map((answer, index) => {
    const expected = foretold[index]
    return expected === undefined || expected.outcome === 'undetermined' || agrees(expected, answer)
  })
  return {
    ...report,
    executed: true,
    actual: actualAnswer(run),
    agrees: answers.every((each) => each),
    after: later === null ? null : hitBy(report).map((address) => afterOf(address, later)),
  }
}

function actualAnswer({ reset, stopped }: ResetRun): ResetAnswerReport | null {
  if (reset !== null) {
    return { errno: reset.answer.errno, durationMs: reset.durationMs, at: 'hot-reset' }
  }
  if (stopped === null || stopped.why === 'interrupted') return null
  const errno = stopped.why === 'refused' ? stopped.errno : stopped.answer.errno
  return { errno, durationMs: 0, at: stopped.step.do }
}

/** Functions that the reset hits, listed by the kernel or not. */
export function hitBy({ affected, unaccounted }: ResetReport): readonly PciAddress[] {
  return [affected, unaccounted].flatMap((list) => (isStated(list) ? list : []))
}

/** A function that is not there any more, or could not be read, does not answer. */
function afterOf(address: PciAddress, { byAddress }: Topology): AfterReport {
  const device = byAddress.get(address)
  const parent = device?.parent ?? null
  const port = parent === null ? undefined : byAddress.get(parent)
  return {
    address,
    alive: device?.dead.known === true && !device.dead.value,
    link: port === undefined ? null : stated(port.linkActive),
  }
}
