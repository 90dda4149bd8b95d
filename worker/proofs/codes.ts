// One-time codes: what proves that a mail address, or a WhatsApp account, belongs to whoever asks. They are kept only as keyed
// digests. Nothing here looks at what is held about anybody, so every answer is the same for everybody. Called by the rights
// walk, by the signin walk and, for codes in the chat, by what handles messages.

import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import {
  assertion,
  type Database,
  database,
  rowsInsert,
  type Statement,
  schema,
  statement,
  writeBatch,
} from '../../db/client.ts'
import { equalSecret } from '../crypto/hmac.ts'
import {
  type AccountKeys,
  emailDigest,
  keeperOf,
  keyedDigest,
  openColumns,
  platformAccount,
  sealColumn,
} from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'

const { challenges } = schema

/** What a request is for; a code for signing in is the library's, and only counted here. */
export type Purpose = Exclude<(typeof challenges.$inferSelect)['purpose'], 'sign_in'>
export type IssuedMailCode = { id: string; code: string; address: string; expiresAt: number }
/** `language`: BCP 47. */
type MailContent = { email: string; language: string }

const hourMs = dayMs / 24
const chatAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

const loadPlatform = async ({ env }: Pick<World, 'env'>): Promise<AccountKeys> =>
  (await keeperOf(env.KEEPER, platformAccount).resolve([])).account

/** Uniform below `bound`. */
function below(bound: number): number {
  const whole = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const [value] = crypto.getRandomValues(new Uint32Array(1)) as unknown as [number]
    if (value < whole) return value % bound
  }
}

const newMailCode = (): string => String(below(1_000_000)).padStart(6, '0')

function newChatCode(): string {
  const letters = Array.from({ length: 8 }, () => chatAlphabet[below(chatAlphabet.length)]).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}

/** Digits of what somebody typed, whatever stands between them. */
const readDigits = (code: string): string => code.normalize('NFKC').replace(/\D/g, '')

const mailCodeDigest = (platform: AccountKeys, id: string, code: string): string =>
  keyedDigest(platform, 'mail_code', `${id}:${readDigits(code)}`)

/**
 * The same for a code in lower case or without its dash. Another for another purpose: a code does only what the sentence around
 * it says.
 */
export const chatCodeDigest = (platform: AccountKeys, purpose: Purpose, code: string): string =>
  keyedDigest(platform, 'chat_code', `${purpose}:${code.toUpperCase().replace(/[^0-9A-Z]/g, '')}`)

const bounds = {
  request: [
    { most: limits.mailCodesPerHour, withinMs: hourMs },
    { most: limits.mailCodesPerDay, withinMs: dayMs },
  ],
  sign_in: [
    { most: limits.signInCodesPerHour, withinMs: hourMs },
    { most: limits.signInCodesPerDay, withinMs: dayMs },
  ],
}

/** Whether one more code for signing in may be made: asked before the library makes one, which ends those before. */
export const maySignInByMail = async (
  { env, now }: Pick<World, 'env' | 'now'>,
  digest: string,
): Promise<boolean> =>
  holds(database(env.DB), free({ purpose: 'sign_in', targetDigest: digest }, bounds.sign_in, now))

/**
 * What stands for codes that the library of sessions makes and checks: the mail that carries one, and what is counted. It
 * holds nothing that proves anything.
 */
export async function noteSignInCode(
  world: World,
  email: string,
  mailOf: (issued: Pick<IssuedMailCode, 'id' | 'address'>) => Promise<{ id: string; statement: Statement }>,
): Promise<Result<{ expiresAt: number; mailId: string }, { reason: 'too_many' }>> {
  const platform = await loadPlatform(world)
  const id = newId('cha')
  const expiresAt = world.now + limits.mailCodeMs
  const mail = await mailOf({ id, address: email })
  const row = {
    ...({ id, channel: 'mail', purpose: 'sign_in', content: '', expiresAt } as const),
    targetDigest: emailDigest(platform, email),
    codeDigest: '',
  }
  const written = await write(world, platform, row, bounds.sign_in, [mail.statement])
  return written ? ok({ expiresAt, mailId: mail.id }) : refused({ reason: 'too_many' })
}

/**
 * A code for this address; `mailOf` makes the mail that carries it. Both are written in one batch, which the limits of the
 * address can refuse, so that codes asked for side by side cannot pass them.
 */
export async function issueMailCode(
  world: World,
  { purpose, email, language }: { purpose: Purpose; email: string; language: string },
  mailOf: (issued: IssuedMailCode) => Promise<{ id: string; statement: Statement }>,
): Promise<Result<{ id: string; expiresAt: number; mailId: string }, { reason: 'too_many' }>> {
  const platform = await loadPlatform(world)
  const address = email.trim()
  const issued: IssuedMailCode = {
    id: newId('cha'),
    code: newMailCode(),
    address,
    expiresAt: world.now + limits.mailCodeMs,
  }
  const content: MailContent = { email: address, language }
  const mail = await mailOf(issued)
  const written = await write(
    world,
    platform,
    {
      id: issued.id,
      channel: 'mail',
      purpose,
      targetDigest: emailDigest(platform, address),
      codeDigest: mailCodeDigest(platform, issued.id, issued.code),
      content: JSON.stringify(content),
      expiresAt: issued.expiresAt,
    },
    bounds.request,
    [mail.statement],
  )
  return written
    ? ok({ id: issued.id, expiresAt: issued.expiresAt, mailId: mail.id })
    : refused({ reason: 'too_many' })
}

