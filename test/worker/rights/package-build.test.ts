// A package from the order to its end: how it is built, for how long it is there, what a crash or an erasure leaves.

import { env } from 'cloudflare:workers'
import { unzipSync } from 'fflate'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeKey } from '../../../site/scripts/package-open.ts'
import { openFile } from '../../../worker/custody/files.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { buildDue, expireDue, orderPackage, packageView } from '../../../worker/rights/package.ts'
import { objectKey } from '../../../worker/rights/package-build.ts'
import { type RequestRow, requestByCode } from '../../../worker/rights/row.ts'
import { sol } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { db } from '../api/stage.ts'
import {
  at,
  closeRequests,
  collect,
  contactOf,
  ids,
  once,
  order,
  packageFor,
  putMedia,
  request,
  rowOf,
  seedTalk,
  take,
  world,
} from './package-stage.ts'

beforeAll(seedTalk)
beforeEach(closeRequests)

describe('a new order', () => {
  it('replaces the one before, whose object goes', async () => {
    const code = await request()
    await packageFor(code)
    const first = await rowOf(code)
    await packageFor(code)
    const second = await rowOf(code)
    expect(second?.id).not.toBe(first?.id)
    await expireDue(world())
    expect(await env.FILES.head(objectKey(first as never))).toBeNull()
    expect(await env.FILES.head(objectKey(second as never))).not.toBeNull()
    expect((await take(code)).status).toBe(200)
  })

  it('of the same key, while it is built, is the same; and a day has only so many', async () => {
    const own = (await requestByCode(db, await request()).get()) as RequestRow
    const [first, again] = [
      await orderPackage(world(), own, undefined),
      await orderPackage(world(), own, undefined),
    ]
    expect(again?.id).toBe(first?.id)
    for (let n = 1; n < limits.packageOrdersPerDay; n++)
      expect(await orderPackage(world(), own, (await makeKey()).publicKey)).toBeDefined()
    expect(await orderPackage(world(), own, (await makeKey()).publicKey)).toBeUndefined()
    expect(await orderPackage(world(Date.now() + dayMs + 1), own, (await makeKey()).publicKey)).toBeDefined()
  })
})

describe('a package that is ready', () => {
  it('is there for seven days and not a moment longer; the neighbour’s stays', async () => {
    const code = await request()
    await packageFor(code)
    const row = await rowOf(code)
    const other = await request({ subjectId: ids.ravi, id: 'rgt_ravi' })
    await packageFor(other)
    await env.DB.prepare(`UPDATE packages SET expires_at = expires_at + 60000 WHERE subject_id = ?`)
      .bind(ids.ravi)
      .run()
    const end = row?.expiresAt ?? 0
    expect(end - Date.now()).toBeGreaterThan(7 * dayMs - 60_000)
    expect(end - Date.now()).toBeLessThanOrEqual(7 * dayMs)
    await expireDue(world(end - 1))
    expect(packageView(row as never, end - 1).state).toBe('ready')
    expect((await take(code)).status).toBe(200)
    await env.DB.prepare('UPDATE packages SET expires_at = ? WHERE id = ?').bind(Date.now(), row?.id).run()
    expect((await take(code)).status).toBe(404)
    expect(await env.FILES.head(objectKey(row as never))).not.toBeNull()
    await expireDue(world(end))
    expect(await env.FILES.head(objectKey(row as never))).toBeNull()
    expect((await rowOf(code))?.state).toBe('expired')
    expect((await take(code)).status).toBe(404)
    expect((await take(other)).status).toBe(200)
  })

  it('is nothing any more once the person is erased, and none can be built', async () => {
    const mei = { phone: '6580001122', bsuid: 'SG.9911' }
    await postChanges(sol, messageChange(sol, mei, textMessage('wamid.MEI', 'ni hao', at)))
    await drain(sol)
    const subjectId = await contactOf(sol.accountId, mei)
    const code = await request({ subjectId, id: 'rgt_mei' })
    await packageFor(code)
    await keeperOf(env.KEEPER, sol.accountId).forget([subjectId], Date.now())
    const row = await rowOf(code)
    const stored = await env.FILES.get(objectKey(row as never))
    const later = Date.now() + limits.keyCacheMs + 1
    expect(
      await openFile(env.KEEPER, sol.accountId, objectKey(row as never), stored?.body as never, later),
    ).toBeUndefined()
    const own = (await requestByCode(db, code).get()) as RequestRow
    await orderPackage(world(later), own, undefined)
    await buildDue(world(later))
    expect((await rowOf(code))?.state).toBe('failed')
    expect((await take(code)).status).toBe(404)
    expect((await packageFor(await request())).doc.tables.messages).toHaveLength(3)
  })
})

