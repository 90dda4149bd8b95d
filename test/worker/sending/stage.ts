// The stage of the sending tests: the cast in D1, the same cast at the simulated Meta, and the Cloud API door between
// them with a fetch that reaches nothing but https://graph.test.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { database, schema, writeBatch } from '../../../db/client.ts'
import { loadPrincipal } from '../../../worker/accounts/auth.ts'
import { newKey } from '../../../worker/accounts/keys.ts'
import { type DoorEnv, scopeNames } from '../../../worker/audit/principal.ts'
import { contactsUpsert, conversationId, conversationsUpsert } from '../../../worker/conversations/record.ts'
import { keeperOf, openColumns } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { type Injected, usual } from '../../../worker/sending/outside.ts'
import { proxyWith } from '../../../worker/sending/routes.ts'
import * as cast from '../../simulators/meta/cast.ts'
import { createMeta, type Meta } from '../../simulators/meta/meta.ts'
import { defaultTemplates } from '../../simulators/meta/templates-default.ts'
import { ana, type Business, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'

export const db = database(env.DB)
export const settings = settingsOf(env)
export const version = 'v25.0'

const portfolios = { [sol.accountId]: cast.panaderia.id, [monsoon.accountId]: cast.monsoon.id }

function businessAtMeta(business: Business, firstTemplate: bigint) {
  const templates = defaultTemplates.map((template, i) => ({
    ...template,
    id: String(firstTemplate + BigInt(i)),
  }))
  const number = {
    id: business.phoneNumberId,
    displayPhoneNumber: `+${business.displayPhoneNumber}`,
    verifiedName: business.name,
  }
  const flows = [{ id: `80${business.wabaId}`, name: 'book_a_cake', status: 'PUBLISHED' }]
  const groups = [
    {
      id: `group-${business.numberId}`,
      numberId: business.phoneNumberId,
      subject: 'Friends',
      people: ['ana'],
    },
  ]
  const waba = { id: business.wabaId, name: business.name, numbers: [number], templates, flows, groups }
  return {
    id: portfolios[business.accountId] as string,
    name: business.name,
    token: business.token,
    wabas: [waba],
  }
}

const personAtMeta = (id: string, person: Person, country: string) => ({
  id,
  name: person.name ?? id,
  country,
  ...(person.phone === undefined ? { phone: cast.mei.phone, hidesPhone: true } : { phone: person.phone }),
  userIds: { [portfolios[sol.accountId] as string]: person.bsuid as string },
})

export const templateIds = { sol: '18901122334455661', monsoon: '18901122334466771' }

function simulate(): Meta {
  return createMeta({
    appSecret: cast.app.appSecret,
    businesses: [
      businessAtMeta(sol, BigInt(templateIds.sol)),
      businessAtMeta(monsoon, BigInt(templateIds.monsoon)),
    ],
    people: [
      personAtMeta('ana', ana, 'ES'),
      personAtMeta('ravi', ravi, 'IN'),
      personAtMeta('mei', mei, 'SG'),
    ],
    settings: { autoStatuses: false, requireAppSecretProof: true, enforcePairRate: false },
    fetch: async () => {
      throw new Error('the simulator has nobody to call')
    },
  })
}

export type Called = { status: number; text: string; json: Loose; headers: Headers }
export type Loose = { [key: string]: Loose } & { [index: number]: Loose } & string
export type CallOptions = { key?: string; body?: unknown; headers?: Record<string, string>; raw?: BodyInit }

/** Everything that a test may touch. `later` resolves when what goes on after the answers has ended. */
export type Stage = {
  meta: Meta
  keys: { sol: string; monsoon: string }
  requests: { url: string; authorization: string | null }[]
  call: (method: string, path: string, options?: CallOptions) => Promise<Called>
  later: () => Promise<void>
  sim: (path: string, body: unknown) => Promise<Loose>
  setNow: (now: number | undefined) => void
  keyWith: (business: Business, scopes: readonly string[]) => Promise<string>
}

const quick: Injected['times'] = {
  graphTimeoutMs: 2_000,
  graphLateMs: 0,
  idempotencyPollMs: 5,
  idempotencyWaitMs: 2_000,
  idempotencyLeaseMs: 90_000,
}

export async function openStage(
  times: Partial<Injected['times']> = {},
  fetchInstead?: Injected['fetch'],
): Promise<Stage> {
  await seedCast()
  const meta = simulate()
  const requests: Stage['requests'] = []
  const contexts: ReturnType<typeof createExecutionContext>[] = []
  let clock: number | undefined
  const fetch: Injected['fetch'] = async (input, init) => {
    const request = new Request(input, init)
    if (new URL(input).origin !== 'https://graph.test')
      throw new Error(`un-simulated network: ${new URL(input).origin}`)
    requests.push({ url: input, authorization: request.headers.get('authorization') })
    return fetchInstead ? fetchInstead(input, init) : meta.fetch(request)
  }
  const app = door({ fetch, now: () => clock ?? Date.now(), times: { ...quick, ...times } })
  const keyWith = async (business: Business, scopes: readonly string[]) => {
    const { created, statements } = newKey(
      db,
      { accountId: business.accountId, memberId: null, name: 'test', scopes },
      'operator',
      Date.now(),
    )
    await writeBatch(db, statements)
    return created.key
  }
  const keys = { sol: await keyWith(sol, scopeNames), monsoon: await keyWith(monsoon, scopeNames) }
  return {
    meta,
    keys,
    requests,
    keyWith,
    setNow: (now) => {
      clock = now
    },
    call: async (method, path, options = {}) => {
      const context = createExecutionContext()
      contexts.push(context)
      const response = await app.fetch(requestOf(method, path, options, keys.sol), env, context)
      const text = await response.text()
      return { status: response.status, text, json: jsonOf(text), headers: response.headers }
    },
    later: async () => {
      for (const context of contexts.splice(0)) await waitOnExecutionContext(context)
    },
    sim: async (path, body) => {
      const response = await meta.fetch(
        new Request(`https://graph.test/_sim${path}`, { method: 'POST', body: JSON.stringify(body) }),
      )
      return (await response.json()) as Loose
    },
  }
}

function door(injected: Injected) {
  return new Hono<DoorEnv>()
    .use(async (c, next) => {
      c.set('settings', settings)
      const principal = await loadPrincipal(db, c.req.header('authorization'), Date.now(), () => undefined)
      if (principal) c.set('principal', principal)
      await next()
    })
    .route('/', proxyWith({ ...usual, ...injected }))
}

function requestOf(
  method: string,
  path: string,
  { key, body, headers, raw }: CallOptions,
  usualKey: string,
): Request {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const address = path.startsWith('https:') ? path : `https://gateway.test/${version}${path}`
  return new Request(address, {
    method,
    headers: { authorization: `Bearer ${key ?? usualKey}`, ...type, ...headers },
    ...(content === undefined ? {} : { body: content }),
  })
}

function jsonOf(text: string): Loose {
  try {
    return JSON.parse(text) as Loose
  } catch {
    return {} as Loose
  }
}

/** The person wrote to the business: at Meta and in our rows. */
export async function wrote(
  stage: Stage,
  business: Business,
  person: 'ana' | 'ravi' | 'mei',
  at = Date.now(),
): Promise<string> {
  const subject = { ana, ravi, mei }[person]
  const heard = await stage.sim('/messages', {
    phone_number_id: business.phoneNumberId,
    person,
    timestamp: Math.floor(at / 1000),
  })
  const ids = { ...('phone' in subject ? { phone: subject.phone } : {}), bsuid: heard.user_id as string }
  const { subjects } = await keeperOf(env.KEEPER, business.accountId).resolve([{ ...ids, at, create: true }])
  const known = subjects[0]
  if (known?.state !== 'known') throw new Error('the person is not known')
  const { accountId, numberId } = business
  const { contactId } = known
  await writeBatch(db, [
    contactsUpsert(db, [{ id: contactId, accountId, createdAt: at, lastSeenAt: at }]),
    conversationsUpsert(db, [
      {
        id: conversationId(numberId, contactId),
        accountId,
        numberId,
        contactId,
        createdAt: at,
        lastMessageAt: at,
        userLastAt: at,
      },
    ]),
  ])
  return heard.id as string
}

export const messagesPath = (business: Business) => `/${business.phoneNumberId}/messages`
export const textTo = (to: string, body = 'Su pedido sale hoy') => ({
  messaging_product: 'whatsapp',
  to,
  type: 'text',
  text: { body },
})
export const templateTo = (to: string) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'template',
  template: { name: 'hello_world', language: { code: 'en_US' } },
})

