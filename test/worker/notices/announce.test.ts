import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { dayMs, limits } from '../../../worker/ground/limits.ts'
import { deliverMails } from '../../../worker/mail/mail.ts'
import { announce, loadVersions } from '../../../worker/notices/announce.ts'
import { settledQueries, untoldQuery } from '../../../worker/notices/tell.ts'
import { type KnownVersion, noticeMs } from '../../../worker/notices/versions.ts'
import { loadLeaves } from '../../../worker/transparency/client.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerEmailOf, ownerOf, seedCast } from '../../support/world.ts'
import { db } from '../api/stage.ts'
import { addMember, emptyTables, mailbox, minute, settings, start, version, versionRow } from './stage.ts'

const first = [version('privacy', 1), version('terms', 1)]
const changed = [...first, version('privacy', 2)]
const wordsOf = ({ text }: { text: string }) => text.replace(/\s+/g, ' ')
const leaves = async () => (await loadLeaves({ env }, 0, 1000)).leaves.filter(({ kind }) => kind === 'policy')

beforeEach(async () => {
  for (const table of emptyTables) await env.DB.exec(`DELETE FROM ${table}`)
  await seedCast()
})

describe('a version', () => {
  it('that is known for the first time is in the log and in force in the same minute, and told to nobody', async () => {
    const { sent, world } = mailbox()
    expect(await minute(first, start, world)).toEqual({ known: 2, logged: 2, toldOf: 0, inForce: 2 })
    const row = { material: 0, effective_at: start, seen_at: start, in_force_at: start, told_at: null }
    for (const { document, hash } of first)
      expect(await versionRow(document, 1)).toMatchObject({ ...row, hash, leaf: hash })
    expect((await leaves()).map(({ hash }) => hash)).toEqual(first.map(({ hash }) => hash))
    expect([sent, await rowsOf('notices')]).toEqual([[], []])
    expect(await minute(first, start + 60_000, world)).toEqual({ known: 0, logged: 0, toldOf: 0, inForce: 0 })
    expect(await leaves()).toHaveLength(2)
  })

  it('is in the ledger when it is announced, when it is told, and when it is in force', async () => {
    await minute(changed, start)
    await minute(changed, start + 1)
    await minute(changed, start + noticeMs + 2)
    const entries = (await rowsOf('audit_entries', 'rowid')).filter(({ subject }) => subject === 'privacy/2')
    expect(entries.slice(-3).map(({ account_id, action }) => [account_id, action])).toEqual([
      ['platform', 'document.announce'],
      ['platform', 'document.told'],
      ['platform', 'document.in_force'],
    ])
  })

  it('stands once in the log though the process ended before it was noted', async () => {
    const own = [version('privacy', 1, { hash: 'c'.repeat(64) })]
    const before = (await leaves()).length
    const broken = {
      ...env,
      TRANSPARENCY: {
        getByName: (name: string) => ({
          append: async (list: never) => {
            await env.TRANSPARENCY.getByName(name).append(list)
            throw new Error('an answer was lost')
          },
        }),
      },
    } as unknown as Env
    await expect(announce({ env: broken, settings, now: start }, own)).rejects.toThrow('lost')
    expect(await versionRow('privacy', 1)).toMatchObject({ leaf: null, in_force_at: null })
    expect(await leaves()).toHaveLength(before + 1)
    expect(await minute(own, start + 1)).toMatchObject({ known: 0, logged: 1, inForce: 1 })
    expect(await leaves()).toHaveLength(before + 1)
    expect(await versionRow('privacy', 1)).toMatchObject({ leaf: 'c'.repeat(64), in_force_at: start + 1 })
  })

  it('is never in force while the log does not hold it, and the log holds up no mail', async () => {
    const { sent, world } = mailbox()
    const down = {
      ...world,
      TRANSPARENCY: { getByName: () => ({ append: () => Promise.reject(new Error('down')) }) },
    } as unknown as Env
    for (const now of [start, start + 60_000]) {
      await expect(announce({ env: down, settings, now }, changed)).rejects.toThrow('down')
      await deliverMails(world, settings, now)
    }
    expect(sent.map(({ to }) => to).toSorted()).toEqual([ownerEmailOf(monsoon), ownerEmailOf(sol)])
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start })
    expect((await rowsOf('document_versions')).map((row) => row.in_force_at)).toEqual([null, null, null])
    await minute(changed, start + 120_000)
    expect(await versionRow('privacy', 1)).toMatchObject({ in_force_at: start + 120_000 })
  })

  it('is announced once when two crons meet', async () => {
    await Promise.allSettled([1, 2, 3].map(() => minute(changed, start)))
    await minute(changed, start + 1)
    expect(await rowsOf('document_versions')).toHaveLength(3)
    expect(await rowsOf('notices')).toHaveLength(2)
    expect(await rowsOf('mails')).toHaveLength(2)
  })

  it('keeps the text that was announced when its file is altered', async () => {
    await minute(first, start)
    await minute([version('privacy', 1, { hash: 'd'.repeat(64) })], start + 1)
    expect(await versionRow('privacy', 1)).toMatchObject({ hash: first[0]?.hash, leaf: first[0]?.hash })
  })
})