describe('building', () => {
  const failing = (times: number): Env => {
    let left = times
    const files = new Proxy(env.FILES, {
      get: (target, name) =>
        name === 'put' && left-- > 0
          ? () => Promise.reject(new Error('R2 is away'))
          : (Reflect.get(target, name) as () => unknown).bind?.(target),
    })
    return { ...env, FILES: files }
  }

  it('that broke off comes again when its lease has run out, and not before', async () => {
    const code = await request()
    const own = (await requestByCode(db, code).get()) as RequestRow
    const now = Date.now()
    const row = await orderPackage(world(now), own, undefined)
    // As a crash leaves it: leased, and nothing after that.
    await env.DB.prepare(`UPDATE packages SET attempts = 1, next_at = ? WHERE id = ?`)
      .bind(now + limits.packageLeaseMs, row?.id)
      .run()
    await buildDue(world(now + 1))
    expect((await rowOf(code))?.state).toBe('building')
    await buildDue(world(now + limits.packageLeaseMs))
    expect(await rowOf(code)).toMatchObject({ id: row?.id, state: 'ready', attempts: 2, nextAt: null })
  })

  it('by two at once is done by one', async () => {
    const code = await request()
    await orderPackage(world(), (await requestByCode(db, code).get()) as RequestRow, undefined)
    await Promise.all([buildDue(world()), buildDue(world())])
    expect(await rowOf(code)).toMatchObject({ state: 'ready', attempts: 1 })
  })

  it('that lost its lease ends with nothing said: the row is whoever’s took it over', async () => {
    const code = await request()
    await orderPackage(world(), (await requestByCode(db, code).get()) as RequestRow, undefined)
    const files = new Proxy(env.FILES, {
      get: (target, name) =>
        name === 'put'
          ? async (...given: unknown[]) => {
              await env.DB.prepare(`UPDATE packages SET attempts = 2 WHERE state = 'building'`).run()
              return (target.put as (...all: unknown[]) => unknown)(...given)
            }
          : (Reflect.get(target, name) as () => unknown).bind?.(target),
    })
    await buildDue({ ...world(), env: { ...env, FILES: files } })
    expect(await rowOf(code)).toMatchObject({ state: 'building', attempts: 2, bytes: null })
  })

  it('that fails is tried again, then given up, which is shown; a new order begins anew', async () => {
    const code = await request()
    const own = (await requestByCode(db, code).get()) as RequestRow
    let now = Date.now()
    await orderPackage(world(now), own, undefined)
    const away = failing(Number.POSITIVE_INFINITY)
    for (const wait of limits.packageRetryMs) {
      await buildDue({ ...world(now), env: away })
      const row = await rowOf(code)
      expect(row?.state).toBe('building')
      expect(row?.nextAt).toBeGreaterThanOrEqual(now + wait)
      now = row?.nextAt ?? 0
    }
    await buildDue({ ...world(now), env: away })
    expect((await rowOf(code))?.state).toBe('failed')
    expect(packageView((await rowOf(code)) as never, now).state).toBe('failed')
    expect((await take(code)).status).toBe(404)
    await packageFor(code)
  })

  it('that succeeds at the second try is ready', async () => {
    const code = await request()
    const own = (await requestByCode(db, code).get()) as RequestRow
    const now = Date.now()
    await orderPackage(world(now), own, undefined)
    await buildDue({ ...world(now), env: failing(1) })
    await buildDue(world((await rowOf(code))?.nextAt ?? 0))
    expect((await rowOf(code))?.state).toBe('ready')
  })

  it('of what is larger than one part of an upload goes in parts, sealed to the browser or not', async () => {
    const large = new Uint8Array(2 * limits.uploadPartBytes + 12_345).map((_, i) => (i * 7919) >>> 3)
    await putMedia(ids.ravi, 'film', large, 'video/mp4')
    const key = await makeKey()
    for (const publicKey of [undefined, key.publicKey]) {
      const code = await request({ subjectId: ids.ravi, id: `rgt_film_${publicKey?.x}` })
      expect((await order(code, { publicKey })).status).toBe(202)
      const bytes = new Uint8Array(await (await take(code)).arrayBuffer())
      expect((await rowOf(code))?.bytes).toBe(bytes.byteLength)
      const entries = unzipSync(publicKey ? await collect(key.open(once(bytes))) : bytes)
      expect(Buffer.compare(entries['media/film.mp4'] as Uint8Array, large)).toBe(0)
      await env.DB.prepare(`UPDATE requests SET state = 'done'`).run()
    }
  })

  it('leaves out media that are too many or do not open, and says so', async () => {
    await putMedia(ids.ana, '993', new Uint8Array(2_000_000))
    await env.FILES.put(`media/${sol.accountId}/${ids.ana}/994`, 'not sealed by us')
    const bound = limits.packageMediaBytes
    Object.assign(limits, { packageMediaBytes: 1_000_000 })
    const { entries, doc, page } = await packageFor(await request())
    Object.assign(limits, { packageMediaBytes: bound })
    await env.FILES.delete([`media/${sol.accountId}/${ids.ana}/993`, `media/${sol.accountId}/${ids.ana}/994`])
    expect(doc.files).toMatchObject([
      { name: '991', path: 'media/991.jpg', note: null },
      { name: '993', path: null, note: expect.stringMatching(/^Left out: .*too large/) },
      { name: '994', path: null, note: 'Left out: it does not open.' },
    ])
    expect(Object.keys(entries)).not.toContain('media/993.jpg')
    expect(page).toContain('too large')
  })

  it('keeps nothing when it was replaced or erased meanwhile, and strays are found', async () => {
    const code = await request()
    const own = (await requestByCode(db, code).get()) as RequestRow
    await orderPackage(world(), own, undefined)
    const row = await rowOf(code)
    const erased: Env = {
      ...env,
      FILES: new Proxy(env.FILES, {
        get: (target, name) =>
          name === 'put'
            ? async (...given: unknown[]) => {
                await env.DB.prepare('DELETE FROM packages WHERE id = ?').bind(row?.id).run()
                return (target.put as (...all: unknown[]) => unknown)(...given)
              }
            : (Reflect.get(target, name) as () => unknown).bind?.(target),
      }),
    }
    await buildDue({ ...world(), env: erased })
    expect(await env.FILES.head(objectKey(row as never))).toBeNull()
    await env.FILES.put(objectKey(row as never), 'left by a crash')
    const hour = 60 * 60_000
    const later = Math.ceil((Date.now() + (limits.packageDays + 1) * dayMs) / hour) * hour
    await expireDue(world(Date.now()))
    expect(await env.FILES.head(objectKey(row as never))).not.toBeNull()
    await expireDue(world(later))
    expect(await env.FILES.head(objectKey(row as never))).toBeNull()
  })
})
