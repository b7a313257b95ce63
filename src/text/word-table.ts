/** What a kind of fact is called, and what to do about it. */
export interface Words {
  /** A few words: in a table, in a list, as a headline over several facts of the kind. */
  readonly title: string
  /** What to do about it, in one sentence; null: nothing needs to be done. */
  readonly hint: string | null
}

/** Makes a sentence of a fact. It is not escaped: whoever prints it does that. */
export interface Sentence<F> {
  readonly sentence: (fact: F) => string
}

/** The members of a union by their kind. */
export type ByKind<F extends { readonly kind: string }> = {
  readonly [K in F['kind']]: Extract<F, { readonly kind: K }>
}

/** Words for every kind of a union. A kind without words does not compile, nor do words without a kind. */
export type WordTable<M, W extends Words> = { readonly [K in keyof M]: W & Sentence<M[K]> }

/** A fact in words. */
export interface Rendered<W extends Words> {
  readonly words: W
  readonly sentence: string
}

/** Looks a fact up by its kind. */
export function tell<M, W extends Words, K extends keyof M>(
  table: WordTable<M, W>,
  kind: K,
  fact: M[K],
): Rendered<W> {
  const row = table[kind]
  return { words: row, sentence: row.sentence(fact) }
}
