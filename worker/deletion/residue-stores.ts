// The residue scan outside of tables: names and values in KV, keys and bodies in R2, the storage of every Durable Object
// that could know the person. Called by residue.ts.

import { type Match, matchOf, type Search } from '../crypto/search.ts'
import type { Scanned, Tally } from '../crypto/search-storage.ts'
import { limits } from '../ground/limits.ts'

/** The first part of a name says what it is; the rest may be about somebody. */
const prefixOf = (name: string): string =>
  name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : '(no prefix)'

/** One page of names with their values. Undefined at the end. */
export async function scanKv(
  kv: KVNamespace,
  search: Search,
  cursor: string | null,
  tally: Tally,
): Promise<string | undefined> {
  const match = matchOf(search)
  const page = await kv.list({ limit: limits.residueObjects, cursor })
  for (const { name, metadata } of page.keys) {
    const place = `kv/${prefixOf(name)}`
    tally.look(match, `${place} names`, name)
    if (metadata !== undefined) tally.look(match, `${place} metadata`, JSON.stringify(metadata))
    tally.look(match, place, await kv.get(name, 'arrayBuffer'))
  }
  return page.list_complete ? undefined : page.cursor
}

/** One page of objects: keys, what is noted beside them, and the beginning of each body. Undefined at the end. */
export async function scanFiles(
  files: R2Bucket,
  search: Search,
  after: string | null,
  tally: Tally,
): Promise<string | undefined> {
  const match = matchOf(search)
  const page = await files.list({
    limit: limits.residueObjects,
    include: ['customMetadata', 'httpMetadata'],
    ...(after === null ? {} : { startAfter: after }),
  })
  for (const { key, size, customMetadata, httpMetadata } of page.objects) {
    const place = `r2/${prefixOf(key)}`
    tally.look(match, `${place} keys`, key)
    tally.look(match, `${place} metadata`, JSON.stringify({ customMetadata, httpMetadata }))
    if (size > 0) await scanBody(files, key, place, match, tally)
  }
  return page.truncated ? page.objects.at(-1)?.key : undefined
}

async function scanBody(
  files: R2Bucket,
  key: string,
  place: string,
  match: Match,
  tally: Tally,
): Promise<void> {
  const body = await files.get(key, { range: { offset: 0, length: limits.residueBodyBytes } })
  if (body) tally.look(match, place, await body.arrayBuffer())
}

type Scan = (search: Search, cursor?: string) => Promise<Scanned>

/** Every Durable Object that could know somebody of this account, by class. The journal of arrivals is everybody's. */
function objectsOf(env: Env, accountId: string, erasedAt: number): { place: string; scan: Scan }[] {
  const accounts = [...new Set([accountId, 'platform'])]
  const shards = Array.from({ length: limits.intakeShards }, (_, i) => `shard-${i}`)
  return [
    ...accounts.map((name) => ({
      place: 'do/Keeper.',
      scan: (search: Search, cursor?: string) => env.KEEPER.getByName(name).scan(search, erasedAt, cursor),
    })),
    ...accounts.map((name) => ({
      place: 'do/Eraser.',
      scan: (search: Search, cursor?: string) => env.ERASER.getByName(name).scan(search, cursor),
    })),
    {
      place: 'do/Feed.',
      scan: (search: Search, cursor?: string) => env.FEED.getByName(accountId).scan(search, cursor),
    },
    ...shards.map((name) => ({
      place: 'do/Intake.',
      scan: (search: Search, cursor?: string) => env.INTAKE.getByName(name).scan(search, erasedAt, cursor),
    })),
    {
      place: 'do/Transparency.',
      scan: (search: Search, cursor?: string) => env.TRANSPARENCY.getByName('log').scan(search, cursor),
    },
  ]
}

export type ObjectCursor = { object: number; at?: string | undefined }

/** One page of one object. Undefined after the last. */
export async function scanObjects(
  env: Env,
  search: Search,
  { accountId, erasedAt }: { accountId: string; erasedAt: number },
  { object, at }: ObjectCursor,
  tally: Tally,
): Promise<ObjectCursor | undefined> {
  const objects = objectsOf(env, accountId, erasedAt)
  const one = objects[object]
  if (!one) return undefined
  const { searched, found, cursor } = await one.scan(search, at)
  for (const [place, values] of Object.entries(searched)) tally.add(one.place + place, values)
  for (const { place, hit, count } of found) tally.hit(one.place + place, hit, count)
  if (cursor !== undefined) return { object, at: cursor }
  return object + 1 < objects.length ? { object: object + 1 } : undefined
}
