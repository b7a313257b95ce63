import { type KernelRelease, parseKernelRelease } from '../vfio/kernel-release.js'
import { UsageError } from './errors.js'

/** The release that `--kernel` names; undefined: not given. */
export function checkKernel(text: string | undefined): KernelRelease | undefined {
  if (text === undefined) return undefined
  const release = parseKernelRelease(text)
  if (release !== undefined) return release
  throw new UsageError(`"${text}" is no kernel release.`, {
    hint: 'Write it as `uname -r` does: 6.12.95, 6.8, 6.1.0-56-amd64.',
  })
}
