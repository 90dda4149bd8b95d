// A gateway in which Ana has written and sent a picture, and what a test does with a request of hers: order, take, unpack.

import { env } from 'cloudflare:workers'
import { strFromU8, unzipSync } from 'fflate'
import { expect } from 'vitest'
import { schema } from '../../../db/client.ts'
import { concat, utf8 } from '../../../worker/crypto/bytes.ts'
import { codeDigest } from '../../../worker/custody/codes.ts'
import { sealFile } from '../../../worker/custody/files.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { dayMs } from '../../../worker/ground/limits.ts'
import { packageOf } from '../../../worker/rights/package.ts'
import { type RequestRow, requestByCode } from '../../../worker/rights/row.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db } from '../api/stage.ts'

type Doc = {
  about: { kind: string; name: string | null; email: string | null }
  controller: { kind: string; name: string }
  recipients: { name: string }[]
  tables: Record<string, Record<string, unknown>[]>
  files: { name: string; path: string | null; note: string | null; bytes: number }[]
  complete: boolean
}

export const at = 1_795_305_600
export const picture = concat(utf8('a picture '), new Uint8Array(100_000).fill(7))
/** Filled in before the first test. */
export const ids = { ana: '', ravi: '' }
let serial = 0
let orders = 0

export const world = (now = Date.now()) => ({ env, settings: settingsOf(env), now })
export async function contactOf(
  accountId: string,
  person: { phone: string; bsuid: string },
): Promise<string> {
  const query = { phone: person.phone, bsuid: person.bsuid, at: at * 1000, create: false }
  const { subjects } = await keeperOf(env.KEEPER, accountId).resolve([query])
  return subjects[0]?.state === 'known' ? subjects[0].contactId : ''
}

export async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const got: Uint8Array[] = []
  for await (const part of parts) got.push(part)
  return concat(...got)
}
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes
}
export async function putMedia(
  contactId: string,
  name: string,
  bytes: Uint8Array,
  contentType = 'image/jpeg',
) {
  const key = `media/${sol.accountId}/${contactId}/${name}`
  const seal = await keeperOf(env.KEEPER, sol.accountId).keyFor(contactId)
  await env.FILES.put(key, await collect(sealFile(seal, key, once(bytes))), { httpMetadata: { contentType } })
}

/** A request as it stands once it was granted; its code. */
export async function request(more: Partial<RequestRow> = {}): Promise<string> {
  const code = String(++serial).padStart(26, 'c')
  await db.insert(schema.requests).values({
    ...{
      id: `rgt_${serial}`,
      accountId: sol.accountId,
      subjectKind: 'contact',
      subjectId: ids.ana,
      type: 'access',
    },
    ...{ door: 'chat', language: 'es', codeDigest: codeDigest(code), state: 'granted', regimes: 'gdpr@1' },
    ...{ receivedAt: Date.now(), dueAt: Date.now() + 15 * dayMs },
    ...more,
  })
  return code
}
/** Each from a network of its own: how many come from one is tested where that is counted. */
export const order = (code: string, body: unknown = {}) =>
  ask(`/api/v1/public/requests/${code}/package`, {
    body,
    headers: { 'cf-connecting-ip': `198.51.${++orders >> 8}.${orders & 255}` },
  })
export const take = (code: string) => ask(`/api/v1/public/requests/${code}/package`)
export const rowOf = async (code: string) => {
  const own = await requestByCode(db, code).get()
  return packageOf(db, own?.id ?? '')
}
const unzip = async (answer: Response) => {
  const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()))
  const doc = JSON.parse(strFromU8(entries['data.json'] as Uint8Array)) as Doc
  return { entries, doc, page: strFromU8(entries['index.html'] as Uint8Array) }
}
/** Ordered, built, taken. */
export async function packageFor(code: string) {
  expect((await order(code)).status).toBe(202)
  const answer = await take(code)
  expect(answer.status).toBe(200)
  return { answer, ...(await unzip(answer)) }
}

/** The cast, with something said and sent; `ids` is filled. */
export async function seedTalk(): Promise<void> {
  await seedCast()
  const third = { formatted_name: 'Lucía Herrera' }
  const card = { name: third, phones: [{ phone: '+34 655 000 111', wa_id: '34655000111' }] }
  const messages = [
    textMessage('wamid.A1', `<b>hola</b>, soy ${ana.phone}; Lucía: +34 655-000-111, lucia@mail.example`, at),
    { id: 'wamid.A2', timestamp: String(at + 1), type: 'contacts', contacts: [card] },
    {
      id: 'wamid.A3',
      timestamp: String(at + 2),
      type: 'image',
      image: { id: '991', mime_type: 'image/jpeg', caption: 'mi gato' },
    },
  ]
  for (const message of messages) await postChanges(sol, messageChange(sol, ana, message))
  await postChanges(sol, messageChange(sol, ravi, textMessage('wamid.R1', 'words of ravi', at)))
  await postChanges(monsoon, messageChange(monsoon, ana, textMessage('wamid.M1', 'words to monsoon', at)))
  await drain()
  ids.ana = await contactOf(sol.accountId, ana as { phone: string; bsuid: string })
  ids.ravi = await contactOf(sol.accountId, ravi as { phone: string; bsuid: string })
  await putMedia(ids.ana, '991', picture)
  await putMedia(ids.ravi, '992', utf8('of ravi'))
}

/** Each test asks anew: of one kind about one person there is one request at a time. */
export async function closeRequests(): Promise<void> {
  await env.DB.prepare(`UPDATE requests SET state = 'done' WHERE state IN ('waiting', 'granted')`).run()
}
