import { type Check, pass } from './check.js'

/** Whether there is such a function. Of one that is not there nothing can be asked: `checkVm` says so. */
export const exists = {
  id: 'exists',
  passes: 'The function is on this host.',
  leavesState: false,
  run: () => pass(),
} as const satisfies Check
