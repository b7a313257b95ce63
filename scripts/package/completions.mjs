import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The completions, as the built tool prints them. */
export function completionsOf(root) {
  const printed = (shell) =>
    execFileSync(process.execPath, [join(root, 'bin/run.js'), 'completion', shell], {
      encoding: 'utf8',
    })
  return { bash: printed('bash'), zsh: printed('zsh'), fish: printed('fish') }
}
