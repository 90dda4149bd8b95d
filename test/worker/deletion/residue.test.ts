// The residue scan over the real stores: leaks planted where nobody registered them are found, and nobody else's data is.

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { seal } from '../../../worker/crypto/seal.ts'
import type { Search } from '../../../worker/crypto/search.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import {
  addFindings,
  type Findings,
  type ResidueCursor,
  type ResiduePage,
  type ResidueTarget,
  type ResidueWorld,
  scanEverything,
  scanResidue,
} from '../../../worker/deletion/residue.ts'
import {
  digestNeedles,
  type Inventory,
  type Needles,
  needlesOf,
  searchByDigest,
} from '../../../worker/deletion/residue-needles.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

const salt = new Uint8Array(32).fill(3)
const hers: Inventory = {
  names: [ana.name],
  usernames: [],
  phones: [ana.phone],
  userIds: [ana.bsuid],
  samples: ['¿Tienen pan de centeno hoy?'],
  digests: ['Zk3vX0aQpT8mR1yLwC5nB7dF2gH4jK6sU9eI-oW_qAc'],
}
const modes: [string, Needles][] = [
  ['by needles', needlesOf(hers)],
  ['by digest', searchByDigest(salt, digestNeedles(salt, hers))],
]

let world: ResidueWorld
const target = (needles: Needles): ResidueTarget => ({
  accountId: sol.accountId,
  needles,
  erasedAt: Date.now(),
})
const search = (needles: Needles): Promise<Findings> => scanEverything(world, target(needles))
const base64 = (text: string) => Buffer.from(text).toString('base64')
const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run()

beforeAll(async () => {
  await seedCast()
  // The neighbour converses; so does somebody else with the same business.
  await postChanges(
    monsoon,
    messageChange(monsoon, ravi, textMessage('wamid.R1', 'Is it open today?', 1795305600)),
  )
  await postChanges(sol, messageChange(sol, ravi, textMessage('wamid.R2', 'Buenos días a todos', 1795305600)))
  await drain()
  const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
  const platform = await keeperOf(env.KEEPER, 'platform').resolve([])
  world = { env, keys: [account.seal, platform.account.seal] }
})

