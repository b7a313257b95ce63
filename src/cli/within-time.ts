/** What came first: the result, or the end of the time. */
export type Timed<T> = { readonly done: true; readonly value: T } | { readonly done: false }

/** Waits for `work` at most `limitMs` milliseconds. What is given up goes on until the process ends. */
export async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<Timed<T>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Timed<T>>((resolve) => {
    timer = setTimeout(() => resolve({ done: false }), limitMs)
  })
  try {
    return await Promise.race([work.then((value): Timed<T> => ({ done: true, value })), late])
  } finally {
    clearTimeout(timer)
  }
}
