import type { SceneMark } from '../drawing/scene.js'
import type { DeviceReport } from '../inspect/document.js'
import { markKind } from '../inspect/text/reset-text.js'
import type { Verdict } from '../policy/verdict.js'

/** A verdict in the colour of its truth: a refusal that does no harm is not one after which nothing resets the function. */
export function resetMark(
  { hotReset }: Pick<DeviceReport, 'hotReset'>,
  verdict: Verdict | undefined,
): SceneMark['kind'] {
  const kind = markKind(verdict)
  return kind === 'no' && hotReset.harmless === true ? 'harmless' : kind
}
