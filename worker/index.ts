// What the platform starts: requests, the clock, the queue, and the Durable Objects. Everything a request can reach stands in app.ts.

import { documents } from '../db/documents.ts'
import { digestMembers } from './accounts/members.ts'
import { createApp } from './app.ts'
import { sealDue } from './audit/seals.ts'
import { canary } from './deletion/canary.ts'
import { lifecycle } from './deletion/lifecycle.ts'
import { restoreDue } from './deletion/restore.ts'
import { wakeDue } from './deletion/wake.ts'
import { settingsOf } from './env.ts'
import { handleErrands } from './errands.ts'
import { errorName, log } from './ground/log.ts'
import { hands } from './hands.ts'
import { replayDue } from './inbound/receive.ts'
import { deliverMails } from './mail/mail.ts'
import { handleMediaJobs, mediaDue } from './media-jobs.ts'
import { announce } from './notices/announce.ts'
import { onboardingWorld } from './onboarding/ask.ts'
import { visitDue } from './onboarding/doctor.ts'
import { resumeSignups } from './onboarding/signup.ts'
import { sweepRules } from './retention/rule-sweep.ts'
import { sweep } from './retention/sweep.ts'
import { runErrands } from './rights/errands.ts'
import { indexDue } from './search/index-due.ts'
import { settle } from './sending/settle.ts'
import { sendWaiting } from './sending/waiting-round.ts'
import { exportsDue } from './takeout/takeout.ts'
import { syncDue } from './upkeep/templates.ts'

export { Keeper } from './custody/keeper.ts'
export { Eraser } from './deletion/eraser.ts'
export { Intake } from './inbound/intake.ts'
export { Feed } from './live/feed.ts'
export { Transparency } from './transparency/transparency.ts'

const app = createApp({ loadSite: async () => (await import('./site.ts')).site })

/** Each duty on its own: one that fails keeps no other from its turn, but for the first, without which none may run. */
async function everyMinute(env: Env, ctx: ExecutionContext, now: number): Promise<void> {
  const settings = settingsOf(env)
  // A database that was set back must not be worked with before the erasures it has forgotten are applied again.
  await restoreDue(env, now)
  const duties = {
    replay: () => replayDue(env, settings.appId, now),
    settle: () => settle(env, settings, now),
    waiting: () => sendWaiting({ env, settings, now }),
    signups: () => resumeSignups(onboardingWorld(env, settings, now)),
    doctor: () => visitDue(onboardingWorld(env, settings, now)),
    files: () => mediaDue(env),
    words: () => indexDue(env, now),
    errands: () => runErrands({ env, settings, now }, hands),
    deletions: () => wakeDue(env),
    lifecycle: () => lifecycle(env, settings, now),
    mail: () => deliverMails(env, settings, now),
    notices: () => announce({ env, settings, now }, documents),
    sweep: () => sweep(env, now),
    rules: () => sweepRules(env, now),
    exports: () => exportsDue({ env, settings, now }),
    templates: () => syncDue({ env, settings, now, fetch: (url, init) => fetch(url, init) }),
    digests: () => digestMembers(env, now),
    seal: () => sealDue(env, now),
    canary: () => canary(env, settings, now, async (request) => app.fetch(request, env, ctx)),
  }
  for (const [name, duty] of Object.entries(duties)) {
    try {
      await duty()
    } catch (cause) {
      log('error', 'cron.failed', { route: name, error: errorName(cause) })
    }
  }
}

export default {
  fetch: app.fetch,
  scheduled: (_, env, ctx) => everyMinute(env, ctx, Date.now()),
  queue: ({ queue, messages }, env) =>
    queue.endsWith('-media')
      ? handleMediaJobs(messages, env)
      : handleErrands(messages, env, hands, Date.now()),
} satisfies ExportedHandler<Env>
