import { AnnotatedType, LiteralType, UnionNodeParser, UnionType } from 'ts-json-schema-generator'

/**
 * Reads a union type with the comments above its members, which the generator itself passes over: that of an object
 * becomes its description, those of literals go together into the annotation `meanings`.
 */
export class DescribedUnionParser extends UnionNodeParser {
  createType(node, context) {
    const comments = new Map(node.types.map((member) => [member, commentAbove(member, node)]))
    const meanings = {}
    const parser = {
      createType: (member, ...rest) => {
        const type = this.childNodeParser.createType(member, ...rest)
        const comment = comments.get(member)
        if (comment === undefined) return type
        if (!(type instanceof LiteralType))
          return new AnnotatedType(type, { description: comment }, false)
        meanings[type.getValue()] = comment
        return type
      },
    }
    const type = new UnionNodeParser(this.typeChecker, parser).createType(node, context)
    const isTold = Object.keys(meanings).length > 0 && type instanceof UnionType
    return isTold ? new AnnotatedType(type, { meanings }, false) : type
  }
}

/** The last doc comment between a member and the one before it; undefined: there is none. */
function commentAbove(member, union) {
  const { text } = union.getSourceFile()
  const place = union.types.indexOf(member)
  const from = place === 0 ? union.getFullStart() : union.types[place - 1].getEnd()
  const [, comment] =
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/[\s|]*$/.exec(text.slice(from, member.getStart())) ?? []
  return comment?.replace(/\s*\n\s*\*?\s*/g, ' ').trim()
}
