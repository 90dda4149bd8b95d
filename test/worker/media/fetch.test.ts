import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert } from '../../../worker/audit/holds.ts'
import { filesQuery } from '../../../worker/conversations/list-messages.ts'
import { fromUtf8 } from '../../../worker/crypto/bytes.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { fetchAgain } from '../../../worker/media/again.ts'
import { dueFilesQuery, fileQuery } from '../../../worker/media/rows.ts'
import { handleMediaJobs, outsideOf } from '../../../worker/media-jobs.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges } from '../../support/webhooks.ts'
import { ask, db, keyFor } from '../api/stage.ts'
import { digest, fileRow, jpeg, objects, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  await env.DB.batch(
    [
      'media',
      'messages',
      'message_changes',
      'conversations',
      'contacts',
      'holds',
      'raw_events',
      'wabas',
      'numbers',
    ].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  )
  for (const key of await objects()) await env.FILES.delete(key)
  stage = await openStage()
})

const read = async (messageId: string, business = sol) =>
  ask(`/api/v1/messages/${messageId}/media`, { key: await keyFor(business) })

describe('a file that somebody sends', () => {
  it('waits in a row that came with the message, and is kept sealed once the queue is told', async () => {
    const bytes = jpeg(200_000)
    const id = await stage.arrive(sol, ana, { bytes })
    expect(await fileRow(id)).toMatchObject({ state: 'waiting', mime: 'image/jpeg', attempts: 0 })
    expect((await read(id)).status).toBe(409)
    await stage.queue(sol.accountId, [id])
    const row = await fileRow(id)
    expect(row).toMatchObject({ state: 'kept', bytes: bytes.length, next_at: null, reason: null })
    const [key] = await objects()
    expect(key).toBe(`media/${sol.accountId}/${row?.contact_id}/${id}`)
    const object = (await env.FILES.get(key as string)) as R2ObjectBody
    const stored = new Uint8Array(await object.arrayBuffer())
    expect(fromUtf8(stored.subarray(0, 8))).toBe('svfile1\n')
    expect(digest(stored)).not.toBe(digest(bytes))
    const answer = await read(id)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
    expect(digest(await answer.arrayBuffer())).toBe(digest(bytes))
  })

  it('is fetched by the address in the webhook alone while that lives, and by its id afterwards', async () => {
    const first = await stage.arrive(sol, ana)
    await stage.queue(sol.accountId, [first])
    expect(stage.asked.map((url) => new URL(url).pathname)).toEqual(['/whatsapp_business/attachments/'])
    const second = await stage.arrive(sol, ana, { bytes: jpeg(400) })
    await stage.later(6 * 60_000)
    stage.asked.length = 0
    await stage.queue(sol.accountId, [second])
    expect(stage.asked.map((url) => new URL(url).pathname)[0]).toMatch(/^\/v\d+\.\d+\/\d+$/)
    expect(stage.asked[0]).toContain(`phone_number_id=${sol.phoneNumberId}`)
    expect((await fileRow(second))?.state).toBe('kept')
    const third = await stage.arrive(sol, ana, { bytes: jpeg(500), withUrl: false })
    await stage.queue(sol.accountId, [third])
    expect((await fileRow(third))?.state).toBe('kept')
  })

  it('that is told twice, or by two at once, is fetched once', async () => {
    const id = await stage.arrive(sol, ana)
    await Promise.all([stage.queue(sol.accountId, [id]), stage.queue(sol.accountId, [id])])
    await stage.queue(sol.accountId, [id])
    expect(stage.asked).toHaveLength(1)
    expect((await objects()).length).toBe(1)
  })

  it('is found by the clock when the queue forgot it', async () => {
    const id = await stage.arrive(sol, ana)
    expect(await stage.cron()).toBe(0)
    await stage.later(limits.mediaQueueMs)
    expect(await stage.cron()).toBe(1)
    expect((await fileRow(id))?.state).toBe('kept')
  })

  it('larger than one part goes through in parts', async () => {
    const bytes = jpeg(9 * 1024 * 1024 + 17)
    const id = await stage.arrive(sol, ana, {
      type: 'document',
      mime: 'application/pdf',
      bytes,
      more: { filename: 'a.pdf' },
    })
    await stage.queue(sol.accountId, [id])
    const answer = await read(id)
    expect(digest(await answer.arrayBuffer())).toBe(digest(bytes))
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''a.pdf")
  })
})

