import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { keeperOf, loadEmailDigest, platformAccount } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import type { World } from '../../../worker/ground/world.ts'
import { deliverMails, newMail } from '../../../worker/mail/mail.ts'
import {
  chatCodeDigest,
  checkMailCode,
  claimChatCode,
  issueChatCode,
  issueMailCode,
  type Purpose,
} from '../../../worker/proofs/codes.ts'
import { rowsOf } from '../../support/intake.ts'
import { outbox } from '../../support/outbox.ts'
import { db } from '../api/stage.ts'

const now = 1_795_305_600_000
const minute = 60_000
const at = (later = 0): World => ({ env, settings: settingsOf(env), now: now + later })
const platform = async () => (await keeperOf(env.KEEPER, platformAccount).resolve([])).account

/** Issues a code and hands it over, as the mail does. */
async function issue(email = 'ana@example.com', world = at()) {
  let code = ''
  const issued = await issueMailCode(world, { purpose: 'delete', email, language: 'es' }, (made) => {
    code = made.code
    const to = { challengeId: made.id, address: made.address }
    const text = { subject: 'Code', text: made.code, html: made.code }
    return newMail(db, env.KEEPER, { to, kind: 'mail_code', ...text }, world.now)
  })
  if (!issued.ok) return issued
  return { ok: true as const, ...issued.value, code }
}
async function issued(email?: string, world?: World) {
  const one = await issue(email, world)
  if (!one.ok) throw new Error('not issued')
  return one
}
const other = (code: string, by = 1): string => String((Number(code) + by) % 1_000_000).padStart(6, '0')

beforeEach(async () => {
  await env.DB.exec('DELETE FROM challenges')
  await env.DB.exec('DELETE FROM mails')
})

describe('a code in a mail', () => {
  it('proves its address once, whatever stands between its digits', async () => {
    const { id, code } = await issued('Ana@Example.com')
    expect(code).toMatch(/^\d{6}$/)
    const typed = `${code.slice(0, 3)} ${code.slice(3)}`
    const proven = { ok: true, value: { purpose: 'delete', email: 'Ana@Example.com', language: 'es' } }
    expect(await checkMailCode(at(), id, typed)).toEqual(proven)
    expect(await checkMailCode(at(), id, code)).toEqual({ ok: false, reason: 'over' })
  })

  it('stands in no row, and neither does the address', async () => {
    const { id, code } = await issued()
    const kept = JSON.stringify([await rowsOf('challenges'), await rowsOf('mails')])
    expect(kept).not.toContain('ana@example.com')
    expect(kept).not.toContain(code)
    await checkMailCode(at(), id, code)
    expect((await rowsOf('challenges'))[0]).toMatchObject({ content: '', used_at: now })
    expect(await rowsOf('mails')).toEqual([])
  })

  it('is over after ten minutes and not before', async () => {
    const late = await issued()
    expect(await checkMailCode(at(10 * minute), late.id, late.code)).toEqual({ ok: false, reason: 'over' })
    const just = await issued()
    expect(await checkMailCode(at(10 * minute - 1), just.id, just.code)).toMatchObject({ ok: true })
  })

  it('is over after five wrong tries, and a right one among them still counts', async () => {
    const { id, code } = await issued()
    const mine = await issued('mei@example.com')
    for (let i = 1; i <= 5; i++)
      expect(await checkMailCode(at(), id, other(code, i))).toEqual({ ok: false, reason: 'wrong' })
    expect(await checkMailCode(at(), id, code)).toEqual({ ok: false, reason: 'over' })
    expect(await checkMailCode(at(), mine.id, mine.code)).toMatchObject({ ok: true })
  })

  it('takes five of twenty tries made side by side', async () => {
    const { id, code } = await issued()
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => checkMailCode(at(), id, other(code, i + 1))),
    )
    const reasons = tries.map((tried) => (tried.ok ? 'right' : tried.reason)).sort()
    expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(limits.mailCodeTries)
    expect(reasons.filter((reason) => reason === 'over')).toHaveLength(15)
  })

  it('proves once when it is given twenty times side by side', async () => {
    const { id, code } = await issued()
    const tries = await Promise.all(Array.from({ length: 20 }, () => checkMailCode(at(), id, code)))
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('opens nothing under the id of another, even for the same address', async () => {
    const mine = await issued()
    const yours = await issued('mei@example.com')
    const again = await issued()
    for (const [id, code] of [
      [yours.id, mine.code],
      [again.id, mine.code],
      ['cha_00000000000000000000000000', mine.code],
    ] as const) {
      // One of a million pairs of codes is the same one.
      if (code !== (id === yours.id ? yours.code : id === again.id ? again.code : ''))
        expect(await checkMailCode(at(), id, code)).toMatchObject({ ok: false })
    }
    expect(await checkMailCode(at(), mine.id, mine.code)).toMatchObject({ ok: true })
  })

  it('is given to one address five times an hour and fifteen a day, however it is spelled', async () => {
    const spellings = ['ana@example.com', ' ANA@example.com ', 'Ana@Example.COM']
    const hour = 60 * minute
    let given = 0
    for (let i = 0; i < 24; i++) {
      const one = await issue(spellings[i % 3], at(Math.floor(i / 6) * (hour + 1)))
      if (one.ok) given += 1
      else expect(one.reason).toBe('too_many')
    }
    expect(given).toBe(limits.mailCodesPerDay)
    expect(await issue('mei@example.com', at())).toMatchObject({ ok: true })
    expect(await issue('ana@example.com', at(2 * 24 * hour))).toMatchObject({ ok: true })
  })

  it('is given five times when it is asked for twenty times side by side', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => issue()))
    expect(all.filter(({ ok }) => ok)).toHaveLength(limits.mailCodesPerHour)
    expect(await rowsOf('mails')).toHaveLength(limits.mailCodesPerHour)
  })

  it('leaves in one mail, which is not kept, and does not leave when it is over', async () => {
    const { sent, outside } = outbox()
    const { mailId } = await issued()
    await deliverMails(outside, settingsOf(env), now, mailId)
    expect(sent).toMatchObject([{ to: 'ana@example.com' }])
    expect(await rowsOf('mails')).toEqual([])
    const late = await issued()
    await deliverMails(outside, settingsOf(env), now + limits.mailCodeMs, late.mailId)
    expect(sent).toHaveLength(1)
    expect(await rowsOf('mails')).toEqual([])
  })
})

