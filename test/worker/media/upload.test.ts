import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { beforeAll, describe, expect, it } from 'vitest'
import { database, writeBatch } from '../../../db/client.ts'
import { loadPrincipal } from '../../../worker/accounts/auth.ts'
import type { DoorEnv } from '../../../worker/audit/principal.ts'
import { openFileContents } from '../../../worker/conversations/files.ts'
import { filesQuery } from '../../../worker/conversations/list-messages.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { mediaRoom } from '../../../worker/media/routes.ts'
import { fileStatements } from '../../../worker/sending/file.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, db, keyFor } from '../api/stage.ts'
import { digest, fileRow, jpeg, objects, openStage, type Stage } from './stage.ts'

let stage: Stage
let key = ''
let conversation = ''
let contact = ''
let theirs = ''

beforeAll(async () => {
  stage = await openStage()
  key = await keyFor(sol)
  const at = Date.now()
  const mine = await seedConversation(sol, ana, [{ wamid: 'wamid.A', at }])
  conversation = mine.conversationId
  contact = mine.contactId
  theirs = (await seedConversation(monsoon, ravi, [{ wamid: 'wamid.B', at }])).conversationId
})

type Sent = { to?: string; mime?: string; bytes?: Uint8Array<ArrayBuffer>; name?: string; as?: string }