describe('a file that cannot be had', () => {
  it('whose bytes are not what Meta announced is not kept, says so, and is tried again', async () => {
    const id = await stage.arrive(sol, ana, {
      more: { sha256: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    })
    await stage.queue(sol.accountId, [id])
    expect(await fileRow(id)).toMatchObject({ state: 'missed', reason: 'altered', attempts: 1 })
    expect(await objects()).toEqual([])
    expect((await read(id)).status).toBe(409)
  })

  it('with a dead token is missed, and comes by itself when the token lives', async () => {
    const id = await stage.arrive(sol, ana, { withUrl: false })
    await stage.fault({ kind: 'error', code: 190, status: 401, path: '/v25.0/', next: 1 })
    await stage.queue(sol.accountId, [id])
    expect(await fileRow(id)).toMatchObject({ state: 'missed', reason: 'not_connected' })
    await stage.later(limits.mediaRetryMs[0] as number)
    await stage.cron()
    expect(await fileRow(id)).toMatchObject({ state: 'kept', reason: null })
  })

  it('is fetched at once when somebody presses, which the ledger notes', async () => {
    const id = await stage.arrive(sol, ana, { withUrl: false })
    await stage.fault({ kind: 'error', code: 131052, status: 400, path: '/v25.0/', next: 1 })
    await stage.queue(sol.accountId, [id])
    expect(await fileRow(id)).toMatchObject({ state: 'missed', reason: 'not_at_meta' })
    const again = await fetchAgain(outsideOf(env, stage.injected), sol.accountId, id, 'member:mem_x')
    expect(again).toEqual({ ok: true, value: { state: 'kept', reason: null } })
    expect((await rowsOf('audit_entries')).filter(({ action }) => action === 'media.retry')).toMatchObject([
      { actor: 'member:mem_x', subject: id },
    ])
  })

  it('is given up after seven days, and not before', async () => {
    const id = await stage.arrive(sol, ana, { withUrl: false })
    await stage.fault({ kind: 'error', code: 100, status: 400, path: '/v25.0/', next: 200 })
    await stage.queue(sol.accountId, [id])
    let tries = 1
    for (; (await fileRow(id))?.state === 'missed' && tries < 60; tries++) {
      const { next_at } = (await fileRow(id)) as { next_at: number }
      await stage.later(Math.max(0, next_at - (stage.injected.now as () => number)()))
      await stage.cron()
    }
    expect(await fileRow(id)).toMatchObject({ state: 'gone', reason: 'not_at_meta', next_at: null })
    expect(tries).toBeGreaterThan(10)
    const asked = stage.asked.length
    await stage.later(limits.mediaTriesMs)
    await stage.cron()
    expect(stage.asked).toHaveLength(asked)
  })
})

describe('a fetch that is killed', () => {
  it('in the middle, and once more, leaves no half of a file, and the next one completes it', async () => {
    const bytes = jpeg(9 * 1024 * 1024)
    const id = await stage.arrive(sol, ana, { type: 'document', mime: 'application/pdf', bytes })
    for (let round = 0; round < 2; round++) {
      // The isolate dies: nothing after the cut runs, neither an abort nor a row.
      let died = () => {}
      const dead = new Promise<void>((resolve) => {
        died = resolve
      })
      const fetch = async () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(bytes.subarray(0, 5_000_000))
              died()
              return new Promise(() => undefined)
            },
          }),
        )
      void handleMediaJobs([{ body: { of: 'files', accountId: sol.accountId, ids: [id] } }], env, {
        ...stage.injected,
        fetch,
      })
      await dead
      expect((await fileRow(id))?.state).toBe('waiting')
      expect((await read(id)).status).toBe(409)
      expect(await objects()).toEqual([])
      await env.DB.prepare(`UPDATE media SET attempts = 0 WHERE message_id = ?`).bind(id).run()
    }
    await stage.later(limits.mediaLeaseMs + limits.mediaQueueMs)
    await stage.cron()
    expect(digest(await (await read(id)).arrayBuffer())).toBe(digest(bytes))
  })

  it('by a line that breaks is missed, and tried again', async () => {
    const id = await stage.arrive(sol, ana)
    await stage.fault({ kind: 'cut-body', path: '/whatsapp_business/', next: 1 })
    await stage.queue(sol.accountId, [id])
    expect(await fileRow(id)).toMatchObject({ state: 'missed', reason: 'unreachable' })
    await stage.later(limits.mediaRetryMs[0] as number)
    await stage.cron()
    expect((await fileRow(id))?.state).toBe('kept')
  })
})

