import { commandWords } from './command-words.js'
import { commandIn } from './qemu-command-line.js'
import { parseDocuments, type Value } from './structured.js'
import { type InputProblem, isInputProblem } from './vm-input.js'

/** A text with what several formats make of it, made once. */
export interface InputText {
  readonly text: string
  /** As a command line; none where it cannot be split. */
  readonly words: () => readonly string[]
  /** As JSON or YAML. */
  readonly documents: () => Promise<readonly Value[] | InputProblem>
}

export function inputText(text: string): InputText {
  return {
    text,
    words: once(() => {
      const words = commandWords(commandIn(text))
      return isInputProblem(words) ? [] : words
    }),
    documents: once(async () => (STRUCTURED.test(text) ? parseDocuments(text) : [])),
  }
}

/** JSON, or YAML with a key of the outermost object. */
const STRUCTURED = /^\s*[{[]|^["'\w-]{1,64}:(?:\s|$)/m

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
