/** JSON Schema 2020-12 of one document, with the definitions that it needs. */
export function documentSchema(kind, $ref, definitions) {
  const $defs = {}
  const use = (name) => {
    if (Object.hasOwn($defs, name)) return
    $defs[name] = true
    $defs[name] = refined(definitions[name], { definitions, use })
  }
  const schema = refined(definitions[nameIn($ref)], { definitions, use })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:vfio-reset:schema:${kind}:${versionIn(definitions)}`,
    title: `vfio-reset ${kind} --json`,
    ...schema,
    $defs: Object.fromEntries(Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The version that every document states. */
function versionIn(definitions) {
  const [version] = Object.values(definitions).flatMap(
    ({ properties }) => properties?.schemaVersion ?? [],
  )
  return version.const
}

/** A schema as it is shipped; `use` is told of every definition that it refers to. */
function refined(schema, context) {
  if (Array.isArray(schema)) return schema.map((each) => refined(each, context))
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, description, meanings, open, ...rest } = schema
  const text = described(description, meanings)
  if ($ref !== undefined) return referred(nameIn($ref), text, context)
  const { properties, ...others } = rest
  const entries = Object.entries(others).map(([key, value]) => [
    // Readers have to expect values that are not listed yet.
    key === 'enum' && open ? 'examples' : key,
    refined(value, context),
  ])
  const result = { ...text, ...Object.fromEntries(entries) }
  if (properties !== undefined) addProperties(result, properties, context)
  if (result.type === 'number' && isWhole(result)) result.type = 'integer'
  return result
}

/** What each value of an enumeration means, as a list below what the whole means. */
function described(description, meanings = {}) {
  const list = Object.entries(meanings).map(([value, meaning]) => `- \`${value}\`: ${meaning}`)
  const parts = [
    ...(description === undefined ? [] : [description]),
    ...(list.length > 0 ? [list.join('\n')] : []),
  ]
  return parts.length === 0 ? {} : { description: parts.join('\n\n') }
}

/** Instances of generic types have no names that a reader could use: they stand where they are used. */
function referred(name, text, context) {
  if (name.includes('<')) {
    const { description, ...instance } = refined(context.definitions[name], context)
    return { ...text, ...instance }
  }
  context.use(name)
  return { ...text, $ref: `#/$defs/${name}` }
}

function addProperties(result, properties, context) {
  const { required = [] } = result
  result.properties = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, refined(schema, context)]),
  )
  if (required.length > 0) {
    result.required = Object.keys(properties).filter((name) => required.includes(name))
  }
}

function isWhole({ const: only, enum: values = [only] }) {
  return values.every(Number.isInteger)
}

function nameIn($ref) {
  return $ref.replace('#/definitions/', '')
}
