// The contact form: a letter is kept for its visitor and mailed to whoever operates this gateway. Called by public-routes.ts.

import { sql } from 'drizzle-orm'
import { database, writeBatch } from '../../db/client.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { newMail } from '../mail/mail.ts'
import { mailTexts } from '../mail/templates.ts'
import { type Letter, newLetter, roomForLetter } from '../visitors/letters.ts'

/** The mail leaves by itself; `mailId` is for sending it at once. */
export async function takeLetter(
  { env, now }: World,
  letter: Letter,
): Promise<Result<{ mailId: string }, { reason: 'too_many' }>> {
  const db = database(env.DB)
  const { visitor, statements } = await newLetter(db, env.KEEPER, letter, now)
  const mail = await newMail(
    db,
    env.KEEPER,
    {
      to: { operatorAbout: { visitorId: visitor.id } },
      kind: 'letter',
      replyTo: letter.email,
      ...mailTexts.letterToOperator(letter),
    },
    now,
  )
  try {
    await writeBatch(db, [...statements, mail.statement])
  } catch (cause) {
    const room = await db.get<{ free: number }>(sql`SELECT ${roomForLetter(visitor.id, now)} AS free`)
    if (room?.free === 1) throw cause
    return refused({ reason: 'too_many' })
  }
  return ok({ mailId: mail.id })
}
