import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { getTableName, is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { parse } from 'smol-toml'
import { beforeAll, describe, expect, it } from 'vitest'
import { bindings, d1, durableObjects, kvPrefixes, r2Prefixes } from '../../../db/catalog.ts'
import * as schema from '../../../db/schema.ts'
import wrangler from '../../../wrangler.toml?raw'
import { ana, mei, sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

/** `table.column` of every column of the catalogue, in the names of the database. */
function catalogued(): Set<string> {
  const names = new Set<string>()
  for (const [key, entry] of Object.entries(d1)) {
    const table = schema[key as keyof typeof schema]
    if (!is(table, SQLiteTable)) throw new Error(`${key} is not a table`)
    const columns = getTableConfig(table).columns
    for (const property of Object.keys(entry.columns)) {
      const index = Object.keys((table as unknown as { _: { columns: object } })._?.columns ?? table).indexOf(
        property,
      )
      const column = (table as unknown as Record<string, { name: string }>)[property] ?? columns[index]
      names.add(`${getTableName(table)}.${column?.name}`)
    }
  }
  return names
}

/** `table.column` as the applied migrations made them. */
async function applied(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT m.name || '.' || c.name AS place FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_cf_%' AND m.name NOT LIKE 'd1_%'`,
  ).all<{ place: string }>()
  return results.map((row) => row.place)
}

const undeclared = async () => (await applied()).filter((place) => !catalogued().has(place))

const tables = (state: DurableObjectState) =>
  state.storage.sql
    .exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'`)
    .toArray()
    .map((row) => row.name)

/** Keys of KV under no prefix of the catalogue. */
async function strangersInKv(): Promise<string[]> {
  const { keys } = await env.KEYS.list()
  return keys
    .map(({ name }) => name)
    .filter((name) => !Object.keys(kvPrefixes).some((prefix) => name.startsWith(prefix)))
}

function bindingNames(toml: string): string[] {
  const config = parse(toml) as Record<string, unknown>
  const lists = [
    config.d1_databases,
    config.kv_namespaces,
    config.r2_buckets,
    (config.durable_objects as { bindings?: unknown })?.bindings,
    (config.queues as { producers?: unknown })?.producers,
    config.send_email,
    config.services,
    config.ratelimits,
    config.assets && [config.assets],
  ]
  return lists.flatMap((list) =>
    Array.isArray(list)
      ? list.map((item: { binding?: string; name?: string }) => item.binding ?? item.name ?? '')
      : [],
  )
}

beforeAll(seedCast)

describe('the catalogue', () => {
  it('names every column that the applied migrations make, and none that they do not', async () => {
    expect(await undeclared()).toEqual([])
    const real = new Set(await applied())
    expect([...catalogued()].filter((place) => !real.has(place))).toEqual([])
  })

  it('turns red when a migration adds a column', async () => {
    await env.DB.prepare(`ALTER TABLE contacts ADD COLUMN nickname TEXT`).run()
    expect(await undeclared()).toEqual(['contacts.nickname'])
    await env.DB.prepare(`ALTER TABLE contacts DROP COLUMN nickname`).run()
  })

  it('names every binding of wrangler.toml', () => {
    expect(bindingNames(wrangler).sort()).toEqual(Object.keys(bindings).sort())
  })

  it('turns red when wrangler.toml adds a binding', () => {
    const mutated = `${wrangler}\n[[r2_buckets]]\nbinding = "SPARE"\nbucket_name = "spare"\n`
    expect(bindingNames(mutated).filter((name) => !(name in bindings))).toEqual(['SPARE'])
  })

  it('names every table of the Durable Objects and every prefix of KV after real traffic', async () => {
    await postChanges(sol, messageChange(sol, ana, textMessage('wamid.CAT1', 'hola', 1795305600)))
    await drain()
    const keeper = await runInDurableObject(env.KEEPER.getByName(sol.accountId), (_, state) => tables(state))
    expect(keeper.sort()).toEqual(Object.keys(durableObjects.Keeper).sort())
    const intake = await runInDurableObject(env.INTAKE.getByName('shard-0'), (_, state) => tables(state))
    expect(intake.sort()).toEqual(Object.keys(durableObjects.Intake).sort())
    expect((await env.KEYS.list()).keys.length).toBeGreaterThan(1)
    expect(await strangersInKv()).toEqual([])
  })

  it('names what an erasure leaves: the Eraser, the log, what stands in KV and R2', async () => {
    const key = await keyFor(sol)
    await postChanges(sol, messageChange(sol, mei, textMessage('wamid.CAT2', 'ni hao', 1795305600)))
    await drain(sol)
    await env.FILES.put(`media/${sol.accountId}/cnt_x/one`, 'sealed')
    await env.FILES.put(`export/${sol.accountId}/cnt_x/one`, 'sealed')
    const { data } = await read(await ask('/api/v1/contacts', { key }))
    const her = data.find((row) => row.bsuid === mei.bsuid)?.id
    const opened = await read(await ask(`/api/v1/contacts/${her}/deletion`, { key, method: 'POST' }))
    await walkTo(sol.accountId, opened.id as string, 'erased')
    const eraser = await runInDurableObject(env.ERASER.getByName(sol.accountId), (_, state) => tables(state))
    expect(eraser.sort()).toEqual(Object.keys(durableObjects.Eraser).sort())
    const log = await runInDurableObject(env.TRANSPARENCY.getByName('log'), (_, state) => tables(state))
    expect(log.sort()).toEqual(Object.keys(durableObjects.Transparency).sort())
    const { objects } = await env.FILES.list()
    const prefixes = new Set(objects.map(({ key: name }) => name.slice(0, name.indexOf('/') + 1)))
    expect([...prefixes].sort()).toEqual(Object.keys(r2Prefixes).sort())
    expect(await strangersInKv()).toEqual([])
  })

  it('says of every sealed column that it is sealed, and the rows agree', async () => {
    const sealed = [
      ['contacts', 'name'],
      ['contacts', 'phone'],
      ['contacts', 'bsuid'],
      ['messages', 'content'],
    ] as const
    for (const [table, column] of sealed) {
      expect(d1[table].columns[column as never]).toMatchObject({ sealed: 'contact key' })
      const { results } = await env.DB.prepare(`SELECT ${column} AS value FROM ${table}`).all<{
        value: string
      }>()
      expect(results.length).toBeGreaterThan(0)
      for (const { value } of results) expect(value).toMatch(/^sc1\.[\w-]+\.[\w-]+$/)
    }
  })
})
