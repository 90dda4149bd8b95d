// The queue's part: somebody asked for something, and does not wait for the next minute. A message says only where to look,
// so one that is lost, late or nonsense costs nothing: the cron looks everywhere. Called by index.ts.

import { z } from 'zod'
import { guard } from './custody/guard.ts'
import { settingsOf } from './env.ts'
import type { Errand } from './ground/errands.ts'
import { errorName, log } from './ground/log.ts'
import { runErrands } from './rights/errands.ts'
import type { Hands } from './rights/hands.ts'

const errand: z.ZodType<Errand> = z.object({
  of: z.enum(['wishes', 'requests', 'packages', 'waiting']),
  accountId: z.string().min(1).max(64),
})

/** Each workspace once, one after the other; nothing while the database is set back. */
export async function handleErrands(
  messages: readonly { body: unknown }[],
  env: Env,
  hands: Hands,
  now: number,
): Promise<void> {
  const accountIds = new Set(
    messages.flatMap(({ body }) => {
      const parsed = errand.safeParse(body)
      return parsed.success ? parsed.data.accountId : []
    }),
  )
  if ((await guard(env, now)) === 'set back') return
  const world = { env, settings: settingsOf(env), now }
  for (const accountId of accountIds) {
    try {
      await runErrands(world, hands, accountId)
    } catch (cause) {
      log('warn', 'errand.failed', { accountId, error: errorName(cause) })
    }
  }
}
