// Every operation of the API, from its own description, with ids of real things in its path and a body that fits its schema: what
// lands in the description is tried by itself. Called by the table of routes, roles and neighbours.

import { env } from 'cloudflare:workers'
import { openApiDocument } from '../../worker/app.ts'
import type { Business } from './cast.ts'

type Schema = {
  $ref?: string
  type?: string | string[]
  example?: unknown
  default?: unknown
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minLength?: number
  minItems?: number
  minimum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
type Described = {
  security?: Record<string, string[]>[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
}

export type Operation = {
  name: string
  method: string
  /** As described, with `{id}`. */
  path: string
  /** What a session needs; undefined where being signed in is enough. */
  scope: string | undefined
  /** The media type of the body, if there is one. */
  takes: string | undefined
  body: unknown
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

/** The operations of members: not those of the operator, and not those that need no account. */
export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, described]): Operation[] => {
    const session = described.security?.find((way) => 'session' in way)?.session
    if (!session) return []
    const [takes] = Object.keys(described.requestBody?.content ?? {})
    const schema = takes === undefined ? undefined : described.requestBody?.content[takes]?.schema
    return [
      {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        scope: session[0],
        takes,
        body: schema && sampleOf(schema),
      },
    ]
  }),
)

/** Something that fits: examples, where they are given. */
function sampleOf(schema: Schema): unknown {
  if (schema.$ref) return sampleOf(document.components.schemas[schema.$ref.split('/').at(-1) as string] ?? {})
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.default !== undefined) return schema.default
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(sampleOf))
  const [either] = schema.oneOf ?? schema.anyOf ?? []
  if (either) return sampleOf(either)
  if (schema.properties) {
    const needed = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name))
    // A change has no field that must be there, and needs one.
    const chosen = needed.length > 0 ? needed : Object.entries(schema.properties).slice(0, 1)
    return Object.fromEntries(chosen.map(([name, inner]) => [name, sampleOf(inner)]))
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'array') return schema.items ? [sampleOf(schema.items)] : []
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'object') return {}
  if (schema.format === 'date-time') return '2026-11-22T09:30:00.000Z'
  return 'x'.repeat(Math.max(schema.minLength ?? 1, 1))
}

/** Tables of what stands in a path, where they are not called like the path. `of`: the column that is the id there. */
const places: Record<string, { table: string; of?: string }> = {
  keys: { table: 'api_keys' },
  fields: { table: 'custom_fields' },
  'whatsapp-accounts': { table: 'wabas', of: 'waba_id' },
  letterId: { table: 'raw_events' },
  labelId: { table: 'labels' },
  fieldId: { table: 'custom_fields' },
  mediaId: { table: 'media', of: 'message_id' },
  sessions: { table: 'sessions' },
  passkeys: { table: 'passkeys' },
}
/** What is no id of anybody's: the same in every workspace. */
const fixed: Record<string, string> = { class: 'messages' }
/** Without a workspace: of somebody. */
const ofUsers = ['sessions', 'passkeys']

/** The path with ids of things that the business has; throws where nobody said what stands there. */
export async function realPath(path: string, business: Business): Promise<string> {
  let real = path
  for (const [whole, name] of [...path.matchAll(/\{(\w+)\}/g)] as unknown as [string, string][])
    real = real.replace(whole, fixed[name] ?? (await idOf(path, name, business)))
  return real
}

async function idOf(path: string, name: string, { accountId, numberId }: Business): Promise<string> {
  const segment = name === 'id' ? (path.split('/')[3] as string) : name
  if (segment === 'numbers') return numberId
  const { table, of = 'id' } = places[segment] ?? { table: segment.replaceAll('-', '_') }
  const own = ofUsers.includes(table)
    ? 'user_id IN (SELECT user_id FROM members WHERE account_id = ?1)'
    : 'account_id = ?1'
  const row = await env.DB.prepare(`SELECT * FROM ${table} WHERE ${own} LIMIT 1`)
    .bind(accountId)
    .first<Record<string, string>>()
  const id = row?.[of]
  if (id === undefined)
    throw new Error(`${path}: no ${of} of ${table}; say in operations.ts what ${name} stands for`)
  return id
}

/** The path with ids that nobody has; Meta's are digits. */
export const madeUpPath = (path: string): string =>
  path.replace(
    /\{(\w+)\}/g,
    (_, name: string) =>
      fixed[name] ??
      (path.includes('/whatsapp-accounts/') ? '999000999000999' : `${name}_00000000000000000000000000`),
  )
