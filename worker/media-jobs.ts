// The queue MEDIA: a message says which rows to look at, never what. One that is lost, late or nonsense costs nothing, because the
// cron looks everywhere. Called by index.ts.

import { z } from 'zod'
import { guard } from './custody/guard.ts'
import { settingsOf } from './env.ts'
import { limits } from './ground/limits.ts'
import { errorName, log } from './ground/log.ts'
import type { MediaJob } from './ground/media-jobs.ts'
import { fetchFiles, filesDue } from './media/jobs.ts'
import type { Injected, Outside } from './media/outside.ts'
import { indexDue } from './search/index-due.ts'

const job: z.ZodType<MediaJob> = z.object({
  of: z.enum(['files', 'words']),
  accountId: z.string().min(1).max(64),
  ids: z.array(z.string().min(1).max(64)).max(limits.mediaJobIds),
})

export const outsideOf = (env: Env, injected: Injected = {}): Outside => ({
  ...{ env, settings: settingsOf(env), now: Date.now, fetch: (input, init) => fetch(input, init) },
  timeoutMs: limits.graphTimeoutMs,
  ...injected,
})

/** Nothing while the database is set back. One job that fails keeps no other from its turn. */
export async function handleMediaJobs(
  messages: readonly { body: unknown }[],
  env: Env,
  injected: Injected = {},
): Promise<void> {
  const out = outsideOf(env, injected)
  if ((await guard(env, out.now())) === 'set back') return
  const words = new Set<string>()
  for (const { body } of messages) {
    const parsed = job.safeParse(body)
    if (!parsed.success) continue
    const { of, accountId, ids } = parsed.data
    if (of === 'words') words.add(accountId)
    else await attempt(accountId, () => fetchFiles(out, accountId, ids))
  }
  for (const accountId of words) await attempt(accountId, () => indexDue(env, out.now(), accountId))
}

async function attempt(accountId: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    log('warn', 'media.job_failed', { accountId, error: errorName(cause) })
  }
}

/** The cron's part. */
export const mediaDue = (env: Env, injected: Injected = {}): Promise<number> =>
  filesDue(outsideOf(env, injected))
