// Everything that is stored anywhere, read without the help of the product: tables by sqlite_master, KV, R2, the storage
// of Durable Objects. For tests that say what is left and what was touched.

import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { limits } from '../../worker/ground/limits.ts'
import { monsoon, sol } from './cast.ts'

/** Where it stands (`d1/contacts`, `kv/epoch/…`, `do/KEEPER/acc_sol/keys`) and the row or value as text. */
export type Stored = { place: string; text: string }

const text = (value: unknown): string =>
  JSON.stringify(value, (_, item) =>
    item instanceof ArrayBuffer ? new Uint8Array(item).toBase64() : (item as unknown),
  )

async function tables(): Promise<Stored[]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`,
  ).all<{ name: string }>()
  const dumps = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)))
  return results.flatMap(({ name }, i) =>
    (dumps[i]?.results ?? []).map((row) => ({ place: `d1/${name}`, text: text(row) })),
  )
}

async function values(): Promise<Stored[]> {
  const stored: Stored[] = []
  for (let cursor: string | null = null; ; ) {
    const page: KVNamespaceListResult<unknown> = await env.KEYS.list({ cursor })
    for (const { name } of page.keys)
      stored.push({ place: `kv/${name}`, text: (await env.KEYS.get(name)) ?? '' })
    if (page.list_complete) return stored
    cursor = page.cursor
  }
}

async function objects(): Promise<Stored[]> {
  const stored: Stored[] = []
  for (let cursor: string | undefined; ; ) {
    const page: R2Objects = await env.FILES.list(cursor === undefined ? {} : { cursor })
    for (const { key } of page.objects)
      stored.push({ place: `r2/${key}`, text: (await (await env.FILES.get(key))?.text()) ?? '' })
    if (!page.truncated) return stored
    cursor = page.cursor
  }
}

const accounts = [sol.accountId, monsoon.accountId, 'platform']
/** Further accounts whose objects are looked into. */
export const alsoLookInto = (accountId: string): number => accounts.push(accountId)
const shards = () => Array.from({ length: limits.intakeShards }, (_, i) => `shard-${i}`)

/** Fails when there is an object that nobody has a name for: it would not be looked into. */
async function named(namespace: 'KEEPER' | 'ERASER' | 'INTAKE' | 'TRANSPARENCY'): Promise<string[]> {
  const names = namespace === 'INTAKE' ? shards() : namespace === 'TRANSPARENCY' ? ['log'] : accounts
  const space = env[namespace] as DurableObjectNamespace
  const known = new Map(names.map((name) => [space.idFromName(name).toString(), name]))
  const ids = (await listDurableObjectIds(space)).map(String)
  const strangers = ids.filter((id) => !known.has(id))
  if (strangers.length > 0) throw new Error(`${strangers.length} unknown objects of ${namespace}`)
  return ids.map((id) => known.get(id) as string)
}

async function storage(namespace: 'KEEPER' | 'ERASER' | 'INTAKE' | 'TRANSPARENCY'): Promise<Stored[]> {
  const space = env[namespace] as DurableObjectNamespace
  const dumps = await Promise.all(
    (await named(namespace)).map((name) =>
      runInDurableObject(space.getByName(name), (_, { storage: { sql } }) =>
        sql
          .exec<{ name: string }>(
            `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
          )
          .toArray()
          .flatMap(({ name: table }) =>
            sql
              .exec(`SELECT * FROM "${table}"`)
              .toArray()
              .map((row) => ({ place: `do/${namespace}/${name}/${table}`, text: text(row) })),
          ),
      ),
    ),
  )
  return dumps.flat()
}

/** All of it, in a fixed order. */
export async function everything(): Promise<Stored[]> {
  const parts = await Promise.all([
    tables(),
    values(),
    objects(),
    storage('KEEPER'),
    storage('ERASER'),
    storage('INTAKE'),
    storage('TRANSPARENCY'),
  ])
  return parts
    .flat()
    .sort((a, b) => (a.place === b.place ? (a.text < b.text ? -1 : 1) : a.place < b.place ? -1 : 1))
}

/** Of it, what has one of these words in its place or its text. */
export const mentioning = (stored: Stored[], words: readonly string[]): Stored[] =>
  stored.filter(({ place, text: own }) => words.some((word) => own.includes(word) || place.includes(word)))

/** The same lines, for comparing. */
export const lines = (stored: Stored[]): string[] => stored.map(({ place, text: own }) => `${place} ${own}`)
