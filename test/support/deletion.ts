// Deletions without waiting: the Eraser's alarm is run, and what it waits for is brought forward in its journal.

import { env } from 'cloudflare:workers'
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'

export const eraserOf = (accountId: string) => env.ERASER.getByName(accountId)

/** Whatever a job waits for has come, the end of the backups and the turn of the keys included. */
export async function hasten(accountId: string): Promise<void> {
  await env.KEEPER.getByName(accountId).turn()
  await runInDurableObject(eraserOf(accountId), (_, state) => {
    state.storage.sql.exec(
      `UPDATE jobs SET next_at = 0, facts = CASE WHEN json_extract(facts, '$.scannedAt') IS NULL THEN facts
         ELSE json_set(facts, '$.goneBy', min(coalesce(json_extract(facts, '$.goneBy'), ?1), ?1)) END`,
      Date.now() - 1,
    )
  })
}

export const stateOf = async (id: string): Promise<string | undefined> =>
  (await env.DB.prepare(`SELECT state FROM deletions WHERE id = ?`).bind(id).first<{ state: string }>())?.state

/** Runs the Eraser until the deletion is there, or this often. */
export async function walkTo(accountId: string, id: string, wanted: string, rounds = 60): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if ((await stateOf(id)) === wanted) return
    await hasten(accountId)
    await runDurableObjectAlarm(eraserOf(accountId))
  }
  throw new Error(`the deletion is ${await stateOf(id)}, not ${wanted}: ${JSON.stringify(await journal(accountId))}`)
}

export const journal = (accountId: string): Promise<unknown[]> =>
  runInDurableObject(eraserOf(accountId), (_, state) =>
    state.storage.sql.exec(`SELECT * FROM steps ORDER BY job, position`).toArray(),
  )
