// What a Keeper has on disk, taken out and put back: a restore of its point-in-time backup, done by hand.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

export type KeeperState = Record<string, Record<string, SqlStorageValue>[]>

/** Every row of every table. */
export const keeperState = (accountId: string): Promise<KeeperState> =>
  runInDurableObject(env.KEEPER.getByName(accountId), (_, { storage }) =>
    Object.fromEntries(
      storage.sql
        .exec<{ name: string }>(
          `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
        )
        .toArray()
        .map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name} ORDER BY 1, 2`).toArray()]),
    ),
  )

/** The Keeper wakes up with these rows and no others, and remembers nothing. KV and R2 are left as they are. */
export async function putBackKeeper(accountId: string, state: KeeperState): Promise<void> {
  const keeper = env.KEEPER.getByName(accountId)
  await runInDurableObject(keeper, (_, { storage }) =>
    storage.transactionSync(() => {
      for (const [table, rows] of Object.entries(state)) {
        storage.sql.exec(`DELETE FROM ${table}`)
        for (const row of rows) {
          const places = Object.keys(row).map(() => '?')
          storage.sql.exec(
            `INSERT INTO ${table} (${Object.keys(row)}) VALUES (${places})`,
            ...Object.values(row),
          )
        }
      }
    }),
  )
  await evictDurableObject(keeper)
}

/** The message of the error that a call ends with; undefined when it does not fail. */
export async function whyNot(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

/** KV with something that happens before each put. */
export const hookedPut = (before: () => Promise<void>): KVNamespace =>
  new Proxy(env.KEYS, {
    get:
      (target, name) =>
      async (...given: unknown[]) => {
        if (name === 'put') await before()
        return (target as unknown as Record<string | symbol, (...all: unknown[]) => unknown>)[name]?.(
          ...given,
        )
      },
  })
