import type { ServedTool } from './serve-tool.js'

/** Known to no scenario. */
const FORGOTTEN = 'f0f0f0f0-0000-4000-8000-00000000dead'

const LIMIT_MS = 60_000

/**
 * Has a user open a physical function with a VF token and close it: the token stays. Returns what stands in the way, or null.
 */
export async function leaveToken(
  { play }: Pick<ServedTool, 'play'>,
  device: string,
  token: string = FORGOTTEN,
): Promise<string | null> {
  const scenario = [
    'drivers: {}',
    'steps:',
    '  - { actor: a, do: open-container, as: c0 }',
    `  - { actor: a, do: open-group, device: ${device}, container: c0 }`,
    `  - { actor: a, do: open-device, device: ${device}, token: ${token} }`,
  ].join('\n')
  const played = await play(scenario, LIMIT_MS)
  const refused = played?.answers?.find((answer) => answer?.outcome !== 'ok')
  if (played?.answers && refused === undefined) return null
  return `no token at ${device}: ${played?.failure ?? refused?.errno ?? 'no answer in time'}`
}
