import type { PciAddress } from '../../host/pci-address.js'
import type { Interface } from '../../policy/policy.js'
import type { Verb } from '../../simulation/scenario/scenario.js'
import type { SimulatedStep } from '../../simulation/simulated-step.js'
import { listed } from '../../text/english.js'
import { finish, heading, paragraph } from '../../text/layout.js'
import type { Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import { allAgree } from '../agreement.js'
import type { PerformedInfo, PerformedStep } from '../performed-step.js'
import type { ResetPlan } from '../reset-plan.js'

/** What the running kernel said of a function's hot reset: `verified` of `inspect --verify --json`. */
export interface KernelInfo {
  readonly device: PciAddress
  readonly via: Interface
  /** The step that ended it: INFO, or an opening call that was refused. */
  readonly at: Verb
  readonly errno: string | null
  /** Functions that the kernel lists; null: it listed none. */
  readonly listed: readonly PciAddress[] | null
  /** DEV_ID_OWNED for a caller with this function alone; null: only a function opened by its device file is told. */
  readonly owned: boolean | null
  /** Whether everything was as predicted. */
  readonly agrees: boolean
}

export function kernelInfo(
  { target, via, scenario: { steps } }: ResetPlan,
  predicted: readonly SimulatedStep[],
  performed: readonly PerformedStep[],
): KernelInfo {
  const ending = performed.findIndex(
    ({ outcome, info }) => outcome === 'refused' || info !== undefined,
  )
  const answer = performed[ending]
  const info = answer?.info
  return {
    device: target,
    via,
    at: steps[ending]?.do ?? 'reset-info',
    errno: answer?.errno ?? null,
    listed: info === undefined ? null : info.devices.map(({ address }) => address),
    owned: info === undefined ? null : ownedBy(info),
    agrees: allAgree(predicted, performed),
  }
}

function ownedBy({ flags }: PerformedInfo): boolean | null {
  return flags.includes('dev-id') ? flags.includes('dev-id-owned') : null
}

/** The same for people. */
export function renderKernelInfo(info: KernelInfo, style: Style): Printable {
  return finish(
    [
      ...heading('What the running kernel says', style),
      ...paragraph(answerText(info), style, { by: 2 }),
      ...(info.agrees
        ? paragraph('That is what was predicted.', style, { by: 2, tone: 'good' })
        : paragraph('That is not what was predicted: the kernel is right.', style, {
            by: 2,
            tone: 'bad',
          })),
    ],
    style,
  )
}

function answerText({ at, errno, listed: functions, owned }: KernelInfo): string {
  if (functions === null) return `At ${at} it answered ${errno}.`
  const list = `A hot reset affects ${listed(functions)}.`
  if (owned === null) return list
  return owned
    ? `${list} A caller with this function alone owns them all (DEV_ID_OWNED).`
    : `${list} A caller with this function alone does not own them all (no DEV_ID_OWNED).`
}