describe('a material version', () => {
  it('is mailed to every member of every workspace, once, and takes effect thirty days after the last of them was told', async () => {
    const { sent, world } = mailbox()
    await minute(first, start, world)
    expect(await minute(changed, start + dayMs, world)).toMatchObject({ known: 1, toldOf: 2, inForce: 0 })
    expect(sent.map(({ to }) => to).toSorted()).toEqual([ownerEmailOf(monsoon), ownerEmailOf(sol)])
    for (const text of sent.map(wordsOf)) {
      expect(text).toContain('What version 2 of privacy changes.')
      expect(text).toContain('1 February 2027 at the earliest')
      expect(text).toContain('https://gateway.test/privacy/2')
      expect(text).toContain('object')
      expect(text).toContain('deleted')
    }
    await minute(changed, start + dayMs + 60_000, world)
    expect(await rowsOf('notices', 'recipient_id')).toEqual(
      [monsoon, sol].map((business) =>
        expect.objectContaining({
          ...{ document: 'privacy', version: '2', account_id: business.accountId },
          ...{ recipient_id: ownerOf(business), queued_at: start + dayMs, sent_at: start + dayMs },
        }),
      ),
    )
    const told = start + dayMs
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: told, in_force_at: null })
    await minute(changed, told + noticeMs - 1, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: null })
    expect(await minute(changed, told + noticeMs, world)).toMatchObject({ inForce: 1 })
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: told + noticeMs })
    expect(sent).toHaveLength(2)
    expect(await versionRow('terms', 1)).toMatchObject({ in_force_at: start })
  })

  it('waits for one whose mail does not leave, until it has or is given up', async () => {
    const { sent, world } = mailbox((to) => to === ownerEmailOf(sol))
    await minute(first, start, world)
    let now = start
    for (const wait of [0, ...limits.mailRetryMs]) {
      now += wait
      await minute(changed, now, world)
      expect(await versionRow('privacy', 2)).toMatchObject({ told_at: null })
    }
    await minute(changed, now + 60_000, world)
    const notices = await rowsOf('notices', 'recipient_id')
    expect(notices.map(({ sent_at, failed_at }) => [sent_at, failed_at])).toEqual([
      [start, null],
      [null, now + 60_000],
    ])
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: now + 60_000, in_force_at: null })
    expect(sent).toHaveLength(1)
    await minute(changed, now + 60_000 + noticeMs - 1, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: null })
    await minute(changed, now + 60_000 + noticeMs, world)
    expect((await versionRow('privacy', 2))?.in_force_at).not.toBeNull()
  })

  it('does not wait for a mail that was dropped because its member is gone', async () => {
    await minute(first, start)
    await announce({ env, settings, now: start }, changed)
    await env.DB.prepare('DELETE FROM mails WHERE member_id = ?').bind(ownerOf(sol)).run()
    await minute(changed, start + 1)
    await minute(changed, start + 2)
    const [theirs, ours] = await rowsOf('notices', 'recipient_id')
    expect(theirs).toMatchObject({ sent_at: start + 1, failed_at: null })
    expect(ours).toMatchObject({ sent_at: null, failed_at: start + 1 })
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start + 1 })
  })

  it('is told to members who join later too, and they do not move its day', async () => {
    const { sent, world } = mailbox()
    await minute(changed, start, world)
    await minute(changed, start + 1, world)
    await addMember(sol.accountId, 'late', start + 10 * dayMs)
    await minute(changed, start + 10 * dayMs, world)
    await minute(changed, start + 10 * dayMs + 1, world)
    expect(sent.map(({ to }) => to)).toContain('late@example.com')
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start })
    await minute(changed, start + noticeMs, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: start + noticeMs })
    await addMember(sol.accountId, 'later', start + 31 * dayMs)
    await minute(changed, start + 31 * dayMs, world)
    expect(sent.map(({ to }) => to)).not.toContain('later@example.com')
  })

  it('does not wait for the mail to one who came later', async () => {
    const { world } = mailbox((to) => to === 'late@example.com')
    await minute(changed, start, world)
    await addMember(sol.accountId, 'late', start + 1)
    await minute(changed, start + 60_000, world)
    expect(await rowsOf('notices')).toHaveLength(3)
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start })
  })

  it('waits for members who were there before, though another came and was told first', async () => {
    const { world } = mailbox((to) => to === ownerEmailOf(sol))
    await minute(changed, start, world)
    await addMember(monsoon.accountId, 'quick', start + 60_000)
    await minute(changed, start + 60_000, world)
    await minute(changed, start + 120_000, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: null })
  })

  it('is told at once where there is nobody, and takes effect thirty days later all the same', async () => {
    await env.DB.exec('DELETE FROM members')
    await minute(changed, start)
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start, in_force_at: null })
    await minute(changed, start + noticeMs)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: start + noticeMs })
  })

  it('waits for its own date when that is later', async () => {
    const later = [...first, version('privacy', 2, { effective: '2027-06-01' })]
    const { sent, world } = mailbox()
    await minute(later, start, world)
    expect(sent.map(wordsOf)[0]).toContain('1 June 2027 at the earliest')
    await minute(later, start + noticeMs, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: null })
    await minute(later, Date.UTC(2027, 5, 1), world)
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: Date.UTC(2027, 5, 1) })
  })

  it('holds up the small correction that was made upon it, and both take effect together', async () => {
    const both = [...changed, version('privacy', 3, { material: false })]
    await minute(first, start)
    await minute(both, start)
    expect(await versionRow('privacy', 3)).toMatchObject({ in_force_at: null })
    await minute(both, start + 1)
    await minute(both, start + 1 + noticeMs)
    expect(await versionRow('privacy', 3)).toMatchObject({ in_force_at: start + 1 + noticeMs })
    expect((await rowsOf('notices')).every((row) => row.version === '2')).toBe(true)
  })

  it('that was taken back before it took effect is told to nobody any more', async () => {
    await announce({ env, settings, now: start }, changed)
    await env.DB.exec('DELETE FROM notices')
    await minute(first, start + 1)
    expect([await rowsOf('notices'), await rowsOf('document_versions')]).toEqual([[], expect.any(Array)])
    expect(await versionRow('privacy', 2)).toMatchObject({ in_force_at: null })
    await minute(changed, start + 2)
    expect(await rowsOf('notices')).toHaveLength(2)
  })
})

