// A package: what is in it, and who gets it.

import { env } from 'cloudflare:workers'
import { unzipSync } from 'fflate'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { d1 } from '../../../db/catalog.ts'
import { schema } from '../../../db/client.ts'
import { makeKey } from '../../../site/scripts/package-open.ts'
import { codeDigest } from '../../../worker/custody/codes.ts'
import { openFile } from '../../../worker/custody/files.ts'
import { keeperOf, platformAccount, sealColumn } from '../../../worker/custody/sealing.ts'
import { objectKey } from '../../../worker/rights/package-build.ts'
import { marker } from '../../../worker/rights/package-words.ts'
import { requestByCode } from '../../../worker/rights/row.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { ownerEmailOf, ownerOf } from '../../support/world.ts'
import { db, dumpOf, read } from '../api/stage.ts'
import {
  closeRequests,
  collect,
  ids,
  once,
  order,
  packageFor,
  picture,
  request,
  rowOf,
  seedTalk,
  take,
} from './package-stage.ts'

beforeAll(seedTalk)
beforeEach(closeRequests)

describe('a package without a key', () => {
  it('is a ZIP with a readable page, JSON and media, and nothing of anybody else', async () => {
    const neighbour = await dumpOf(monsoon.accountId)
    const { answer, entries, doc, page } = await packageFor(await request())
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': expect.stringMatching(/^attachment; filename="your-data-\d{4}-\d\d-\d\d\.zip"$/),
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    })
    expect(Object.keys(entries).sort()).toEqual(['data.json', 'index.html', 'media/991.jpg'])
    expect(Buffer.compare(entries['media/991.jpg'] as Uint8Array, picture)).toBe(0)
    expect(doc).toMatchObject({
      about: { kind: 'contact', name: ana.name },
      controller: { kind: 'business', name: sol.name },
      complete: true,
      files: [{ name: '991', path: 'media/991.jpg', note: null, bytes: picture.byteLength }],
    })
    expect(doc.recipients.length).toBeGreaterThan(0)
    expect(doc.tables.messages).toHaveLength(3)
    expect(page).toContain('mi gato')
    expect(page).toContain('href="media/991.jpg"')
    expect(page).toContain(
      `&lt;b&gt;hola&lt;/b&gt;, soy ${ana.phone}; Lucía: ${marker.number}`.replaceAll("'", '&#39;'),
    )
    for (const text of [page, JSON.stringify(doc)])
      for (const words of [
        'sc1.',
        'words of ravi',
        ravi.phone,
        'words to monsoon',
        '655',
        'lucia@',
        'Herrera',
      ])
        expect(text).not.toContain(words)
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })

  it('holds only what the catalogue exports', async () => {
    const { doc } = await packageFor(await request())
    for (const [name, rows] of Object.entries(doc.tables)) {
      const columns = d1[name as keyof typeof d1].columns as Record<string, { exported: boolean }>
      for (const column of rows.flatMap(Object.keys))
        expect([name, column, columns[column]?.exported]).toEqual([name, column, true])
    }
  })

  it('stands in R2 under ids alone, sealed under the person’s key, and opens with it', async () => {
    const code = await request()
    await packageFor(code)
    const row = await rowOf(code)
    if (!row) throw new Error('no row')
    const key = objectKey(row)
    expect(key).toBe(`export/${sol.accountId}/${ids.ana}/${row.id}`)
    const stored = await (await env.FILES.get(key))?.arrayBuffer()
    const text = Buffer.from(stored as ArrayBuffer).toString('latin1')
    expect(text.startsWith('svfile1\n')).toBe(true)
    for (const words of ['PK\x03\x04', 'data.json', 'mi gato']) expect(text).not.toContain(words)
    const stream = new Blob([stored as ArrayBuffer]).stream()
    const plain = await openFile(env.KEEPER, sol.accountId, key, stream, Date.now())
    expect((await collect(plain as AsyncIterable<Uint8Array>)).byteLength).toBe(row.bytes)
  })

  it('is of a member what we hold of them, and of a sender of the form what they wrote', async () => {
    const member = await request({ subjectKind: 'member', subjectId: ownerOf(sol), door: 'mail' })
    const theirs = await packageFor(member)
    expect(theirs.doc).toMatchObject({
      about: { kind: 'member', email: ownerEmailOf(sol) },
      controller: { kind: 'us', name: 'Softivum' },
      tables: { members: [{ role: 'owner', email: ownerEmailOf(sol) }] },
    })
    expect(theirs.doc.tables).not.toHaveProperty('messages')
    const visitorId = 'vis_1'
    const key = await keeperOf(env.KEEPER, platformAccount).keyFor(visitorId)
    const own = { accountId: platformAccount, createdAt: 1 }
    const email = await sealColumn(key, 'visitors', 'email', visitorId, 'mei@example.com')
    await db.insert(schema.visitors).values({ ...own, id: visitorId, email, emailDigest: 'x', lastSeenAt: 1 })
    const content = await sealColumn(key, 'letters', 'content', 'ltr_1', 'call 6580001122 or mei@example.com')
    await db.insert(schema.letters).values({ ...own, id: 'ltr_1', visitorId, topic: 'question', content })
    const visitor = await request({
      subjectKind: 'visitor',
      subjectId: visitorId,
      accountId: platformAccount,
    })
    const { doc } = await packageFor(visitor)
    expect(doc.tables.visitors).toMatchObject([{ email: 'mei@example.com' }])
    expect(doc.tables.letters).toMatchObject([{ content: `call ${marker.number} or mei@example.com` }])
    expect(JSON.stringify(doc)).not.toContain(ownerEmailOf(sol))
  })

  it('of somebody who is restricted, or about to be erased, is given as any other', async () => {
    await env.DB.prepare(
      `INSERT INTO holds (account_id, subject_id, kind, reason, at) VALUES (?, ?, 'restricted', 'deletion', 1)`,
    )
      .bind(sol.accountId, ids.ana)
      .run()
    const { doc } = await packageFor(await request())
    await env.DB.prepare('DELETE FROM holds').run()
    expect(doc.tables.messages).toHaveLength(3)
    expect(doc.tables.holds).toMatchObject([{ kind: 'restricted', subjectId: ids.ana }])
  })
})

