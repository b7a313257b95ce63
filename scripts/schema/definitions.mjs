import {
  createFormatter,
  createParser,
  DEFAULT_CONFIG,
  SchemaGenerator,
} from 'ts-json-schema-generator'
import ts from 'typescript'
import { DescribedUnionParser } from './described-union.mjs'
import { LiteralsParser } from './literals.mjs'

/** A type of a file and every named type that it is made of, as JSON Schema (draft 7). */
export function definitionsOf(file, type) {
  const program = ts.createProgram([file], {
    // `tsc` checks the types; what they stand on besides the language would only cost time here.
    lib: ['lib.es5.d.ts'],
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
  })
  const config = {
    ...DEFAULT_CONFIG,
    type,
    // Documents may grow without a new version.
    additionalProperties: true,
    encodeRefs: false,
    extraTags: ['open'],
    sortProps: false,
  }
  const typeChecker = program.getTypeChecker()
  const parser = createParser(program, config, (chain) => {
    chain.addNodeParser(new LiteralsParser(typeChecker))
    chain.addNodeParser(new DescribedUnionParser(typeChecker, chain))
  })
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config)
  return generator.createSchema(type).definitions
}
