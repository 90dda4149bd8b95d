import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { announce, hangUp } from '../../../worker/live/announce.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { db, keyFor } from '../api/stage.ts'
import { knock, listen, type Word } from './line.ts'

const changed = (id: string) => ({ kind: 'conversation' as const, conversationId: id })
const feed = (business = sol) => env.FEED.getByName(business.accountId)
const idsOf = (words: Word[]) =>
  words.flatMap(({ changes = [] }) =>
    changes.map((change) => (change as { conversationId?: string }).conversationId),
  )

let solKey: string
let monsoonKey: string
beforeAll(async () => {
  await seedCast()
  solKey = await keyFor(sol)
  monsoonKey = await keyFor(monsoon)
})

describe('a line to the feed', () => {
  it('says hello with a place in the list, then what changes, and nothing of the neighbour', async () => {
    const line = await listen({ key: solKey })
    const other = await listen({ key: monsoonKey })
    const hello = await line.next()
    expect(hello).toEqual({
      type: 'hello',
      seq: expect.any(Number),
      epoch: expect.stringMatching(/^\w{26}$/),
    })
    await announce(env, sol.accountId, [changed('cnv_1')])
    expect(await line.next()).toEqual({ type: 'changes', seq: hello.seq + 1, changes: [changed('cnv_1')] })
    expect((await other.all()).map(({ type }) => type)).toEqual(['hello'])
  })

  it('is answered to ping, and closed when it says anything else', async () => {
    const line = await listen({ key: solKey })
    expect((await line.all()).map(({ type }) => type)).toEqual(['hello'])
    line.say('{"type":"changes"}')
    expect(await line.end()).toBe(1008)
  })

  it('that was cut and comes back hears what it missed, none of it twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('change', 'cut', 'evict'), { minLength: 1, maxLength: 12 }),
        async (deeds) => {
          let line = await listen({ key: solKey })
          let { seq, epoch } = await line.next()
          const told: string[] = []
          const heard: string[] = []
          let cut = false
          const take = async () => {
            const words = await line.all()
            heard.push(...(idsOf(words) as string[]))
            seq = Math.max(seq, ...words.map((word) => word.seq))
          }
          const back = async () => {
            line = await listen({ key: solKey, query: `?after=${seq}&epoch=${epoch}` })
            cut = false
          }
          for (const deed of [...deeds, 'change']) {
            if (deed === 'change') {
              const id = `cnv_${crypto.randomUUID()}`
              told.push(id)
              await announce(env, sol.accountId, [changed(id)])
            } else if (deed === 'evict') {
              // Only what is awake can fall asleep.
              await runInDurableObject(feed(), () => undefined)
              await evictDurableObject(feed())
            } else if (cut) await back()
            else {
              await take()
              line.cut()
              cut = true
            }
          }
          if (cut) await back()
          await take()
          expect(heard).toEqual(told)
          line.cut()
        },
      ),
      { numRuns: 15 },
    )
  })

  it('that comes back to a list that began anew, or that has thrown away what it missed, is told to read again', async () => {
    const line = await listen({ key: solKey })
    const { seq, epoch } = await line.next()
    line.cut()
    for (const query of [
      `?after=${seq}&epoch=somebodyelses`,
      `?after=${seq + 1000}&epoch=${epoch}`,
      `?after=x&epoch=${epoch}`,
    ])
      expect(await (await listen({ key: solKey, query })).next()).toMatchObject({ type: 'reset', seq, epoch })
    await feed().forget()
    const again = await (await listen({ key: solKey, query: `?after=${seq}&epoch=${epoch}` })).next()
    expect(again.type).toBe('reset')
    expect(again.epoch).not.toBe(epoch)
  })

  it('remembers so many changes and no more', async () => {
    const line = await listen({ key: monsoonKey })
    const { seq, epoch } = await line.next()
    await runInDurableObject(feed(monsoon), (_, state) => {
      state.storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
          INSERT INTO changes (at, list) SELECT ?, '[]' FROM n`,
        limits.feedKeepRows,
        Date.now(),
      )
    })
    await announce(env, monsoon.accountId, [changed('cnv_last')])
    const rows = await runInDurableObject(
      feed(monsoon),
      (_, state) => state.storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM changes').one().n,
    )
    expect(rows).toBe(limits.feedKeepRows)
    const back = await listen({ key: monsoonKey, query: `?after=${seq}&epoch=${epoch}` })
    expect((await back.next()).type).toBe('reset')
  })

  it('that stays open while somebody is forgotten hears what comes afterwards, under numbers that go on', async () => {
    const line = await listen({ key: solKey })
    const { seq = 0 } = await line.next()
    await announce(env, sol.accountId, [changed('cnv_1')])
    expect((await line.next()).seq).toBe(seq + 1)
    expect(await feed().forget()).toBeGreaterThan(0)
    await announce(env, sol.accountId, [changed('cnv_2')])
    expect(await line.next()).toMatchObject({ seq: seq + 2, changes: [changed('cnv_2')] })
    const { epoch } = await (await listen({ key: solKey })).next()
    const again = await listen({ key: solKey, query: `?after=${seq + 1}&epoch=${epoch}` })
    expect([(await again.next()).type, (await again.next()).seq]).toEqual(['hello', seq + 2])
  })

  it('forgets what is a day old', async () => {
    await announce(env, monsoon.accountId, [changed('cnv_old')])
    await runInDurableObject(feed(monsoon), (_, state) => {
      state.storage.sql.exec('UPDATE changes SET at = at - ?', limits.feedKeepMs)
    })
    expect(await runDurableObjectAlarm(feed(monsoon))).toBe(true)
    const rows = await runInDurableObject(feed(monsoon), (_, state) =>
      state.storage.sql.exec('SELECT * FROM changes').toArray(),
    )
    expect(rows).toEqual([])
  })
})

describe('who may listen', () => {
  it('hears only what their scopes show', async () => {
    const line = await listen({ key: await keyFor(sol, ['numbers:read']) })
    await announce(env, sol.accountId, [changed('cnv_2'), { kind: 'number', numberId: sol.numberId }])
    await announce(env, sol.accountId, [{ kind: 'contact_gone', contactId: 'cnt_1' }])
    await announce(env, sol.accountId, [{ kind: 'workspace' }])
    const words = await line.all()
    expect(words.map(({ changes }) => changes)).toEqual([
      undefined,
      [{ kind: 'number', numberId: sol.numberId }],
      [{ kind: 'workspace' }],
    ])
  })

  it('is nobody without a key, with a key that was revoked, or of another workspace', async () => {
    expect((await knock({})).status).toBe(401)
    expect((await knock({ key: `sc_${'x'.repeat(43)}` })).status).toBe(401)
    expect((await knock({ key: solKey, query: `?workspace=${monsoon.accountId}` })).status).toBe(404)
    const plain = await knock({ key: solKey, headers: { upgrade: 'h2c' } })
    expect(plain.status).toBe(400)
  })

  it('loses the line with the key, and with the role it had, whether the word came through or not', async () => {
    const told = await listen({ key: solKey })
    const keys = await db.select().from(schema.apiKeys).where(eq(schema.apiKeys.accountId, monsoon.accountId))
    const own = keys[0]?.id as string
    const line = await listen({ key: monsoonKey })
    await hangUp(env, monsoon.accountId, `key:${own}`)
    expect(await line.end()).toBe(4001)
    const demoted = await listen({ key: monsoonKey })
    const roleIs = (role: 'owner' | 'agent') =>
      db.update(schema.members).set({ role }).where(eq(schema.members.accountId, monsoon.accountId))
    await writeBatch(db, [roleIs('agent')])
    expect(await runDurableObjectAlarm(feed(monsoon))).toBe(true)
    expect(await demoted.end()).toBe(4001)
    await writeBatch(db, [roleIs('owner')])
    const missed = await listen({ key: monsoonKey })
    await writeBatch(db, [
      db.update(schema.apiKeys).set({ revokedAt: 1 }).where(eq(schema.apiKeys.accountId, monsoon.accountId)),
    ])
    await announce(env, monsoon.accountId, [{ kind: 'workspace' }])
    expect(await runDurableObjectAlarm(feed(monsoon))).toBe(true)
    expect(await missed.end()).toBe(4001)
    expect((await told.all()).every(({ type }) => type === 'hello')).toBe(true)
  })
})

describe('an account that is erased', () => {
  it('leaves nothing in its feed, and no line', async () => {
    const line = await listen({ key: solKey })
    await announce(env, sol.accountId, [changed('cnv_3')])
    expect(await feed().erase()).toBeGreaterThan(0)
    expect(await line.end()).toBe(4001)
    const left = await runInDurableObject(feed(), (_, state) => [
      ...state.storage.sql.exec('SELECT * FROM changes').toArray(),
      ...state.storage.sql.exec('SELECT * FROM marks').toArray(),
    ])
    expect(left).toEqual([])
  })
})