/** Through the door, with a Meta that is simulated. */
async function upload({ to = conversation, mime = 'image/jpeg', bytes = jpeg(), name, as = key }: Sent = {}) {
  const app = new Hono<DoorEnv>()
    .use(async (c, next) => {
      c.set('settings', settingsOf(env))
      const principal = await loadPrincipal(
        database(env.DB),
        c.req.header('authorization'),
        Date.now(),
        () => undefined,
      )
      if (principal) c.set('principal', principal)
      await next()
    })
    .route('/', mediaRoom(stage.injected))
  app.onError((cause) =>
    Response.json(
      { code: (cause as { code?: string }).code, ...(cause as { details?: object }).details },
      { status: 400 },
    ),
  )
  const answer = await app.fetch(
    new Request(`https://gateway.test/conversations/${to}/media`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${as}`,
        'content-type': mime,
        ...(name ? { 'x-filename': name } : {}),
      },
      body: bytes,
    }),
    env,
  )
  return {
    status: answer.status,
    json: (await answer.json()) as { id: string; code?: string; detail?: string },
  }
}
const atMeta = () => [...stage.meta.world.state.media.values()]

describe('an upload', () => {
  it('goes to Meta and is kept sealed, under the id of the message it will be sent with', async () => {
    const bytes = jpeg(300_000)
    const { status, json } = await upload({ bytes, name: encodeURIComponent('tarta de boda ñ.jpg') })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      kind: 'image',
      mime: 'image/jpeg',
      bytes: 300_000,
      filename: 'tarta de boda ñ.jpg',
    })
    const [held] = atMeta().slice(-1)
    expect(digest(Uint8Array.from(atob(held?.base64 ?? ''), (c) => c.charCodeAt(0)))).toBe(digest(bytes))
    expect(await fileRow(json.id)).toMatchObject({ state: 'uploaded', bytes: 300_000 })
    const [content] = await openFileContents(
      env.KEEPER,
      sol.accountId,
      await filesQuery(db, sol.accountId, [json.id]),
      Date.now(),
    )
    expect(content).toMatchObject({ id: held?.id, kind: 'image', filename: 'tarta de boda ñ.jpg' })
    const shown = await ask(`/api/v1/messages/${json.id}/media`, { key })
    expect(digest(await shown.arrayBuffer())).toBe(digest(bytes))
    expect(await rowsOf('audit_entries')).toContainEqual(
      expect.objectContaining({ action: 'media.upload', subject: json.id, account_id: sol.accountId }),
    )
  })

  it('that WhatsApp would not take is refused before anything leaves, and leaves nothing', async () => {
    const [before, asked] = [await objects(), stage.asked.length]
    const large = jpeg(5 * 1024 * 1024 + 1)
    for (const sent of [
      { mime: 'image/gif' },
      { mime: 'image/png' },
      { bytes: new Uint8Array() },
      { bytes: large },
      { mime: 'text/html', bytes: jpeg() },
    ]) {
      const { json } = await upload(sent)
      expect(json.code).toBe('file_refused')
      expect(json.detail).toBeTruthy()
    }
    expect(stage.asked).toHaveLength(asked)
    expect(await objects()).toEqual(before)
    expect((await rowsOf('media')).every(({ bytes }) => bytes !== null)).toBe(true)
  })

  it('that Meta refuses, or does not answer, leaves nothing', async () => {
    const [before, rows] = [await objects(), await rowsOf('media')]
    await stage.fault({ kind: 'error', code: 131053, status: 400, path: '/media', next: 1 })
    expect((await upload()).json.code).toBe('file_refused')
    await stage.fault({ kind: 'html', path: '/media', next: 1 })
    expect((await upload()).json.code).toBe('meta_unreachable')
    await stage.fault({ kind: 'error', code: 190, status: 401, path: '/media', next: 1 })
    expect((await upload()).json.code).toBe('conflict')
    expect(await objects()).toEqual(before)
    expect(await rowsOf('media')).toEqual(rows)
  })

  it('into a conversation of somebody else is as into none', async () => {
    expect((await upload({ to: theirs })).json).toEqual((await upload({ to: 'cnv_none' })).json)
    expect((await upload({ as: await keyFor(sol, ['conversations:read']) })).json.code).toBe('forbidden')
  })

  it('that is not sent goes after a day; one that is sent stays, and is the message’s', async () => {
    const [unsent, sent] = [(await upload()).json.id, (await upload()).json.id]
    const keys = await keeperOf(env.KEEPER, sol.accountId).keyFor(contact)
    const { accountId, numberId } = sol
    const message = { messageId: sent, accountId, contactId: contact, numberId, key: keys, at: Date.now() }
    await writeBatch(db, await fileStatements(db, { type: 'image', payload: { id: '901' } }, message))
    expect(await fileRow(sent)).toMatchObject({ state: 'kept', next_at: null })
    await stage.later(limits.mediaUnsentMs + 1)
    while ((await stage.cron()) > 0);
    expect(await fileRow(unsent)).toBeNull()
    expect((await fileRow(sent))?.state).toBe('kept')
    expect((await objects()).some((name) => name.endsWith(unsent))).toBe(false)
    expect((await objects()).some((name) => name.endsWith(sent))).toBe(true)
  })

  it('whose end was cut off is ended by the clock, with its name', async () => {
    const { id } = (await upload({ name: 'secret.jpg' })).json
    await env.DB.prepare(
      `UPDATE media SET state = 'gone', reason = 'unsent', next_at = 0 WHERE message_id = ?`,
    )
      .bind(id)
      .run()
    while ((await stage.cron()) > 0);
    expect(await fileRow(id)).toBeNull()
    expect((await objects()).some((name) => name.endsWith(id))).toBe(false)
  })

  it('can be taken back while it is not sent', async () => {
    const { id } = (await upload()).json
    const path = `/api/v1/conversations/${conversation}/media/${id}`
    expect((await ask(path, { key: await keyFor(monsoon), method: 'DELETE' })).status).toBe(404)
    expect((await ask(path, { key, method: 'DELETE' })).status).toBe(204)
    expect((await ask(path, { key, method: 'DELETE' })).status).toBe(404)
    expect(await fileRow(id)).toBeNull()
  })
})

describe('a file that the caller’s own software gave to Meta', () => {
  it('is fetched by its id once it is sent, and stands in the conversation', async () => {
    const { json } = await upload({ bytes: jpeg(777) })
    const metaId = atMeta().at(-1)?.id as string
    const keys = await keeperOf(env.KEEPER, sol.accountId).keyFor(contact)
    const { accountId, numberId } = sol
    const at = (stage.injected.now as () => number)()
    const message = { messageId: 'msg_from_outside', accountId, contactId: contact, numberId, key: keys, at }
    await writeBatch(db, await fileStatements(db, { type: 'image', payload: { id: metaId } }, message))
    await stage.later(limits.mediaQueueMs + 1)
    await stage.cron()
    expect(await fileRow('msg_from_outside')).toMatchObject({ state: 'kept', bytes: 777, mime: 'image/jpeg' })
    expect(json.id).not.toBe('msg_from_outside')
  })
})
