import { UsageError } from '../errors.js'
import type { HostFlags } from '../flags.js'

/** The list of policies is about no host: throws where the command line names one. */
export function refuseHost(
  device: string | undefined,
  { root, capture, kernel, demo }: HostFlags,
): void {
  if ((device ?? root ?? capture ?? kernel) === undefined && demo !== true) return
  throw new UsageError('The policies are about no host: a DEVICE and a host go with --compare.')
}
