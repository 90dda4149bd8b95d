// Deletions without waiting: the Eraser's alarm is run, and what it waits for is brought forward in its journal.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type StepName, steps } from '../../worker/deletion/steps.ts'

export const eraserOf = (accountId: string) => env.ERASER.getByName(accountId)

/** Whatever a job waits for has come, the end of the backups and the turn of the keys included. */
export async function hasten(accountId: string): Promise<void> {
  if (accountId !== 'platform') await env.KEEPER.getByName(accountId).turn()
  await runInDurableObject(eraserOf(accountId), (_, state) => {
    state.storage.sql.exec(
      `UPDATE jobs SET next_at = 0, facts = CASE WHEN json_extract(facts, '$.scannedAt') IS NULL THEN facts
         ELSE json_set(facts, '$.goneBy', min(coalesce(json_extract(facts, '$.goneBy'), ?1), ?1)) END`,
      Date.now() - 1,
    )
  })
}

export const stateOf = async (id: string): Promise<string | undefined> =>
  (await env.DB.prepare(`SELECT state FROM deletions WHERE id = ?`).bind(id).first<{ state: string }>())
    ?.state

/** Runs the Eraser until the deletion is there, or this often. */
export async function walkTo(accountId: string, id: string, wanted: string, rounds = 60): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if ((await stateOf(id)) === wanted) return
    await hasten(accountId)
    await runDurableObjectAlarm(eraserOf(accountId))
  }
  throw new Error(
    `the deletion is ${await stateOf(id)}, not ${wanted}: ${JSON.stringify(await journal(accountId))}`,
  )
}

export const journal = (accountId: string): Promise<unknown[]> =>
  runInDurableObject(eraserOf(accountId), (_, state) =>
    state.storage.sql.exec(`SELECT * FROM steps ORDER BY job, position`).toArray(),
  )

/** From here on until it is evicted this Eraser works only when it is told to by `work`: its alarms do nothing. */
export const holdStill = (accountId: string): Promise<void> =>
  runInDurableObject(eraserOf(accountId), (instance) => {
    Object.assign(instance, { alarm: async () => {} })
  })

/** What an alarm does, now, on whatever is due. */
export const work = (accountId: string): Promise<void> =>
  runInDurableObject(eraserOf(accountId), (instance) =>
    (Object.getPrototypeOf(instance) as { alarm: () => Promise<void> }).alarm.call(instance),
  )

/** As walkTo, for an Eraser that is held still. */
export async function workTo(accountId: string, id: string, wanted: string, rounds = 60): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if ((await stateOf(id)) === wanted) return
    await hasten(accountId)
    await work(accountId)
  }
  throw new Error(
    `the deletion is ${await stateOf(id)}, not ${wanted}: ${JSON.stringify(await journal(accountId))}`,
  )
}

/** Something happens right before each step, in the middle of the walk. Answers how to take it away again. */
export function beforeEachStep(happens: (step: StepName) => Promise<void>): () => void {
  const table = steps as unknown as [string, (...given: unknown[]) => Promise<unknown>][]
  const own = table.map(([, step]) => step)
  table.forEach((entry, i) => {
    entry[1] = async (...given) => {
      await happens(entry[0] as StepName)
      return own[i]?.(...given)
    }
  })
  return () =>
    table.forEach((entry, i) => {
      entry[1] = own[i] as (typeof own)[number]
    })
}
