import { readOptions } from './options.js'
import { type LabHost, runLab } from './run-lab.js'

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
  return (await runLab(options, host)) ? 0 : 1
}