describe('a file of somebody who is erased', () => {
  it('before the fetch, while it runs, or after it, is not kept', async () => {
    const before = await stage.arrive(sol, ana)
    const { contact_id: contactId } = (await fileRow(before)) as { contact_id: string }
    const neighbour = await stage.arrive(monsoon, ravi)
    await stage.queue(monsoon.accountId, [neighbour])
    const erase = async () => {
      await keeperOf(env.KEEPER, sol.accountId).forget([contactId], Date.now())
      await env.DB.prepare('DELETE FROM media WHERE contact_id = ?').bind(contactId).run()
    }
    const fetch: Stage['injected']['fetch'] = async (input, init) => {
      const answer = await (stage.injected.fetch as NonNullable<Stage['injected']['fetch']>)(input, init)
      await erase()
      return answer
    }
    await handleMediaJobs([{ body: { of: 'files', accountId: sol.accountId, ids: [before] } }], env, {
      ...stage.injected,
      fetch,
    })
    expect(await fileRow(before)).toBeNull()
    expect(await objects(`media/${sol.accountId}/`)).toEqual([])
    await stage.queue(sol.accountId, [before])
    expect(await objects(`media/${sol.accountId}/`)).toEqual([])
    expect((await read(neighbour, monsoon)).status).toBe(200)
  })
})

describe('a message that is taken back', () => {
  it('takes its file with it', async () => {
    const id = await stage.arrive(sol, mei)
    await stage.queue(sol.accountId, [id])
    expect(await objects()).toHaveLength(1)
    const revoke = { original_message_id: 'wamid.FILE0' }
    const timestamp = String(Math.floor(Date.now() / 1000) + 5)
    await postChanges(sol, messageChange(sol, mei, { id: 'wamid.REVOKE', timestamp, type: 'revoke', revoke }))
    await drain(sol)
    expect(await fileRow(id)).toMatchObject({ state: 'gone', reason: 'revoked' })
    expect((await read(id)).status).toBe(404)
    await stage.later(1)
    await stage.cron()
    expect(await objects()).toEqual([])
    expect((await fileRow(id))?.next_at).toBeNull()
  })
})

describe('whose file it is', () => {
  it('of another workspace, of somebody restricted and a missing one answer the same bytes', async () => {
    const id = await stage.arrive(sol, mei)
    await stage.queue(sol.accountId, [id])
    const foreign = await read(id, monsoon)
    const missing = await read('msg_nothing', monsoon)
    expect(foreign.status).toBe(404)
    expect(await foreign.text()).toBe(await missing.text())
    const { contact_id: subjectId } = (await fileRow(id)) as { contact_id: string }
    const hold = {
      accountId: sol.accountId,
      subjectId,
      kind: 'restricted' as const,
      reason: 'request',
      at: Date.now(),
    }
    await writeBatch(db, [holdInsert(db, hold)])
    expect((await read(id)).status).toBe(404)
    const key = await keyFor(sol, ['media'])
    expect((await ask(`/api/v1/messages/${id}/media`, { key })).status).toBe(403)
  })
})

describe('every query of files', () => {
  it.each([
    ['what is due', dueFilesQuery(db, 1, 20)],
    ['one file', fileQuery(db, sol.accountId, 'msg_x')],
    ['files of messages', filesQuery(db, sol.accountId, ['a', 'b'])],
  ])('finds %s through an index, without a scan or a sort', async (_, query) => {
    const { sql, params } = query.toSQL()
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>()
    const steps = plan.results.map(({ detail }) => detail)
    expect(steps.some((step) => /^SEARCH \w+ USING (COVERING )?INDEX/.test(step))).toBe(true)
    expect(steps.filter((step) => /SCAN (?!json_each)|TEMP B-TREE/.test(step))).toEqual([])
  })
})
