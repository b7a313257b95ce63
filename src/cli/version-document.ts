import { type Heading, heading } from '../document/envelope.js'
import { NEWEST, OLDEST } from '../kernel/kernel.js'
import { TOOL } from './tool.js'

/** What runs here, and for which kernels it answers: for bug reports, and for whoever keeps many hosts alike. */
export interface VersionDocument extends Heading<'version'> {
  /** Version of Node that runs the tool: `v20.20.2`. */
  readonly node: string
  /** Operating system and processor: `linux-x64`. */
  readonly platform: string
  readonly modelledKernels: ModelledKernels
}

/** Mainline releases between which the answers are known to be the kernel's. */
export interface ModelledKernels {
  /** For older releases every verdict is undetermined. */
  readonly oldest: string
  /** Newer releases are answered for as this one. */
  readonly newest: string
}

export function versionDocument({
  version,
  platform,
  arch,
}: Pick<NodeJS.Process, 'version' | 'platform' | 'arch'>): VersionDocument {
  return {
    ...heading('version', TOOL),
    node: version,
    platform: `${platform}-${arch}`,
    modelledKernels: { oldest: OLDEST.text, newest: NEWEST.text },
  }
}
