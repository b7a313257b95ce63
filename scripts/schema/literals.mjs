import { LiteralType, UnionType } from 'ts-json-schema-generator'
import ts from 'typescript'

/** Asks the compiler for types that are made from values, such as the keys of a table: the generator reads declarations only. */
export class LiteralsParser {
  constructor(typeChecker) {
    this.typeChecker = typeChecker
  }

  supportsNode(node) {
    return this.literalsOf(node) !== undefined
  }

  createType(node) {
    // The compiler's own order changes with code that has nothing to do with it.
    const values = this.literalsOf(node)
      .map(({ value }) => value)
      .sort()
    return new UnionType(values.map((value) => new LiteralType(value))).normalize()
  }

  /** undefined: something else than a set of texts. */
  literalsOf(node) {
    if (!ts.isIndexedAccessTypeNode(node) && !ts.isTypeOperatorNode(node)) return undefined
    const type = this.typeChecker.getTypeFromTypeNode(node)
    const members = type.isUnion() ? type.types : [type]
    return members.every((each) => each.isStringLiteral()) ? members : undefined
  }
}