export const messageRows = (business: Business) =>
  db.query.messages.findMany({ where: (t, { eq }) => eq(t.accountId, business.accountId) })
export const auditRows = (business: Business) =>
  db.query.auditEntries.findMany({ where: (t, { eq }) => eq(t.accountId, business.accountId) })
export const holdRows = (business: Business) =>
  db.query.holds.findMany({ where: (t, { eq }) => eq(t.accountId, business.accountId) })

export async function newestMessage(business: Business) {
  const rows = await messageRows(business)
  return rows.sort((a, b) => b.at - a.at || b.receivedAt - a.receivedAt)[0] as (typeof rows)[number]
}

export async function messageById(id: string) {
  return (await db.query.messages.findFirst({ where: (t, { eq }) => eq(t.id, id) })) as Awaited<
    ReturnType<typeof messageRows>
  >[number]
}

export async function opened(
  business: Business,
  table: string,
  column: string,
  rowId: string,
  sealed: string | null,
) {
  const [plain] = await openColumns(
    env.KEEPER,
    business.accountId,
    [{ table, column, rowId, sealed }],
    Date.now(),
  )
  return plain
}

/** Every row of every table that a call could have changed for this account, to be compared before and after. */
export async function dump(business: Business): Promise<string> {
  const tables = [
    'contacts',
    'conversations',
    'messages',
    'message_statuses',
    'message_changes',
    'holds',
    'idempotency_keys',
    'audit_entries',
  ]
  const rows = await Promise.all(
    tables.map((table) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE account_id = ? ORDER BY 1, 2, 3`)
        .bind(business.accountId)
        .all(),
    ),
  )
  return JSON.stringify(rows.map((result) => result.results))
}

export { ana, mei, monsoon, ravi, schema, sol }
