import type { FootingChange } from '../changes.js'

/** What is different from what was shown, in one sentence. */
export function changeText(change: FootingChange): string {
  switch (change.kind) {
    case 'function':
      return `The host changed meanwhile: ${change.address} is not as it was (its driver, group, device file or VFs).`
    case 'dangers':
      return 'The host changed meanwhile: other things speak against it.'
    case 'calls':
      return 'The host changed meanwhile: other calls would be made, or another answer is predicted.'
  }
}
