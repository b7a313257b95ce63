/** Adds a value to the list of a key. */
export function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** The values by their key, in the order in which the keys first occur. */
export function groupBy<K, V>(
  values: Iterable<V>,
  keyOf: (value: V) => K,
): Map<K, readonly [V, ...V[]]> {
  const lists = new Map<K, [V, ...V[]]>()
  for (const value of values) {
    const key = keyOf(value)
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [value])
    else list.push(value)
  }
  return lists
}

interface Memory<K, V> {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => unknown
}

/** The value of a key, which is made when it is first asked for. */
export function remembered<K, V>(memory: Memory<K, V>, key: K, make: () => V): V {
  const found = memory.get(key)
  if (found !== undefined) return found
  const made = make()
  memory.set(key, made)
  return made
}

/** The same of what is asked for again soon or not at all: when `most` are remembered, all are forgotten. */
export function rememberedBriefly<K, V>(
  memory: Map<K, V>,
  key: K,
  { most, make }: { readonly most: number; readonly make: () => V },
): V {
  if (memory.size >= most && !memory.has(key)) memory.clear()
  return remembered(memory, key, make)
}

/** Makes it when it is first asked for. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Plain data that says the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Each once of what says the same. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((each) => [JSON.stringify(each), each])).values()]
}

/** What each of the lists says, in the order of the first. */
export function inAll<T>([first = [], ...others]: readonly (readonly T[])[]): readonly T[] {
  if (others.length === 0) return first
  const said = others.map((list) => new Set(list.map((each) => JSON.stringify(each))))
  return first.filter((each) => said.every((list) => list.has(JSON.stringify(each))))
}