describe('a package with a key of the browser', () => {
  it('opens in the browser and nowhere else: what is given is what stands in R2', async () => {
    const key = await makeKey()
    const code = await request()
    const ordered = await read(await order(code, { publicKey: { ...key.publicKey, ext: true, key_ops: [] } }))
    expect(ordered).toMatchObject({ state: 'building', encrypted: true })
    const answer = await take(code)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.softivum.package',
    ])
    expect(answer.headers.get('content-disposition')).toMatch(/\.package"$/)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const row = await rowOf(code)
    expect(row?.bytes).toBe(bytes.byteLength)
    const stored = await (await env.FILES.get(objectKey(row as never)))?.arrayBuffer()
    expect(Buffer.compare(bytes, new Uint8Array(stored as ArrayBuffer))).toBe(0)
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('data.json')
    const entries = unzipSync(await collect(key.open(once(bytes))))
    expect(Object.keys(entries).sort()).toEqual(['data.json', 'index.html', 'media/991.jpg'])
    await expect(collect((await makeKey()).open(once(bytes)))).rejects.toThrow()
    expect(row?.publicKey).not.toContain('"d"')
  })

  it('is refused for what is no key', async () => {
    const code = await request()
    const { publicKey } = await makeKey()
    for (const wrong of [
      { ...publicKey, x: 'A'.repeat(43) },
      { ...publicKey, crv: 'P-384' },
      { kty: 'EC' },
      'key',
    ])
      expect((await order(code, { publicKey: wrong })).status).toBe(400)
    expect(await rowOf(code)).toBeUndefined()
  })
})

describe('who gets a package', () => {
  it('is whoever has the code of a granted request for access or export; everybody else learns nothing', async () => {
    const missing = await (await take('0'.repeat(26))).text()
    const codes = [
      await request({ state: 'waiting' }),
      await request({ type: 'delete', id: 'rgt_delete' }),
      await request({ state: 'refused', id: 'rgt_refused' }),
      await request({ state: 'withdrawn', id: 'rgt_withdrawn' }),
    ]
    for (const code of [...codes, 'x', '0'.repeat(26)]) {
      for (const answer of [await order(code), await take(code)])
        expect([code, answer.status, await answer.text()]).toEqual([code, 404, missing])
      expect(await rowOf(code)).toBeUndefined()
    }
    const granted = await request({ type: 'export', id: 'rgt_granted' })
    const early = await take(granted)
    expect([early.status, await early.text()]).toEqual([404, missing])
  })

  it('is written down, order and taking', async () => {
    const code = await request()
    await packageFor(code)
    const { results } = await env.DB.prepare(
      `SELECT action, actor, subject FROM audit_entries WHERE account_id = ? AND action LIKE 'package.%' ORDER BY rowid DESC LIMIT 2`,
    )
      .bind(sol.accountId)
      .all()
    const subject = (await requestByCode(db, code).get())?.id
    expect(results).toEqual([
      { action: 'package.take', actor: 'person', subject },
      { action: 'package.order', actor: 'person', subject },
    ])
  })

  it('a request that has been answered gives what is ready, and prepares no more', async () => {
    const code = await request()
    await packageFor(code)
    await env.DB.prepare(`UPDATE requests SET state = 'done' WHERE code_digest = ?`)
      .bind(codeDigest(code))
      .run()
    expect((await take(code)).status).toBe(200)
    expect((await order(code)).status).toBe(404)
  })
})
