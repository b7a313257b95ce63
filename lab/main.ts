import type { LabHost } from './guest-supplies.js'
import { readOptions } from './options.js'
import { recordMessages } from './record-messages.js'
import { runLab } from './run-lab.js'

/** `npm run test:vm`: reads its arguments and runs the lab. Returns the exit code. */
export async function main(
  args: readonly string[],
  host: LabHost & { readonly defaultCache: string },
): Promise<number> {
  const options = readOptions(args, host.defaultCache)
  if (typeof options === 'string') {
    host.say(options)
    return 2
  }
  const { messages } = options
  const isFine = messages === null ? runLab(options, host) : recordMessages(messages, options, host)
  return (await isFine) ? 0 : 1
}
