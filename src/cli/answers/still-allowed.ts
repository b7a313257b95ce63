import { changesBetween, type Footing } from '../../execution/changes.js'
import { changeText } from '../../execution/report/change-words.js'
import { watch } from '../../host/watch/watch.js'
import { printableSentences } from '../../text/printable.js'
import { ExitCode } from '../exit-code.js'
import type { LiveCommand } from '../live-command.js'
import { type Confirmation, confirm } from '../output/permission.js'
import { TOOL } from '../tool.js'

/**
 * Asks whether something may be done, and reads once more what it rests on; false: the host changed while the person thought, so
 * what was allowed is not what would be done, and was told so. Throws where it was not allowed.
 */
export async function isStillAllowed(
  command: LiveCommand,
  before: Footing,
  ask: { readonly confirmation: Confirmation; readonly lookAgain: () => Promise<Footing> },
): Promise<boolean> {
  const { confirmation, lookAgain } = ask
  await confirm(command.machine.ask, confirmation)
  // A script does not think: what it allowed was read just now.
  if (confirmation.yes) return true
  watch().reserve(NOTHING_DONE)
  const changes = changesBetween(before, await lookAgain())
  if (changes.length === 0) return true
  await command.say(printableSentences(...changes.map(changeText), 'Nothing was done yet.'))
  return false
}

const NOTHING_DONE = {
  stdout: '',
  stderr: `${TOOL.name}: Nothing was done: the host gives no answer any more.\n`,
  exitCode: ExitCode.cannotTell,
}