/** A code that is sent in the chat with this number (digits, whosever it is). */
export async function issueChatCode(
  world: World,
  { purpose, number, language }: { purpose: Purpose; number: string; language: string },
): Promise<Result<{ code: string; expiresAt: number }, { reason: 'too_many' }>> {
  const platform = await loadPlatform(world)
  const code = newChatCode()
  const expiresAt = world.now + limits.chatCodeMs
  const written = await write(
    world,
    platform,
    {
      id: newId('cha'),
      channel: 'chat',
      purpose,
      targetDigest: keyedDigest(platform, 'chat_target', readDigits(number)),
      codeDigest: chatCodeDigest(platform, purpose, code),
      content: JSON.stringify({ language }),
      expiresAt,
    },
    [{ most: limits.chatCodesPerHour, withinMs: hourMs }],
    [],
  )
  return written ? ok({ code, expiresAt }) : refused({ reason: 'too_many' })
}

type Challenge = Pick<
  typeof challenges.$inferSelect,
  'id' | 'channel' | 'purpose' | 'targetDigest' | 'codeDigest' | 'content' | 'expiresAt'
>
type Bound = { most: number; withinMs: number }

/** False when the target has had too many. */
async function write(
  { env, now }: World,
  platform: AccountKeys,
  row: Challenge,
  within: Bound[],
  more: Statement[],
): Promise<boolean> {
  const db = database(env.DB)
  const content = await sealColumn(platform.seal, 'challenges', 'content', row.id, row.content)
  const condition = free(row, within, now)
  try {
    await writeBatch(db, [
      assertion(db, condition),
      rowsInsert(db, challenges, [{ ...row, content, tries: 0, createdAt: now }]),
      ...more,
    ])
    return true
  } catch (cause) {
    if (await holds(db, condition)) throw cause
    return false
  }
}

/** Signing in is counted apart: whoever does it often can still ask what is held about them. */
const free = (
  { purpose, targetDigest }: Pick<Challenge, 'purpose' | 'targetDigest'>,
  within: Bound[],
  now: number,
): SQL =>
  sql.join(
    within.map(
      ({ most, withinMs }) => sql`(SELECT count(*) FROM challenges
        WHERE target_digest = ${targetDigest} AND created_at > ${now - withinMs}
          AND (purpose = 'sign_in') = ${purpose === 'sign_in' ? 1 : 0}) < ${most}`,
    ),
    sql` AND `,
  )

const holds = async (db: Database, condition: SQL): Promise<boolean> =>
  (await db.get<{ free: number }>(sql`SELECT ${condition} AS free`))?.free === 1

/**
 * Five tries, ten minutes, once. The try is counted before the code is looked at, so that tries side by side are counted too.
 * `over`: unknown, expired, used, or tried too often. Nobody outside should be able to tell the two reasons apart.
 */
export async function checkMailCode(
  world: World,
  id: string,
  code: string,
): Promise<Result<{ purpose: Purpose; email: string; language: string }, { reason: 'wrong' | 'over' }>> {
  const { env, now } = world
  const db = database(env.DB)
  const platform = await loadPlatform(world)
  const given = mailCodeDigest(platform, id, code)
  const open = and(
    eq(challenges.id, id),
    eq(challenges.channel, 'mail'),
    isNull(challenges.usedAt),
    gt(challenges.expiresAt, now),
  )
  const [row] = await db
    .update(challenges)
    .set({ tries: sql`${challenges.tries} + 1` })
    .where(and(open, lt(challenges.tries, limits.mailCodeTries)))
    .returning()
  if (!row) return refused({ reason: 'over' })
  if (row.purpose === 'sign_in' || !equalSecret(given, row.codeDigest)) return refused({ reason: 'wrong' })
  const sealed = { table: 'challenges', column: 'content', rowId: id, sealed: row.content }
  const [content] = await openColumns(env.KEEPER, platformAccount, [sealed], now)
  const used = await use(db, id, now)
  if (!used || content === undefined) return refused({ reason: 'over' })
  const { email, language } = JSON.parse(content) as MailContent
  return ok({ purpose: row.purpose, email, language })
}

/** Once; the address is not kept any longer, here or in a mail that has not left. */
async function use(db: Database, id: string, now: number): Promise<boolean> {
  const [used] = await db.batch([
    db
      .update(challenges)
      .set({ usedAt: now, content: '' })
      .where(and(eq(challenges.id, id), isNull(challenges.usedAt)))
      .returning({ id: challenges.id }),
    statement(db, sql`DELETE FROM mails WHERE challenge_id = ${id}`) as never,
  ])
  return used.length > 0
}

/**
 * What the code was made for, once. `at` is when the message that carried it was written: asked again for the same message,
 * it answers the same, so that a try that broke off can be made again.
 */
export async function claimChatCode(
  db: Database,
  codeDigest: string,
  at: number,
): Promise<Purpose | undefined> {
  const [claimed] = await db
    .update(challenges)
    .set({ usedAt: at, content: '' })
    .where(
      and(
        eq(challenges.codeDigest, codeDigest),
        eq(challenges.channel, 'chat'),
        gt(challenges.expiresAt, at),
        or(isNull(challenges.usedAt), eq(challenges.usedAt, at)),
      ),
    )
    .returning({ purpose: challenges.purpose })
  return claimed?.purpose === 'sign_in' ? undefined : claimed?.purpose
}
