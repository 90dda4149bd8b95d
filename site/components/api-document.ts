// Reads the generated OpenAPI document for the reference page: operations by tag, fields of a schema, example values.

export type Schema = {
  $ref?: string
  type?: string | string[]
  description?: string
  example?: unknown
  default?: unknown
  enum?: unknown[]
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
}
type Media = Record<string, { schema?: Schema; example?: unknown }>
type RawOperation = {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Media }
  responses: Record<string, { description: string; content?: Media }>
}
export type ApiDocument = {
  info: { title: string; description?: string }
  paths: Record<string, Record<string, RawOperation>>
  components: { schemas: Record<string, Schema> }
}

export type Field = { name: string; kind: string; required: boolean; description: string | undefined }
export type Answer = { status: string; description: string; fields: Field[]; example: string | undefined }
export type Operation = Pick<RawOperation, 'operationId' | 'summary' | 'description'> & {
  method: string
  path: string
  /** `none`: anybody may call it. */
  /** `session`: of a browser that is signed in; no key opens it. */
  auth: 'apiKey' | 'operatorKey' | 'session' | 'none'
  scope: string | undefined
  parameters: Field[]
  body: Field[]
  call: string
  answers: Answer[]
  refusals: Answer[]
}

const resolve = (document: ApiDocument, schema: Schema): Schema => {
  const name = schema.$ref?.split('/').at(-1)
  const found = name === undefined ? schema : (document.components.schemas[name] ?? {})
  if (!found.allOf) return found
  const parts = found.allOf.map((part) => resolve(document, part))
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map((part) => part.properties)) as Record<string, Schema>,
    required: parts.flatMap((part) => part.required ?? []),
  }
}

const typesOf = (schema: Schema): string[] => [schema.type ?? (schema.properties ? 'object' : 'any')].flat()

/** As a reader would say it: `string, date-time or null`, `list of object`. */
function kindOf(document: ApiDocument, given: Schema): string {
  const schema = resolve(document, given)
  const nullable = typesOf(schema).includes('null')
  const [type = 'any'] = typesOf(schema).filter((name) => name !== 'null')
  const values = schema.enum?.filter((value) => value !== null)
  const plain = values
    ? values.join(' | ')
    : type === 'array' && schema.items
      ? `list of ${kindOf(document, schema.items)}`
      : type
  const bounds =
    schema.minimum === undefined || schema.maximum === undefined
      ? ''
      : `, ${schema.minimum}–${schema.maximum}`
  const format = schema.format === undefined ? '' : `, ${schema.format}`
  const standard = schema.default === undefined ? '' : `, ${String(schema.default)} unless given`
  return `${plain}${format}${bounds}${standard}${nullable ? ' or null' : ''}`
}

/** Nested fields are written with their path: `contact.name`, `data[].id`. */
export function fieldsOf(document: ApiDocument, given: Schema, prefix = ''): Field[] {
  const schema = resolve(document, given)
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const name = `${prefix}${key}`
    const field = {
      name,
      kind: kindOf(document, inner),
      required: schema.required?.includes(key) ?? false,
      description: inner.description,
    }
    const shape = resolve(document, inner)
    const below = shape.items
      ? fieldsOf(document, shape.items, `${name}[].`)
      : fieldsOf(document, shape, `${name}.`)
    return [field, ...below]
  })
}

export function exampleOf(document: ApiDocument, given: Schema): unknown {
  const schema = resolve(document, given)
  if (given.example !== undefined || schema.example !== undefined) return given.example ?? schema.example
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, inner]) => [key, exampleOf(document, inner)]),
    )
  }
  if (schema.items) return [exampleOf(document, schema.items)]
  if (schema.enum) return schema.enum[0]
  if (typesOf(schema).includes('null')) return null
  return typesOf(schema).includes('integer') ? 1 : '…'
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

function answerOf(
  document: ApiDocument,
  status: string,
  { description, content }: RawOperation['responses'][string],
): Answer {
  const [media] = Object.values(content ?? {})
  if (!media?.schema) return { status, description, fields: [], example: undefined }
  const example = json(media.example ?? exampleOf(document, media.schema))
  return { status, description, fields: fieldsOf(document, media.schema), example }
}

function authOf({ security = [] }: RawOperation): Operation['auth'] {
  const [scheme] = security
  if (!scheme) return 'none'
  if ('session' in scheme) return 'session'
  return 'operatorKey' in scheme ? 'operatorKey' : 'apiKey'
}

function callOf(
  document: ApiDocument,
  method: string,
  path: string,
  raw: RawOperation,
  body: Schema | undefined,
): string {
  const ids = (raw.parameters ?? []).filter((parameter) => parameter.in === 'path')
  const filled = ids.reduce(
    (text, { name, schema }) => text.replace(`{${name}}`, String(schema.example ?? name)),
    path,
  )

  const bearer = (secret: string) => [`  -H "Authorization: Bearer ${secret}"`]
  const proof = {
    apiKey: bearer('$KEY'),
    operatorKey: bearer('$OPERATOR_KEY'),
    session: [
      '  -H "Cookie: __Host-session=$SESSION"',
      ...(method === 'GET' ? [] : ['  -H "Origin: https://your-gateway.example"']),
    ],
    none: [],
  }[authOf(raw)]
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}https://your-gateway.example${filled}`,
    ...proof,
  ]
  if (body)
    lines.push(
      '  -H "Content-Type: application/json"',
      `  -d '${json(exampleOf(document, body)).replaceAll('\n', '\n      ')}'`,
    )
  return lines.join(' \\\n')
}

function operationOf(document: ApiDocument, path: string, verb: string, raw: RawOperation): Operation {
  const method = verb.toUpperCase()
  const body = raw.requestBody?.content['application/json']?.schema
  const answers = Object.entries(raw.responses).map(([status, answer]) => answerOf(document, status, answer))
  const parameters = (raw.parameters ?? []).map(({ name, schema, description, required, in: place }) => ({
    name,
    kind: `${kindOf(document, schema)}, in the ${place}`,
    required: required ?? false,
    description: description ?? schema.description,
  }))
  return {
    operationId: raw.operationId,
    summary: raw.summary,
    description: raw.description,
    method,
    path,
    auth: authOf(raw),
    scope: raw.security?.[0]?.apiKey?.[0],
    parameters,
    body: body ? fieldsOf(document, body) : [],
    call: callOf(document, method, path, raw, body),
    answers: answers.filter(({ status }) => status.startsWith('2')),
    refusals: answers.filter(({ status }) => !status.startsWith('2')),
  }
}

/** Chapters in the order the API names them; the operator's comes last. */
export function chaptersOf(document: ApiDocument): { tag: string; operations: Operation[] }[] {
  const chapters = new Map<string, Operation[]>()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [verb, raw] of Object.entries(item)) {
      const tag = raw.tags[0] ?? 'More'
      chapters.set(tag, [...(chapters.get(tag) ?? []), operationOf(document, path, verb, raw)])
    }
  }
  const last = (tag: string): number => (tag === 'Operator' ? 1 : 0)
  return [...chapters]
    .map(([tag, operations]) => ({ tag, operations }))
    .sort((a, b) => last(a.tag) - last(b.tag))
}
