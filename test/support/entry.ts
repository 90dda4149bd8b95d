// The Worker as tests run it: everything but Astro, which the `node` project covers through the real build.

import { createApp } from '../../worker/app.ts'

export { Keeper } from '../../worker/custody/keeper.ts'
export { Eraser } from '../../worker/deletion/eraser.ts'
export { Intake } from '../../worker/inbound/intake.ts'
export { Feed } from '../../worker/live/feed.ts'
export { Transparency } from '../../worker/transparency/transparency.ts'

const site = {
  fetch: () => new Response('the site', { status: 404, headers: { 'content-type': 'text/plain' } }),
}

export default {
  fetch: createApp({ loadSite: async () => site }).fetch,
  // Whoever wants errands run in a test runs them there.
  queue: (batch: MessageBatch) => batch.ackAll(),
}
