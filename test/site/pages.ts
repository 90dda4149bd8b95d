// Every public page, by the address that the tests open; and the addresses that lead to more of the same kind. Called by
// browser.test.ts.

import type { Site } from './site.ts'

export type PublicPage = {
  name: string
  /** From the root; a function where the address is only known once somebody has asked for something. */
  path: string | ((site: Site) => string | Promise<string>)
  /** 200 unless said. */
  status?: number
  /** So long that examining it twice takes longer than it tells. */
  large?: boolean
  /** A text that people rely on before they have an account: no script, light, for crawlers. */
  legal?: true
}

const legal = (path: string): PublicPage => ({ name: path, path, legal: true })
const page = (path: string): PublicPage => ({ name: path, path })

export const publicPages: PublicPage[] = [
  page('/'),
  legal('/privacy'),
  legal('/privacy/1'),
  legal('/privacy/versions'),
  page('/privacy/compare'),
  legal('/terms'),
  legal('/dpa'),
  legal('/cookies'),
  legal('/subprocessors'),
  legal('/data-deletion'),
  page('/data-deletion/whatsapp'),
  page('/data-deletion/mail'),
  page('/rights'),
  page('/verify'),
  page('/contact'),
  page('/security'),
  page('/errors'),
  page('/errors/not_found'),
  { ...page('/docs/api'), large: true },
  page('/subprocessors/subscribe'),
  { name: 'an address that does not exist', path: '/no/such/page', status: 404 },
  { name: 'the page of a code that nobody has', path: `/data-deletion/${'z'.repeat(26)}`, status: 404 },
  { name: 'a deletion that runs', path: (site) => site.runningDeletion() },
  { name: 'a deletion that is held up', path: (site) => site.heldDeletion() },
  { name: 'a deletion of somebody nobody knew, completed', path: (site) => site.completedDeletion() },
  { name: 'a deletion with its receipt', path: (site) => site.erasedDeletion() },
  { name: 'a granted request for a copy', path: (site) => site.request() },
  { name: 'the page on which an owner decides', path: '/data-deletion/decide/any' },
]

/** One of each kind stands in the list above; the others are looked at as documents, not in the browser. */
export const kinds: RegExp[] = [
  /^\/errors\/[a-z_]+$/,
  /^\/(privacy|terms|cookies|subprocessors|dpa)\/\d+$/,
  /^\/(privacy|terms|cookies|subprocessors|dpa)\/compare(\/[^/]+)?$/,
  /^\/(terms|cookies|subprocessors|dpa)\/versions$/,
  // The door of the portal; what is behind it is looked at by somebody who is signed in (portal-stage.ts).
  /^\/portal$/,
]

/** What pages link to that is no page. */
export const documents: RegExp[] = [
  /^\/(openapi\.json|healthz|site\.webmanifest)$/,
  /^\/\.well-known\//,
  /^\/api\/v1\/public\//,
  /\.(xml|txt|json|svg|png|ico|css|js|atom)$/,
]
