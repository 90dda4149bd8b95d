// The stage of the tests of files: the cast in D1, the same cast at the simulated Meta, and a clock that both go by. What stands in
// the queue is run by hand, so that a test decides when, and whether at all.

import { env } from 'cloudflare:workers'
import { hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { filesDue } from '../../../worker/media/jobs.ts'
import type { Injected } from '../../../worker/media/outside.ts'
import { handleMediaJobs, outsideOf } from '../../../worker/media-jobs.ts'
import { createMeta, type Meta } from '../../simulators/meta/meta.ts'
import { testBindings } from '../../support/bindings.ts'
import type { Business, Person } from '../../support/cast.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

export type FileRow = {
  message_id: string
  contact_id: string
  holder_id: string
  state: string
  reason: string | null
  mime: string
  bytes: number | null
  attempts: number
  next_at: number | null
}

export type Stage = {
  meta: Meta
  /** Addresses that were asked, in order. */
  asked: string[]
  injected: Injected
  /** Moves both clocks. */
  later: (ms: number) => Promise<void>
  fault: (body: Record<string, unknown>) => Promise<void>
  /** A file that a person sends; answers the id of its message. */
  arrive: (business: Business, person: Person, file?: Sent) => Promise<string>
  /** As the queue tells it. */
  queue: (accountId: string, ids: string[]) => Promise<void>
  cron: () => Promise<number>
}
export type Sent = {
  type?: string
  mime?: string
  bytes?: Uint8Array<ArrayBuffer>
  /** Beside id, type and hash. */
  more?: Record<string, unknown>
  withUrl?: boolean
}

export const jpeg = (size = 300, seed = 7): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + seed * 17 + (i >> 8)) & 255
  bytes.set([0xff, 0xd8, 0xff, 0xe0].slice(0, size))
  return bytes
}

export async function openStage(): Promise<Stage> {
  await seedCast()
  const meta = createMeta({
    appSecret: testBindings.META_APP_SECRETS,
    settings: { autoStatuses: false, requireAppSecretProof: true },
    fetch: async () => {
      throw new Error('the simulator has nobody to call')
    },
  })
  const asked: string[] = []
  let offset = 0
  const injected: Injected = {
    now: () => Date.now() + offset,
    timeoutMs: 2_000,
    fetch: (input, init) => {
      asked.push(input)
      return meta.fetch(new Request(input, init))
    },
  }
  const post = (path: string, body: unknown) =>
    meta.fetch(new Request(`https://graph.test/_sim${path}`, { method: 'POST', body: JSON.stringify(body) }))
  let count = 0
  return {
    meta,
    asked,
    injected,
    later: async (ms) => {
      offset += ms
      await meta.advance(ms)
    },
    fault: async (body) => void (await post('/faults', body)),
    arrive: async (
      business,
      person,
      { type = 'image', mime = 'image/jpeg', bytes = jpeg(), more, withUrl = true } = {},
    ) => {
      const stored = await meta.fetch(
        new Request(`https://graph.test/_sim/media?phone_number_id=${business.phoneNumberId}`, {
          method: 'POST',
          headers: { 'content-type': mime },
          body: bytes,
        }),
      )
      const { id, sha256: hash } = (await stored.json()) as { id: string; sha256: string }
      const url = withUrl ? { url: await urlOf(meta, business, id) } : {}
      const wamid = `wamid.FILE${count++}`
      const payload = { id, mime_type: mime, sha256: hash, ...url, ...more }
      const timestamp = String(Math.floor(Date.now() / 1000))
      await postChanges(
        business,
        messageChange(business, person, { id: wamid, timestamp, type, [type]: payload }),
      )
      await drain(business)
      return newestFile(business)
    },
    queue: (accountId, ids) => handleMediaJobs([{ body: { of: 'files', accountId, ids } }], env, injected),
    cron: () => filesDue(outsideOf(env, injected)),
  }
}

async function urlOf(meta: Meta, business: Business, id: string): Promise<string> {
  const proof = { authorization: `Bearer ${business.token}` }
  const { appSecretProof } = await import('../../simulators/meta/crypto.ts')
  const signed = await appSecretProof(testBindings.META_APP_SECRETS, business.token)
  const answer = await meta.fetch(
    new Request(`https://graph.test/v25.0/${id}?appsecret_proof=${signed}`, { headers: proof }),
  )
  return ((await answer.json()) as { url: string }).url
}

async function newestFile({ accountId }: Business): Promise<string> {
  const row = await env.DB.prepare(
    'SELECT message_id FROM media WHERE account_id = ? ORDER BY rowid DESC LIMIT 1',
  )
    .bind(accountId)
    .first<{ message_id: string }>()
  return row?.message_id ?? ''
}

export const fileRow = (messageId: string) =>
  env.DB.prepare('SELECT * FROM media WHERE message_id = ?').bind(messageId).first<FileRow>()

export const objects = async (prefix = 'media/'): Promise<string[]> =>
  (await env.FILES.list({ prefix })).objects.map(({ key }) => key)

export const digest = (bytes: ArrayBuffer | Uint8Array): string => hex(sha256(new Uint8Array(bytes)))
