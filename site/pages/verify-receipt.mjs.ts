// docs/verify-receipt.mjs, to be downloaded: whoever checks a receipt with it needs neither our source nor this site.

import script from '../../docs/verify-receipt.mjs?raw'

export const prerender = true

export const GET = (): Response =>
  new Response(script, { headers: { 'content-type': 'text/javascript; charset=utf-8' } })