describe.each(modes)('a scan %s', (_, needles) => {
  it('finds nothing where nothing is, and says how much it looked at', async () => {
    const { searched, found } = await search(needles)
    expect(found).toEqual({})
    for (const place of [
      'd1/messages.content',
      'd1/contacts.phone',
      'd1/wabas.token',
      'd1/sqlite_master.sql',
      'd1/intake_counts.received',
      'do/Keeper.identities.digest',
    ])
      expect([place, (searched[place] ?? 0) > 0]).toEqual([place, true])
    expect(Object.keys(searched).some((place) => place.startsWith('kv/') && place.endsWith('/ names'))).toBe(
      true,
    )
    expect(searched['d1/contacts.phone']).toBe(2)
  })

  it('finds a leak in a table that nobody registered', async () => {
    await run('CREATE TABLE old_export (line TEXT, number INTEGER, blob BLOB)')
    await run('CREATE TABLE "odd ""name" (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID')
    const filler = Array.from({ length: 1_200 }, (_, i) => `nothing ${i}`)
    await run(
      'INSERT INTO old_export (line) SELECT value FROM json_each(?)',
      JSON.stringify([...filler, 'tel. +34 600.111.222', ...filler]),
    )
    await run('INSERT INTO old_export (number) VALUES (34600111222), (34600111223)')
    await run('INSERT INTO old_export (blob) VALUES (?)', Buffer.from('\0\xffcall 600 111 222'))
    await run(`INSERT INTO "odd ""name" VALUES ('a', ?), ('b', ?)`, `${ana.name} asked`, `${ravi.name} asked`)
    const { searched, found } = await search(needles)
    await env.DB.batch([env.DB.prepare('DROP TABLE old_export'), env.DB.prepare('DROP TABLE "odd ""name"')])
    expect(found).toEqual({
      'd1/old_export.line': 1,
      'd1/old_export.number': 1,
      'd1/old_export.blob': 1,
      'd1/odd "name.v': 1,
    })
    expect(searched['d1/old_export.line']).toBe(2_401)
  })

  it.each([
    ['+34 600 111 222'],
    ['0034600111222'],
    ['600111222'],
    ['600.11.12.22'],
    [`{"from":"${ana.phone.replaceAll('6', '\\u0036')}"}`],
    ['%2B34%20600111222'],
    ['٣٤٦٠٠١١١٢٢٢'],
    [`wamid.${base64('\x1c\x16\x0b34600111222\x15\x02')}`],
    [base64(`x34600111222`)],
    [ana.bsuid.toLowerCase()],
    [ana.name.toUpperCase()],
    ['— ¿Tienen pan de centeno hoy? —'],
  ])('finds %s in a column that is registered for something else', async (leak) => {
    await run('UPDATE holds SET reason = reason')
    await run(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES ('a', 'b', 'frozen', ?, 1)`,
      leak,
    )
    const { found } = await search(needles)
    await run('DELETE FROM holds')
    expect(found).toEqual({ 'd1/holds.reason': 1 })
  })

  it('finds a leak in KV and in R2: in names, in values, and in what is noted beside them', async () => {
    await env.KEYS.put('cache/x', 'her number is 600 111 222')
    await env.KEYS.put(`by-phone/${ana.phone}`, '1')
    await env.FILES.put('media/acc_sol/note.txt', `Dear ${ana.name}`)
    await env.FILES.put(`export-${ana.phone}.csv`, 'empty', { customMetadata: { of: ana.bsuid } })
    await env.FILES.put('media/acc_monsoon/note.txt', `Dear ${ravi.name}, ${ravi.phone}`)
    const { found } = await search(needles)
    await env.KEYS.delete('cache/x')
    await env.KEYS.delete(`by-phone/${ana.phone}`)
    await env.FILES.delete([
      'media/acc_sol/note.txt',
      'media/acc_monsoon/note.txt',
      `export-${ana.phone}.csv`,
    ])
    expect(found).toEqual({
      'kv/cache/': 1,
      'kv/by-phone/ names': 1,
      'r2/media/': 1,
      'r2/(no prefix) keys': 1,
      'r2/(no prefix) metadata': 1,
    })
  })

  it('finds a leak in a Durable Object: in a table, and under a key', async () => {
    const shard = env.INTAKE.getByName('shard-17')
    const keeper = env.KEEPER.getByName(sol.accountId)
    await runInDurableObject(shard, async (_object, { storage }) => {
      storage.sql.exec('CREATE TABLE debug (line TEXT)')
      storage.sql.exec('INSERT INTO debug VALUES (?), (?)', `from ${ana.phone}`, `from ${ravi.phone}`)
    })
    await runInDurableObject(keeper, (_object, { storage }) => storage.put('last', { from: ana.bsuid }))
    const { found } = await search(needles)
    await runInDurableObject(shard, async (_object, { storage }) => void storage.sql.exec('DROP TABLE debug'))
    await runInDurableObject(keeper, (_object, { storage }) => storage.delete('last'))
    expect(found).toEqual({ 'do/Intake.debug.line': 1, 'do/Keeper.values': 1 })
  })

  it('opens what is sealed under the account’s own key, and says when it could not', async () => {
    const [own, platform] = world.keys as [ResidueWorld['keys'][number], ResidueWorld['keys'][number]]
    const insert = `INSERT INTO raw_events (id, part, account_id, counter_key, outcome, field, reason, received_at, payload)
      VALUES (?, 0, ?, 'none', 'unknown', 'x', 'x', 1, ?)`
    const mention = JSON.stringify({ note: `from ${ana.phone}` })
    await run(insert, 'evt_1', sol.accountId, await seal(own, 'raw_events.payload:evt_1/0', mention))
    await run(insert, 'evt_2', null, await seal(platform, 'raw_events.payload:evt_2/0', mention))
    await run(
      insert,
      'evt_3',
      sol.accountId,
      await seal(own, 'raw_events.payload:evt_3/0', '{"note":"of others"}'),
    )
    await run(insert, 'evt_4', sol.accountId, await seal(own, 'raw_events.payload:elsewhere', mention))
    const { searched, found } = await search(needles)
    await run('DELETE FROM raw_events')
    expect(found).toEqual({ 'd1/raw_events.payload': 2 })
    expect(searched['d1/raw_events.payload (sealed, not opened)']).toBe(1)
  })

  it('finds what waits in the journal, unless it came after the erasure', async () => {
    const waiting = { ...target(needles), erasedAt: Date.now() + 60_000 }
    const shard = env.INTAKE.getByName('shard-3')
    // A body that stays where it is, as when the database does not answer.
    const drop = `CREATE TRIGGER stop BEFORE INSERT ON intake_cursors BEGIN SELECT RAISE(ABORT, 'stopped'); END`
    await env.DB.prepare(drop).run()
    const { encodeFrames } = await import('../../../worker/inbound/frame.ts')
    const body = { receivedAt: Date.now(), bytes: Buffer.from(`{"object":"x","from":"${ana.phone}"}`) }
    await shard.append(encodeFrames([body]))
    const found = (await scanEverything(world, waiting)).found
    const later = (await scanEverything(world, { ...waiting, erasedAt: 1 })).found
    await env.DB.prepare('DROP TRIGGER stop').run()
    await shard.drain()
    await run('DELETE FROM raw_events')
    expect(found).toEqual({ 'do/Intake.segments (opened)': 1 })
    expect(later).toEqual({})
  })

  it('lets a keyed digest stand where it must, and nowhere else', async () => {
    const digest = hers.digests[0] as string
    const keeper = env.KEEPER.getByName(sol.accountId)
    const plant = (place: string, owner = 'x') =>
      runInDurableObject(keeper, async (_object, { storage }) => {
        storage.sql.exec(`CREATE TABLE IF NOT EXISTS ${place} (digest TEXT)`)
        const columns = storage.sql.exec(`SELECT * FROM pragma_table_info('${place}')`).toArray()
        const values = columns.map(({ name, type }) =>
          name === 'digest' ? digest : type === 'TEXT' ? owner : 1,
        )
        storage.sql.exec(
          `INSERT INTO ${place} VALUES (${values.map(() => '?').join(',')})`,
          ...(values as string[]),
        )
      })
    const clear = (place: string) =>
      runInDurableObject(keeper, async (_object, { storage }) => {
        storage.sql.exec(`DELETE FROM ${place} WHERE digest = ?`, digest)
      })
    await plant('tombstones')
    await env.FILES.put('ledger/x', JSON.stringify({ tombstones: [digest] }))
    expect((await search(needles)).found).toEqual({})
    await plant('identities')
    await env.FILES.put('ledger/y', JSON.stringify({ tombstones: [ana.phone] }))
    expect((await search(needles)).found).toEqual({ 'do/Keeper.identities.digest': 1, 'r2/ledger/': 1 })
    // Whose it is now began later; a number in clear is found whosever it is.
    await clear('identities')
    await plant('identities', 'another')
    await env.FILES.delete('ledger/y')
    expect((await search(needles)).found).toEqual({})
    await clear('identities')
    await plant('identities', ana.phone)
    expect(Object.keys((await search(needles)).found)).toEqual(
      expect.arrayContaining(['do/Keeper.identities.contact_id']),
    )
    // Nobody knows whose it was: only the time of the link says that it is another's.
    await clear('identities')
    await clear('tombstones')
    await plant('identities', 'another')
    expect((await search(needles)).found).toEqual({ 'do/Keeper.identities.digest': 1 })
    await clear('identities')
    await env.FILES.delete(['ledger/x', 'ledger/y'])
  })

  it('goes on where it stopped and ends with the same, however little it does at once', async () => {
    await run(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES ('a', 'b', 'frozen', ?, 1)`,
      ana.phone,
    )
    const whole = await search(needles)
    let parts: Findings = { searched: {}, found: {} }
    let cursor: ResidueCursor | undefined
    let calls = 0
    do {
      const page: ResiduePage = await scanResidue(world, target(needles), cursor, 1)
      parts = addFindings(parts, page)
      cursor =
        page.cursor === undefined ? undefined : (JSON.parse(JSON.stringify(page.cursor)) as ResidueCursor)
      calls++
    } while (cursor)
    await run('DELETE FROM holds')
    expect(parts).toEqual(whole)
    expect(parts.found).toEqual({ 'd1/holds.reason': 1 })
    expect(calls).toBeGreaterThan(limits.intakeShards + 20)
  })

  it('takes nothing of the neighbour’s for hers', async () => {
    await run(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES ('a', 'b', 'frozen', ?, 1)`,
      `${ravi.name} ${ravi.phone} ${ravi.bsuid} +34 600 111 223`,
    )
    const { found } = await search(needles)
    await run('DELETE FROM holds')
    expect(found).toEqual({})
  })
})

describe('the names of businesses', () => {
  beforeEach(() =>
    run(`UPDATE accounts SET name = name || ', by ${ana.name}' WHERE id = ?`, monsoon.accountId),
  )

  it('may be like hers, but hold no number of hers', async () => {
    const [, needles] = modes[0] as [string, Needles<Search>]
    expect((await search(needles)).found).toEqual({})
    await run(`UPDATE accounts SET name = name || ' 600 111 222' WHERE id = ?`, monsoon.accountId)
    expect((await search(needles)).found).toEqual({ 'd1/accounts.name': 1 })
  })
})
