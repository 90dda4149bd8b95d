// The restore guard: has this database been set back to before an erasure? Asked before anything about people is served
// or written; answered from memory for a while. Called by app.ts, the intake and the cron. Why: docs/decisions/0021.

import { sql } from 'drizzle-orm'
import { database } from '../../db/client.ts'
import { limits } from '../ground/limits.ts'
import { log } from '../ground/log.ts'
import { ledgerHead } from './ledger.ts'

export type Standing = 'sound' | 'set back'

let sound = { until: 0, db: undefined as D1Database | undefined }

/** `set back`: the ledger outside knows erasures that the database does not. Never remembered, so that its end is seen at once. */
export async function guard(env: Pick<Env, 'DB' | 'FILES'>, now: number): Promise<Standing> {
  if (sound.until > now && sound.db === env.DB) return 'sound'
  if (await isSetBack(env)) {
    log('error', 'guard.set_back', {})
    return 'set back'
  }
  sound = { until: now + limits.guardEveryMs, db: env.DB }
  return 'sound'
}

/** The table is asked again after the ledger: an erasure of this very moment enters the table first. */
export async function isSetBack(env: Pick<Env, 'DB' | 'FILES'>): Promise<boolean> {
  const known = await knownErasures(env)
  const head = await ledgerHead(env.FILES, known)
  return head > known && head > (await knownErasures(env))
}

/** The number of the last erasure that this database knows; they are numbered and applied in order. */
export async function knownErasures(env: Pick<Env, 'DB'>): Promise<number> {
  const [row] = await database(env.DB).all<{ seq: number }>(
    sql`SELECT coalesce(max(seq), 0) AS seq FROM erasure_ledger`,
  )
  return row?.seq ?? 0
}

/** For whoever has just changed what the guard looks at. */
export function forgetGuard(): void {
  sound = { until: 0, db: undefined }
}
