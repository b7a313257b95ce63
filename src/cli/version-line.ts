import { TOOL } from './tool.js'

/** What `--version` says, as oclif would. */
export function versionLine({
  version,
  platform,
  arch,
}: Pick<NodeJS.Process, 'version' | 'platform' | 'arch'>): string {
  return `${TOOL.name}/${TOOL.version} ${platform}-${arch} node-${version}`
}