describe('many members', () => {
  const many = limits.noticeBatch + 5

  it('are told in portions that leave room in the outbox for other mails', async () => {
    for (let i = 0; i < many; i++) await addMember(sol.accountId, `m${i}`, 1)
    const { sent, world } = mailbox()
    expect(limits.noticeBatch).toBeLessThan(limits.mailBatch)
    expect(await minute(changed, start, world)).toMatchObject({ toldOf: limits.noticeBatch })
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: null })
    expect(await minute(changed, start + 60_000, world)).toMatchObject({ toldOf: 7 })
    await minute(changed, start + 120_000, world)
    expect(new Set(sent.map(({ to }) => to)).size).toBe(many + 2)
    expect(sent).toHaveLength(many + 2)
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start + 60_000 })
  })

  it('are all told though the key of one is gone', async () => {
    const gone = await addMember(sol.accountId, 'gone', 1)
    await addMember(sol.accountId, 'there', 1)
    const { sent, world } = mailbox()
    const keepers = {
      getByName: (name: string) => {
        const stub = env.KEEPER.getByName(name)
        return new Proxy(stub, {
          get: (_, method) =>
            method === 'keyFor'
              ? (owner: string) => (owner === gone ? Promise.reject(new Error('erased')) : stub.keyFor(owner))
              : Reflect.get(stub, method),
        })
      },
    }
    expect(await minute(changed, start, { ...world, KEEPER: keepers } as unknown as Env)).toMatchObject({
      toldOf: 3,
    })
    expect(sent.map(({ to }) => to)).toContain('there@example.com')
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: null })
    await env.DB.prepare('DELETE FROM members WHERE id = ?').bind(gone).run()
    await minute(changed, start + 1, world)
    expect(await versionRow('privacy', 2)).toMatchObject({ told_at: start })
  })

  it('cost little once they are told: notices by their mail, newcomers by their date', async () => {
    await minute(changed, start)
    await minute(changed, start + 1)
    const [privacy = []] = await loadVersions(db, changed)
    const plans = [...settledQueries(start), untoldQuery(privacy[1] as KnownVersion)].map(async (query) =>
      (await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${query}`)).map(({ detail }) => detail),
    )
    const details = (await Promise.all(plans)).flat()
    expect(
      details.filter((detail) => /^SCAN (?!notices USING (COVERING )?INDEX notices_open)/.test(detail)),
    ).toEqual([])
    expect(details.join()).toContain('members_created')
  })
})