describe('a code for the chat', () => {
  const number = '34655501001'
  const digestOf = async (code: string, purpose: Purpose = 'export') =>
    chatCodeDigest(await platform(), purpose, code)
  const chat = async (world = at()) => {
    const made = await issueChatCode(world, { purpose: 'export', number, language: 'en' })
    if (!made.ok) throw new Error('not issued')
    return made.value
  }

  it('is eight letters and digits that nobody mistakes for others, in two groups', async () => {
    for (let i = 0; i < 20; i++)
      expect((await chat()).code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/)
  })

  it('says once what it was made for, in any spelling', async () => {
    const { code } = await chat()
    const digest = await digestOf(code.toLowerCase().replace('-', ' '))
    expect(await claimChatCode(db, digest, now + 1000)).toBe('export')
    expect(await claimChatCode(db, digest, now + 2000)).toBeUndefined()
  })

  it('answers the same message again, so that a try that broke off can be made once more', async () => {
    const digest = await digestOf((await chat()).code)
    expect(await claimChatCode(db, digest, now + 1000)).toBe('export')
    expect(await claimChatCode(db, digest, now + 1000)).toBe('export')
  })

  it('is claimed by one of twenty messages', async () => {
    const digest = await digestOf((await chat()).code)
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => claimChatCode(db, digest, now + i)))
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
  })

  it('is over after an hour, unknown when it was made up, and no code of a mail', async () => {
    const { code } = await chat()
    expect(await claimChatCode(db, await digestOf(code), now + limits.chatCodeMs)).toBeUndefined()
    expect(await claimChatCode(db, await digestOf('2222-2222'), now)).toBeUndefined()
    expect(await claimChatCode(db, await digestOf(code, 'delete'), now)).toBeUndefined()
    const mail = await issued()
    const [row] = (await rowsOf('challenges')).filter(({ id }) => id === mail.id)
    expect(await claimChatCode(db, row?.code_digest as string, now)).toBeUndefined()
  })

  it('is given for one number so often in an hour, and for another all the same', async () => {
    const target = 'SELECT target_digest FROM challenges LIMIT 1'
    await chat()
    await env.DB.prepare(
      `INSERT INTO challenges (id, channel, purpose, target_digest, code_digest, content, tries, created_at, expires_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        SELECT 'full' || i, 'chat', 'delete', (${target}), 'd' || i, '', 0, ?, ? FROM n`,
    )
      .bind(limits.chatCodesPerHour - 1, now, now)
      .run()
    const asked = { purpose: 'delete', language: 'en' } as const
    expect(await issueChatCode(at(), { ...asked, number: '+34 655 50 10 01' })).toEqual({
      ok: false,
      reason: 'too_many',
    })
    expect(await issueChatCode(at(), { ...asked, number: '919876543210' })).toMatchObject({ ok: true })
    expect(await issueChatCode(at(limits.chatCodeMs + 1), { ...asked, number })).toMatchObject({ ok: true })
  })
})

describe('the digest of an address', () => {
  it('is the same for every spelling and another for every address', async () => {
    const digest = await loadEmailDigest(env.KEEPER, 'ana@example.com')
    expect(await loadEmailDigest(env.KEEPER, ' Ana@EXAMPLE.com ')).toBe(digest)
    expect(await loadEmailDigest(env.KEEPER, 'ana@example.org')).not.toBe(digest)
  })
})
