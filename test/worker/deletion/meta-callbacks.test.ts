import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { loadMetaUserDigest, newMember } from '../../../worker/accounts/members.ts'
import { base64url, utf8 } from '../../../worker/crypto/bytes.ts'
import { hmac } from '../../../worker/crypto/hmac.ts'
import { keeperOf, keyedDigest, platformAccount } from '../../../worker/custody/sealing.ts'
import {
  answerDataDeletion,
  answerDeauthorize,
  importMetaDeletions,
} from '../../../worker/deletion/meta-callbacks.ts'
import { settingsOf } from '../../../worker/env.ts'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { type Business, monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { db, dumpOf } from '../api/stage.ts'

const now = 1_795_305_600_000
const settings = settingsOf(env)
const world = (at = now, other: Env = env) => ({ env: other, settings, now: at })

const signed = (userId: string, more: object = {}, secret = 'test_app_secret') => {
  const claim = { algorithm: 'HMAC-SHA256', expires: 0, issued_at: now / 1000, user_id: userId, ...more }
  const payload = base64url(utf8(JSON.stringify(claim)))
  return `${base64url(hmac(secret, payload))}.${payload}`
}
const form = 'application/x-www-form-urlencoded'
const request = (body: BodyInit, type: string | null = form, headers: Record<string, string> = {}) => {
  const made = new Request('https://elsewhere.test/webhooks/meta/data-deletion', {
    method: 'POST',
    body,
    headers,
  })
  if (type === null) made.headers.delete('content-type')
  else made.headers.set('content-type', type)
  return made
}
const posted = (userId: string, more?: object, secret?: string) =>
  request(new URLSearchParams({ signed_request: signed(userId, more, secret) }).toString())

type Answer = { url: string; confirmation_code: string }
async function askDeletion(userId: string, at = now, issuedAt = now): Promise<Answer> {
  const answer = await answerDataDeletion(world(at), posted(userId, { issued_at: issuedAt / 1000 }))
  expect(answer.status).toBe(200)
  return (await answer.json()) as Answer
}

async function link(business: Business, userId: string, memberId = ownerOf(business)): Promise<string> {
  const digest = await loadMetaUserDigest(env.KEEPER, userId)
  const { accountId } = business
  await db.insert(schema.metaLinks).values({ digest, accountId, memberId, at: now - dayMs })
  return digest
}

const tables = ['deletions', 'meta_links', 'mails', 'holds', 'audit_entries', 'members']
const everything = async () =>
  JSON.stringify(await Promise.all(tables.map((table) => rowsOf(table, 'rowid'))))

/** What the callbacks made goes; the cast stays. */
beforeEach(async () => {
  await seedCast()
  for (const table of ['deletions', 'meta_links', 'mails', 'holds', 'deletion_owners'])
    await env.DB.exec(`DELETE FROM ${table}`)
})

describe('a deletion callback', () => {
  it('about somebody unknown opens a deletion, and is answered with its page and code', async () => {
    const before = await dumpOf(sol.accountId)
    const { url, confirmation_code: code } = await askDeletion('900000000000001')
    expect(code).toMatch(/^[0-9a-z]{26}$/)
    expect(url).toBe(`https://gateway.test/data-deletion/${code}`)
    const { account } = await keeperOf(env.KEEPER, platformAccount).resolve([])
    expect(await rowsOf('deletions')).toEqual([
      expect.objectContaining({
        account_id: 'platform',
        scope: 'meta_user',
        door: 'meta',
        requested_by: 'meta',
        subject_id: keyedDigest(account, 'meta_user', '900000000000001'),
      }),
    ])
    expect(await everything()).not.toContain('900000000000001')
    expect(await dumpOf(sol.accountId)).toBe(before)
  })

  it('about a member opens one in the account of that member, and answers alike', async () => {
    await link(sol, '900000000000002')
    const neighbour = await dumpOf(monsoon.accountId)
    const known = await askDeletion('900000000000002')
    const unknown = await askDeletion('900000000000003')
    expect(Object.keys(known)).toEqual(Object.keys(unknown))
    expect((await rowsOf('deletions', 'account_id')).map((row) => row.account_id)).toEqual([
      sol.accountId,
      'platform',
    ])
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })

  it('that comes again is answered with the same bytes, also when the link is gone by then', async () => {
    const digest = await link(sol, '900000000000004')
    const first = await askDeletion('900000000000004')
    expect(await askDeletion('900000000000004', now + dayMs)).toEqual(first)
    await env.DB.prepare('DELETE FROM meta_links WHERE digest = ?').bind(digest).run()
    expect(await askDeletion('900000000000004', now + 2 * dayMs)).toEqual(first)
    await env.DB.exec(`UPDATE deletions SET state = 'completed', erased_at = ${now}, completed_at = ${now}`)
    expect(await askDeletion('900000000000004', now + 3 * dayMs)).toEqual(first)
    expect(await rowsOf('deletions')).toHaveLength(1)
  })

  it('opens one deletion when the same arrives many times at once, and one for each person', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => askDeletion('900000000000005')))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    const other = await askDeletion('900000000000006')
    expect(other.confirmation_code).not.toBe(answers[0]?.confirmation_code)
    expect(await rowsOf('deletions')).toHaveLength(2)
  })

  it('is read as JSON, too', async () => {
    const body = JSON.stringify({ signed_request: signed('900000000000007') })
    const answer = await answerDataDeletion(world(), request(body, 'application/json; charset=utf-8'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual(await askDeletion('900000000000007'))
  })

  it('that cannot be recorded is not acknowledged', async () => {
    await env.DB.exec(
      `CREATE TRIGGER full BEFORE INSERT ON deletions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
    )
    try {
      const answer = await answerDataDeletion(world(), posted('900000000000008'))
      expect([answer.status, await answer.json()]).toEqual([503, { error: 'unavailable' }])
    } finally {
      await env.DB.exec('DROP TRIGGER full')
    }
    expect((await askDeletion('900000000000008')).confirmation_code).toMatch(/^[0-9a-z]{26}$/)
  })
})

describe.each([
  ['a deletion callback', answerDataDeletion],
  ['a deauthorize callback', answerDeauthorize],
] as const)('%s', (_, answerWith) => {
  const good = signed('900000000000009')
  const twice = `signed_request=${good}&signed_request=${good}`
  const tooLong = `signed_request=${good}&x=${'x'.repeat(limits.signedRequestBytes)}`
  const old = { issued_at: (now - limits.signedRequestAgeMs) / 1000 - 1 }
  const early = { issued_at: (now + limits.clockSkewMs) / 1000 + 1 }
  it.each<[string, () => Request, number, string]>([
    ['without a body', () => request(''), 400, 'malformed'],
    ['without the field', () => request('other=1'), 400, 'malformed'],
    ['with the field twice', () => request(twice), 400, 'malformed'],
    ['with junk in the field', () => request('signed_request=%ff.%00'), 400, 'malformed'],
    ['with JSON that is none', () => request('{', 'application/json'), 400, 'malformed'],
    ['with an object in JSON', () => request('{"signed_request":{}}', 'application/json'), 400, 'malformed'],
    ['that names nobody', () => posted(''), 400, 'malformed'],
    ['under another secret', () => posted('900000000000009', {}, 'another_secret'), 403, 'refused'],
    ['without an algorithm', () => posted('900000000000009', { algorithm: 'none' }), 403, 'refused'],
    ['that is too old', () => posted('900000000000009', old), 403, 'refused'],
    ['from the future', () => posted('900000000000009', early), 403, 'refused'],
    ['that is too large', () => request(tooLong), 413, 'too large'],
    [
      'that is compressed',
      () => request('x', form, { 'content-encoding': 'gzip' }),
      415,
      'unsupported encoding',
    ],
    ['as multipart', () => request('x', 'multipart/form-data; boundary=x'), 415, 'unsupported encoding'],
    ['as text', () => request(`signed_request=${good}`, 'text/plain'), 415, 'unsupported encoding'],
    ['of no type', () => request(utf8(`signed_request=${good}`), null), 415, 'unsupported encoding'],
  ])('%s changes nothing', async (_name, made, status, error) => {
    await link(sol, '900000000000009')
    const before = await everything()
    const answer = await answerWith(world(), made())
    expect([answer.status, await answer.json()]).toEqual([status, { error }])
    expect(await everything()).toBe(before)
  })
})

describe('a deauthorize callback', () => {
  const deauthorize = (userId: string, at = now, issuedAt = now) =>
    answerDeauthorize(world(at), posted(userId, { issued_at: issuedAt / 1000 }))
  const entriesOf = async (action: string) =>
    (await rowsOf('audit_entries')).filter((row) => row.action === action)

  it('marks the grant, questions the connections, tells the owners and deletes nothing', async () => {
    await link(sol, '900000000000010')
    const neighbour = await dumpOf(monsoon.accountId)
    const wabas = await rowsOf('wabas')
    expect((await deauthorize('900000000000010')).status).toBe(200)
    expect(await rowsOf('meta_links')).toEqual([expect.objectContaining({ revoked_at: now })])
    expect(await rowsOf('holds')).toEqual([
      {
        account_id: sol.accountId,
        subject_id: sol.wabaId,
        kind: 'reconnect',
        reason: 'DEAUTHORIZED',
        at: now,
        lifted_at: null,
      },
    ])
    expect(await rowsOf('mails')).toEqual([
      expect.objectContaining({ account_id: sol.accountId, member_id: ownerOf(sol), kind: 'deauthorized' }),
    ])
    expect((await entriesOf('member.deauthorize')).filter((row) => row.at === now)).toEqual([
      expect.objectContaining({ actor: 'meta', subject: ownerOf(sol), account_id: sol.accountId }),
    ])
    expect(await rowsOf('wabas')).toEqual(wabas)
    expect(await rowsOf('deletions')).toEqual([])
    expect(await dumpOf(monsoon.accountId)).toBe(neighbour)
  })

  it('questions nothing while another member is linked', async () => {
    await link(sol, '900000000000011')
    const { accountId } = sol
    const second = { accountId, role: 'admin' as const, email: 'nina@example.com' }
    const member = await newMember(db, env.KEEPER, second, 'operator', now)
    await writeBatch(db, member.statements)
    await link(sol, '900000000000012', member.id)
    await deauthorize('900000000000011')
    expect(await rowsOf('holds')).toEqual([])
    expect(await rowsOf('mails')).toHaveLength(1)
    await deauthorize('900000000000012')
    expect(await rowsOf('holds')).toHaveLength(1)
  })

  it('that comes again, at once or later, changes nothing more', async () => {
    await link(sol, '900000000000013')
    const told = (await entriesOf('member.deauthorize')).length
    const answers = await Promise.all(Array.from({ length: 8 }, () => deauthorize('900000000000013')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const before = await everything()
    expect(await entriesOf('member.deauthorize')).toHaveLength(told + 1)
    expect(await rowsOf('mails')).toHaveLength(1)
    expect((await deauthorize('900000000000013', now + dayMs)).status).toBe(200)
    expect(await everything()).toBe(before)
  })

  it('from before the grant was given does not end it', async () => {
    await link(sol, '900000000000014')
    const before = await everything()
    expect((await deauthorize('900000000000014', now, now - 2 * dayMs)).status).toBe(200)
    expect(await everything()).toBe(before)
  })

  it('about somebody unknown gets the bytes of one that is known, and changes nothing', async () => {
    await link(sol, '900000000000015')
    const known = await deauthorize('900000000000015')
    const before = await everything()
    const unknown = await deauthorize('900000000000016')
    expect([unknown.status, await unknown.text()]).toEqual([known.status, await known.text()])
    expect(await everything()).toBe(before)
  })
})

describe('a list of ids from Meta', () => {
  it('opens one deletion for each, in order, and nothing when it comes again', async () => {
    await link(sol, '900000000000020')
    const ids = ['900000000000021', '900000000000020', '900000000000021', '900000000000022']
    const first = await importMetaDeletions(world(), ids)
    expect(first.map(({ known }) => known)).toEqual([false, false, true, false])
    expect(first[2]?.code).toBe(first[0]?.code)
    expect(new Set(first.map(({ code }) => code)).size).toBe(3)
    const rows = await rowsOf('deletions')
    expect(new Set(rows.map(({ door, requested_by: by }) => `${door} ${by}`))).toEqual(
      new Set(['import operator']),
    )
    const again = await importMetaDeletions(world(now + dayMs), ids)
    expect(again).toEqual(first.map(({ code }) => ({ code, known: true })))
    expect(await rowsOf('deletions')).toHaveLength(3)
    expect((await askDeletion('900000000000022')).confirmation_code).toBe(first[3]?.code)
  })

  it('may be as long as one call takes', async () => {
    const ids = Array.from({ length: limits.importIds }, (_, i) => String(910_000_000_000_000 + i))
    const opened = await importMetaDeletions(world(), ids)
    expect(new Set(opened.map(({ code }) => code)).size).toBe(ids.length)
  })
})
