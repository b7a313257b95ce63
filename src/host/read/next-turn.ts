/** Lets what the reading thread has sent be taken, and the next job be put to it: nothing of that happens in between. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
