import type { Silence } from '../silence.js'

/** Why a policy has nothing to say about a story. */
export function silenceWords(silence: Silence): string {
  switch (silence.kind) {
    case 'other-interface':
      return silence.interface === 'group'
        ? 'nothing is opened through a group file, so the answers are the kernel’s.'
        : 'nothing is opened through its device file, so the answers are the kernel’s.'
    case 'no-claim':
      return 'nobody claims the reset group (`claim: true`), so nobody may hot-reset by it.'
    case 'nothing-passed':
      return 'whoever hot-resets passes no file (`groups`, `deviceFds`), which is its proof.'
  }
}
