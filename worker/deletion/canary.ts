// The nightly proof that erasing works where it really runs: somebody invented writes to an invented business through
// Meta's own door, is read back and exported through the API, is erased, and must then be nowhere. One run a UTC day; each
// tick does what can be done and leaves. Called by the cron (index.ts) and, for the outcome, by /healthz (app.ts).

import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { newKey } from '../accounts/keys.ts'
import { entryInsert } from '../audit/audit.ts'
import { fromBase64, fromUtf8, hex, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { hmac } from '../crypto/hmac.ts'
import { keeperOf, platformAccount, sealColumn } from '../custody/sealing.ts'
import { limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'
import { requestDeletion } from './request.ts'

const { accounts, apiKeys, canaryRuns, contacts, deletions, messages, numbers, receipts, wabas } = schema

/** Meta's ids have no zeros in front: nothing of ours can be taken for a customer's. */
const business = {
  accountId: 'acc_canary',
  wabaId: '000000000000001',
  numberId: 'num_canary',
  phoneNumberId: '000000000000002',
  phone: '999000000000',
}

/** `post` is our own front door. */
type World = { env: Env; settings: Settings; now: number; post: (request: Request) => Promise<Response> }
type Run = typeof canaryRuns.$inferSelect
type Person = { phone: string; bsuid: string; name: string; words: string[] }

/** Somebody new every day, the same one all day. 999 is a country code that nobody has, XX a country that is none. */
export function personOf(day: string): Person {
  const mark = hex(sha256(`canary:${day}`))
  const digits = BigInt(`0x${mark.slice(0, 16)}`)
    .toString()
    .padStart(12, '0')
    .slice(-9)
  const words = ['first', 'second', 'third'].map(
    (which, i) => `canary ${which} ${mark.slice(i * 12, i * 12 + 12)}`,
  )
  return {
    phone: `999${digits}`,
    bsuid: `XX.${mark.slice(36, 60)}`,
    name: `Canary ${mark.slice(24, 36)}`,
    words,
  }
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Begins today's run, or brings what is under way one step further. Safe to repeat at any point. */
export async function canary(
  env: Env,
  settings: Settings,
  now: number,
  post: (request: Request) => Promise<Response>,
): Promise<void> {
  const world: World = { env, settings, now, post }
  const db = database(env.DB)
  const today = dayOf(now)
  const runs = await db
    .select()
    .from(canaryRuns)
    .where(sql`${canaryRuns.day} = ${today} OR ${canaryRuns.state} IN ('conversing', 'erasing')`)
    .orderBy(canaryRuns.day)
  for (const run of runs) {
    if (run.state === 'conversing') await readBack(world, db, run)
    else if (run.state === 'erasing') await prove(world, db, run)
  }
  if (!runs.some(({ day }) => day === today)) await begin(world, db, today)
}

async function begin(world: World, db: Database, day: string): Promise<void> {
  await placeBusiness(world, db)
  const answer = await world.post(await webhook(world, personOf(day)))
  const run: Run = {
    day,
    state: 'conversing',
    reason: null,
    deletionId: null,
    startedAt: world.now,
    finishedAt: null,
  }
  await writeBatch(db, [db.insert(canaryRuns).values(run).onConflictDoNothing()])
  if (answer.status !== 200) await finish(world, db, run, 'the webhook was refused')
}

/** The account and its number stay; the token is none. */
async function placeBusiness({ env, now }: World, db: Database): Promise<void> {
  const { accountId, wabaId, numberId: id, phoneNumberId, phone } = business
  const { account } = await keeperOf(env.KEEPER, accountId).resolve([])
  const seal = (table: string, column: string, row: string, plain: string) =>
    sealColumn(account.seal, table, column, row, plain)
  const token = await seal('wabas', 'token', wabaId, 'no token')
  const displayPhoneNumber = await seal('numbers', 'display_phone_number', id, phone)
  const verifiedName = await seal('numbers', 'verified_name', id, 'Canary')
  const number = { id, accountId, wabaId, phoneNumberId, connectedAt: now, displayPhoneNumber, verifiedName }
  await writeBatch(db, [
    db.insert(accounts).values({ id: accountId, name: 'Canary', createdAt: now }).onConflictDoNothing(),
    db.insert(wabas).values({ wabaId, accountId, token, connectedAt: now }).onConflictDoNothing(),
    db.insert(numbers).values(number).onConflictDoNothing(),
  ])
}

/** As Meta would write it, signed as Meta would sign it. */
async function webhook({ settings, now }: World, person: Person): Promise<Request> {
  const { phone, bsuid, name, words } = person
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: business.phone, phone_number_id: business.phoneNumberId },
    contacts: [{ profile: { name }, wa_id: phone, user_id: bsuid }],
    messages: words.map((body, i) => ({
      from: phone,
      from_user_id: bsuid,
      id: `wamid.${Buffer.from(`${phone}:${i}`).toString('base64')}`,
      timestamp: String(Math.floor(now / 1000)),
      type: 'text',
      text: { body },
    })),
  }
  const entry = [{ id: business.wabaId, changes: [{ field: 'messages', value }] }]
  const body = utf8(JSON.stringify({ object: 'whatsapp_business_account', entry }))
  const signature = `sha256=${hex(hmac(settings.appSecrets[0] as string, body))}`
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
  return new Request(`${settings.publicOrigin}/webhooks/meta`, { method: 'POST', body, headers })
}

/** Once everything that was written can be read: export it, and ask for the erasure. */
async function readBack(world: World, db: Database, run: Run): Promise<void> {
  const person = personOf(run.day)
  const { env, settings, now } = world
  const query = { phone: person.phone, bsuid: person.bsuid, at: now, create: false }
  const { subjects } = await keeperOf(env.KEEPER, business.accountId).resolve([query])
  const subjectId = subjects[0]?.state === 'known' ? subjects[0].contactId : undefined
  const asked = { accountId: business.accountId, scope: 'contact', door: 'canary', actor: 'system' } as const
  const late = now - run.startedAt > limits.canaryMs
  if (late && subjectId) await requestDeletion({ env, settings, now }, { ...asked, subjectId })
  if (late) return finish(world, db, run, 'what was written could not be read in time')
  if (!subjectId || (await countMessages(db, subjectId)) < person.words.length) return
  const missing = await missingFromExport(world, db, person, subjectId)
  const { id } = await requestDeletion({ env, settings, now }, { ...asked, subjectId })
  if (missing) return finish(world, db, run, missing)
  await db.update(canaryRuns).set({ state: 'erasing', deletionId: id }).where(eq(canaryRuns.day, run.day))
}

async function countMessages(db: Database, contactId: string): Promise<number> {
  const { accountId } = business
  const mine = sql`conversation_id IN (SELECT id FROM conversations WHERE account_id = ${accountId} AND contact_id = ${contactId})`
  return db.$count(messages, and(eq(messages.accountId, accountId), mine))
}

/** Through the front door, with a key that lives as long as the call. */
async function missingFromExport(
  { settings, now, post }: World,
  db: Database,
  { phone, bsuid, name, words }: Person,
  contactId: string,
): Promise<string | undefined> {
  const scopes = ['conversations:read'] as const
  const wanted = { accountId: business.accountId, memberId: null, name: 'Canary', scopes }
  const { created, statements } = newKey(db, wanted, 'system', now)
  await writeBatch(db, statements)
  try {
    const headers = { authorization: `Bearer ${created.key}` }
    const answer = await post(
      new Request(`${settings.publicOrigin}/api/v1/contacts/${contactId}/export`, { headers }),
    )
    if (answer.status !== 200) return 'the export was refused'
    const text = await answer.text()
    return [phone, bsuid, name, ...words].every((piece) => text.includes(piece))
      ? undefined
      : 'the export lacks something'
  } finally {
    await db.delete(apiKeys).where(eq(apiKeys.id, created.id))
  }
}

/** Erased, searched for, and no key left that a backup could use. */
async function prove(world: World, db: Database, run: Run): Promise<void> {
  const { env, now } = world
  const deletion = await db
    .select()
    .from(deletions)
    .where(eq(deletions.id, run.deletionId ?? ''))
    .get()
  const erased = deletion?.state === 'erased' || deletion?.state === 'completed'
  const pending = erased ? await keeperOf(env.KEEPER, business.accountId).shredPending() : undefined
  if (deletion && pending?.keys === 0)
    return finish(world, db, run, await doubt(db, deletion.id, deletion.subjectId))
  if (now - run.startedAt > limits.canaryMs)
    await finish(
      world,
      db,
      run,
      erased ? 'a destroyed key could still be derived' : 'the erasure took too long',
    )
}

/** Why the erasure is not proven; undefined when it is. */
async function doubt(db: Database, deletionId: string, contactId: string): Promise<string | undefined> {
  const receipt = await db
    .select()
    .from(receipts)
    .where(and(eq(receipts.deletionId, deletionId), eq(receipts.kind, 'live')))
    .get()
  if (!receipt) return 'there is no receipt'
  const claims = JSON.parse(fromUtf8(fromBase64(receipt.jws.split('.')[1] ?? ''))) as {
    residue?: { values: number; found: number } | null
  }
  if (!claims.residue || claims.residue.values === 0) return 'nothing was searched'
  if (claims.residue.found !== 0) return 'something of the contact was found'
  const { accountId } = business
  const left =
    (await db.$count(contacts, and(eq(contacts.accountId, accountId), eq(contacts.id, contactId)))) +
    (await countMessages(db, contactId))
  return left === 0 ? undefined : 'rows of the contact are left'
}

/** Without a reason it passed. */
async function finish({ now }: World, db: Database, run: Run, reason?: string): Promise<void> {
  const state = reason === undefined ? 'passed' : 'failed'
  const open = and(eq(canaryRuns.day, run.day), inArray(canaryRuns.state, ['conversing', 'erasing']))
  const action = reason === undefined ? 'canary.pass' : 'canary.fail'
  await writeBatch(db, [
    db
      .update(canaryRuns)
      .set({ state, reason: reason ?? null, finishedAt: now })
      .where(open),
    entryInsert(db, {
      accountId: platformAccount,
      actor: 'system',
      action,
      subject: run.day,
      reason,
      at: now,
    }),
  ])
}

export type CanaryHealth = { state: Run['state'] | 'none' | 'unreadable'; at: string | null }

/** How the newest run stands. `unreadable` when the database does not answer in time: that is news, and no failure. */
export async function loadCanaryHealth(d1: D1Database): Promise<CanaryHealth> {
  const unreadable: CanaryHealth = { state: 'unreadable', at: null }
  try {
    const newest = database(d1).select().from(canaryRuns).orderBy(desc(canaryRuns.day)).limit(1).get()
    const run = await Promise.race([newest, scheduler.wait(limits.healthMs).then(() => null)])
    if (run === null) return unreadable
    if (!run) return { state: 'none', at: null }
    return { state: run.state, at: new Date(run.finishedAt ?? run.startedAt).toISOString() }
  } catch {
    return unreadable
  }
}
