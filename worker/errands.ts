// The queue's part: somebody asked for something, and does not wait for the next minute. A message says only where to look,
// so one that is lost, late or nonsense costs nothing: the cron looks everywhere. Called by index.ts.

import { z } from 'zod'
import { guard } from './custody/guard.ts'
import { settingsOf } from './env.ts'
import type { Errand } from './ground/errands.ts'
import { errorName, log } from './ground/log.ts'
import { runErrands } from './rights/errands.ts'
import type { Hands } from './rights/hands.ts'
import { sendWaiting } from './sending/waiting-round.ts'
import { exportsDue } from './takeout/takeout.ts'

const errand: z.ZodType<Errand> = z.object({
  of: z.enum(['wishes', 'requests', 'packages', 'exports', 'waiting']),
  accountId: z.string().min(1).max(64),
})

/** Each workspace once, one after the other; nothing while the database is set back. */
export async function handleErrands(
  messages: readonly { body: unknown }[],
  env: Env,
  hands: Hands,
  now: number,
): Promise<void> {
  const errands = messages.flatMap(({ body }) => errand.safeParse(body).data ?? [])
  const of = (...kinds: Errand['of'][]) =>
    new Set(errands.flatMap((one) => (kinds.includes(one.of) ? one.accountId : [])))
  if ((await guard(env, now)) === 'set back') return
  const world = { env, settings: settingsOf(env), now }
  for (const accountId of of('wishes', 'requests', 'packages'))
    await tryTo(accountId, () => runErrands(world, hands, accountId))
  for (const accountId of of('waiting')) await tryTo(accountId, () => sendWaiting(world, accountId))
  for (const accountId of of('exports')) await tryTo(accountId, () => exportsDue(world, accountId))
}

async function tryTo(accountId: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    log('warn', 'errand.failed', { accountId, error: errorName(cause) })
  }
}
