// What people asked for in the chat: a wish becomes a request, or an objection, and is answered where it was said, before
// anything is done that would leave nobody to answer. Run by errands.ts. Nothing is said about it anywhere else.

import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { type Database, database, schema, writeBatch } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import { entryInsert } from '../audit/audit.ts'
import { holdInsert, holdLiftInsert } from '../audit/holds.ts'
import { type Answer, answerText } from '../consent/answers.ts'
import { dueWishesQuery, leaseWish, type WishRow, wishDoneUpdate } from '../consent/wishes.ts'
import { sha256 } from '../crypto/digest.ts'
import { idFrom } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { claimChatCode } from '../proofs/codes.ts'
import type { Hands } from './hands.ts'
import { type OpenedRequest, openRequest } from './requests.ts'

const { auditEntries, contacts, deletions, holds, requests } = schema

/** Every wish whose time has come; of one workspace where it is named. One that fails keeps no other from its turn. */
export async function handleWishes(world: World, hands: Hands, accountId?: string): Promise<number> {
  const db = database(world.env.DB)
  const due = await dueWishesQuery(db, world.now, accountId)
  for (const wish of due) {
    try {
      if (await leaseWish(db, wish, world.now)) await handle(world, db, hands, wish)
    } catch (cause) {
      log('warn', 'wish.failed', { accountId: wish.accountId, error: errorName(cause) })
    }
  }
  return due.length
}

/** What is to be said, and the request that begins once it was. `undefined`: there is nothing to say. */
type Reply = { answer: Answer; begins?: string } | undefined

async function handle(world: World, db: Database, hands: Hands, wish: WishRow): Promise<void> {
  const reply = (await isGoing(db, wish)) ? undefined : await act(world, db, wish)
  const said = reply ? await reach(world, hands, wish, reply.answer) : 'never'
  if (said === 'later' && world.now < wish.at + limits.windowMs) return
  await writeBatch(db, [
    wishDoneUpdate(db, wish.messageId),
    ...(reply?.begins === undefined ? [] : [beginUpdate(db, reply.begins, world.now)]),
  ])
}

const reach = (world: World, hands: Hands, wish: WishRow, answer: Answer) =>
  hands.say(world, wish, answerText(answer, wish.language, operator.contact), `wish:${wish.messageId}`)

/** What waited for its answer to be said. */
const beginUpdate = (db: Database, id: string, now: number) =>
  db
    .update(requests)
    .set({ nextAt: now })
    .where(and(eq(requests.id, id), eq(requests.state, 'granted'), gt(requests.nextAt, now)))

/** Erased, or about to be: whatever they ask for is answered by that. */
async function isGoing(db: Database, { accountId, contactId }: WishRow): Promise<boolean> {
  const [held, going] = await db.batch([
    db
      .select({ id: contacts.id })
      .from(contacts)
      .where(and(eq(contacts.id, contactId), eq(contacts.accountId, accountId))),
    db
      .select({ id: deletions.id })
      .from(deletions)
      .where(
        and(
          eq(deletions.accountId, accountId),
          eq(deletions.scope, 'contact'),
          eq(deletions.subjectId, contactId),
          sql`${deletions.state} <> 'cancelled'`,
        ),
      ),
  ])
  return held.length === 0 || going.length > 0
}

async function act(world: World, db: Database, wish: WishRow): Promise<Reply> {
  switch (wish.kind) {
    case 'stop':
    case 'start':
      return object(db, wish, wish.kind, world.now)
    case 'code':
      return useCode(world, db, wish)
    default:
      return ask(world, wish, wish.kind)
  }
}

type Type = Parameters<typeof openRequest>[1]['type']

async function ask(world: World, wish: WishRow, type: Type): Promise<Reply> {
  const { accountId, contactId, messageId, language } = wish
  const asked = {
    accountId,
    subjectKind: 'contact',
    subjectId: contactId,
    type,
    door: 'chat',
    language,
  } as const
  const id = idFrom('rgt', sha256(`wish:${messageId}`))
  const opened: OpenedRequest = await openRequest(world, asked, { id, waitMs: limits.answerFirstMs })
  const { url, dueAt } = opened
  return opened.id === id
    ? { answer: { says: 'received', type, url, dueAt }, begins: id }
    : { answer: { says: 'again', type, url, dueAt } }
}

/** Meta tells whole seconds; the rest tells two messages of one second apart, and is the same for every try. */
const instantOf = ({ at, messageId }: WishRow): number => {
  const [high = 0, low = 0] = sha256(messageId)
  return at + ((high * 256 + low) % 1_000)
}

async function useCode(world: World, db: Database, wish: WishRow): Promise<Reply> {
  const purpose =
    wish.codeDigest === null ? undefined : await claimChatCode(db, wish.codeDigest, instantOf(wish))
  if (purpose !== undefined && purpose !== 'subscribe') return ask(world, wish, purpose)
  return { answer: { says: 'over', url: `${world.settings.publicOrigin}/data-deletion` } }
}

/** Said twice, or after a newer word, it changes nothing, and then nothing is said. */
async function object(db: Database, wish: WishRow, kind: 'stop' | 'start', now: number): Promise<Reply> {
  const { accountId, contactId: subjectId, messageId, at } = wish
  const answer: Answer = { says: kind === 'stop' ? 'stopped' : 'started' }
  const id = idFrom('aud', sha256(`wish:${messageId}`))
  const { ours, newer, stands } = await loadObjection(db, wish, id)
  if (ours) return newer ? undefined : { answer }
  if (newer || stands === (kind === 'stop')) return undefined
  const hold = { accountId, subjectId, kind: 'objected', reason: 'chat', at } as const
  const action = kind === 'stop' ? 'hold.place' : 'hold.lift'
  await writeBatch(db, [
    kind === 'stop' ? holdInsert(db, hold) : holdLiftInsert(db, hold),
    entryInsert(db, {
      id,
      accountId,
      actor: 'person',
      action,
      subject: subjectId,
      reason: 'objected: chat',
      at: now,
    }),
  ])
  return { answer }
}

async function loadObjection(db: Database, { accountId, contactId, at }: WishRow, entryId: string) {
  const [entries, [hold]] = await db.batch([
    db.select({ id: auditEntries.id }).from(auditEntries).where(eq(auditEntries.id, entryId)),
    db
      .select({
        newer: sql<number>`max(${holds.at}, coalesce(${holds.liftedAt}, 0)) > ${at}`,
        stands: sql<number>`${or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at))}`,
      })
      .from(holds)
      .where(and(eq(holds.accountId, accountId), eq(holds.subjectId, contactId), eq(holds.kind, 'objected'))),
  ])
  return { ours: entries.length > 0, newer: hold?.newer === 1, stands: hold?.stands === 1 }
}
