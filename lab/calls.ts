/** What `strace -f -c` told of a program on a host of so many functions. */
export interface CallCount {
  readonly functions: number
  readonly summary: string
}

/** System calls for each function, by the same program on two hosts of different size. */
export function callsPerFunction([large, small]: readonly CallCount[]): number {
  if (large === undefined || small === undefined) throw new Error('two hosts are needed')
  const more = countCalls(large.summary) - countCalls(small.summary)
  return more / (large.functions - small.functions)
}

/** All calls of a summary: its last row. Where none failed, the column of errors is empty. */
export function countCalls(summary: string): number {
  const calls = /^100\.00 +[\d.]+ +\d+ +(\d+)(?: +\d+)? +total$/m.exec(summary)?.[1]
  if (calls === undefined) throw new Error(`no summary of strace: ${summary.slice(0, 200)}`)
  return Number(calls)
}
