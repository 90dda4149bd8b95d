// Every URL on one page, in the order requests meet them. Called by index.ts, by tests and by scripts/openapi.ts, so
// nothing imported here may load a `cloudflare:` module when it is imported.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { except } from 'hono/combine'
import { HTTPException } from 'hono/http-exception'
import { TrieRouter } from 'hono/router/trie-router'
import { database } from '../db/client.ts'
import { loadPrincipal, loadSignedIn, principalIn } from './accounts/auth.ts'
import { keys, members, onlyOperator, operator } from './accounts/routes.ts'
import { ownSession } from './accounts/session-routes.ts'
import { workspaces } from './accounts/workspace-routes.ts'
import { agreements } from './agreements/routes.ts'
import type { DoorEnv } from './audit/principal.ts'
import { audit } from './audit/routes.ts'
import { contactImports } from './contacts/import-routes.ts'
import { contactNotes } from './contacts/note-routes.ts'
import { contacts } from './contacts/routes.ts'
import { beginning } from './conversations/begin-routes.ts'
import { notes } from './conversations/note-routes.ts'
import { conversations } from './conversations/routes.ts'
import { conversationStates } from './conversations/state-routes.ts'
import { guard } from './custody/guard.ts'
import { loadCanaryHealth } from './deletion/canary.ts'
import { operatorDeletions } from './deletion/operator-routes.ts'
import { publicDeletions } from './deletion/public-routes.ts'
import { deletionRoom, metaCallbacks } from './deletion/routes.ts'
import { NotConfigured, settingsOf } from './env.ts'
import { secure } from './ground/headers.ts'
import { readCapped } from './ground/http.ts'
import { newId } from './ground/ids.ts'
import { limits } from './ground/limits.ts'
import { errorName, log } from './ground/log.ts'
import { networkOf } from './ground/network.ts'
import { openApiRoom } from './ground/openapi.ts'
import { Problem, type ProblemCode, problemResponse } from './ground/problems.ts'
import { hands } from './hands.ts'
import { numberHealth, webhooks } from './inbound/routes.ts'
import { live } from './live/routes.ts'
import { mediaRoom } from './media/routes.ts'
import { sdkSources } from './meta/sdk.ts'
import { operatorNotices, publicSubscriptions } from './notices/routes.ts'
import { doctor } from './onboarding/doctor-routes.ts'
import { numbers } from './onboarding/routes.ts'
import { signup } from './onboarding/signup-routes.ts'
import { type Site, showPage } from './pages.ts'
import { gpcSupport, robotsText, securityText, sitemap } from './public-files.ts'
import { retention } from './retention/routes.ts'
import { operatorRights } from './rights/operator-routes.ts'
import { packageRoom } from './rights/package-routes.ts'
import { publicRights } from './rights/public-routes.ts'
import { businessRights } from './rights/request-routes.ts'
import { rights } from './rights/routes.ts'
import { searchRoom } from './search/routes.ts'
import { explanations } from './sending/explanation-routes.ts'
import { inbox } from './sending/inbox-routes.ts'
import { cloudApiPaths, proxy } from './sending/routes.ts'
import { publicSignIn } from './signin/public-routes.ts'
import { signInRoom } from './signin/routes.ts'
import { takeout } from './takeout/routes.ts'
import { jwks, transparencyLog } from './transparency/routes.ts'
import { numberUpkeep } from './upkeep/number-routes.ts'
import { templates } from './upkeep/template-routes.ts'

const api = openApiRoom<DoorEnv>()
  .route('/operator', operator)
  .route('/operator', operatorDeletions)
  .route('/operator', operatorNotices)
  .route('/operator', operatorRights(hands))
  .route('/public', publicSignIn)
  .route('/public', publicDeletions)
  .route('/public', publicSubscriptions)
  .route('/public', packageRoom)
  .route('/public', publicRights(hands))
  .route('/', ownSession)
  .route('/', signInRoom)
  .route('/', workspaces)
  .route('/', deletionRoom)
  .route('/', conversations)
  .route('/', conversationStates)
  .route('/', beginning)
  .route('/', notes)
  .route('/', inbox)
  .route('/', explanations)
  .route('/', live)
  .route('/', contacts)
  .route('/', contactNotes)
  .route('/', contactImports)
  .route('/', mediaRoom())
  .route('/', searchRoom)
  .route('/', numbers)
  .route('/', signup)
  .route('/', doctor)
  .route('/', numberHealth)
  .route('/', keys)
  .route('/', rights)
  .route('/', businessRights(hands))
  .route('/', audit)
  .route('/', transparencyLog)
  .route('/', members)
  .route('/', templates)
  .route('/', numberUpkeep)
  .route('/', retention)
  .route('/', agreements)
  .route('/', takeout)

/** For Hono's typed client. */
export type Api = typeof api

export type Doors = {
  /** The Astro site, loaded when somebody first asks for a page: the webhook path never pays for it. */
  loadSite: () => Promise<Site>
}

/** What a page or a form of one can be asked with. */
const forPages = ['GET', 'HEAD', 'POST']

const kept = { 'cache-control': 'public, max-age=300' }

/** What crawlers and browsers ask for at fixed addresses. */
const forMachines = new Hono<DoorEnv>()
  .get('/.well-known/security.txt', (c) =>
    c.text(securityText(c.var.settings.publicOrigin, Date.now()), 200, kept),
  )
  .get('/.well-known/gpc.json', (c) => c.json(gpcSupport, 200, kept))
  // There are no passwords: the page says how signing in works.
  .get('/.well-known/change-password', (c) => c.redirect('/security#sign-in', 302))
  .get('/robots.txt', (c) => c.text(robotsText(c.var.settings.publicOrigin), 200, kept))
  .get('/sitemap.xml', (c) =>
    c.body(sitemap(c.var.settings.publicOrigin), 200, { ...kept, 'content-type': 'application/xml' }),
  )

export function createApp({ loadSite }: Doors) {
  const app = new Hono<DoorEnv>()
  app.use(headers)
  app.get('/healthz', health)
  app.use(configured)

  app.get('/openapi.json', (c) => c.json(openApiDocument(), 200, kept))
  app.get('/.well-known/jwks.json', jwks)
  app.route('/', forMachines)
  app.use('/api/*', jsonApi)
  app.use('/api/v1/operator/*', onlyOperator)
  app.use('/api/v1/public/*', seldom)
  app.use('/api/v1/public/*', except('/api/v1/public/deletions/*', unlessRestored))
  app.use('/api/v1/*', except(['/api/v1/operator/*', '/api/v1/public/*'], authenticated, unlessRestored))
  app.route('/api/v1', api)
  app.all('/api/*', (c) => missing(app, c))

  for (const path of cloudApiPaths) app.use(path, recognised)
  app.route('/', proxy)

  // Doors of the framework that no page of ours uses.
  app.all('/_image', () => problemResponse('not_found'))
  app.all('/_server-islands/*', () => problemResponse('not_found'))
  app.all('*', async (c) => {
    if (!forPages.includes(c.req.method))
      return problemResponse('method_not_allowed', { headers: { allow: forPages.join(', ') } })
    const ctx = c.executionCtx as ExecutionContext
    return showPage(await loadSite(), { request: c.req.raw, env: c.env, ctx, now: Date.now() })
  })
  app.onError((cause) => problemOf(cause))

  // Meta's events go past everything that is for people and businesses: this door is measured in microseconds.
  const edge = new Hono<DoorEnv>()
    .use(configured)
    .route('/webhooks/meta', webhooks)
    .route('/webhooks/meta', metaCallbacks)
  edge.notFound(() => problemResponse('not_found'))
  edge.onError((cause) => problemOf(cause))

  const fetch = (request: Request, env: Env, ctx: ExecutionContext) =>
    forMeta.test(request.url) ? edge.fetch(request, env, ctx) : app.fetch(request, env, ctx)
  return { fetch, routes: app.routes }
}

const forMeta = /^https?:\/\/[^/]+\/webhooks\/meta(?:[/?#]|$)/

let document: ReturnType<typeof api.getOpenAPI31Document> | undefined

/** OpenAPI 3.1 of /api/v1, from the schemas that parse and answer. The same for every deployment. */
export function openApiDocument() {
  if (document) return document
  const mounted = openApiRoom().route('/api/v1', api)
  const bearer = { type: 'http', scheme: 'bearer' } as const
  mounted.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    ...bearer,
    description: 'A key of the workspace: `sc_…`. The scope an operation needs stands beside it.',
  })
  mounted.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-session',
    description:
      'The cookie of a member who is signed in. `x-workspace` names the workspace, else it is the one joined last; what changes anything needs the `Origin` of the portal. What the role has nothing to do with answers `not_found`.',
  })
  mounted.openAPIRegistry.registerComponent('securitySchemes', 'operatorKey', {
    ...bearer,
    description: 'The key of whoever operates this gateway.',
  })
  document = mounted.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Softivum Connect API',
      version: '1',
      description:
        'Conversations, contacts, numbers and keys of a workspace. Instants are ISO 8601 in UTC. Errors are RFC 9457 problems: decide by `code`.',
    },
    servers: [{ url: '/' }],
  })
  return document
}

const headers: MiddlewareHandler<DoorEnv> = async (c, next) => {
  await next()
  // A line of the feed has no headers to speak of, and no copy.
  if (c.res.status === 101) return
  const besides = besidesOf(c)
  try {
    secure(c.res.headers, c.req.path, besides)
  } catch {
    // The headers of an answer that came from a fetch (assets) cannot be changed, those of its copy can.
    const copy = new Response(c.res.body, c.res)
    secure(copy.headers, c.req.path, besides)
    c.res = undefined
    c.res = copy
  }
}

/** The one page that may load a script of somebody else's: Meta's, and only where its window is offered. */
function besidesOf(c: Context<DoorEnv>) {
  const { settings } = c.var
  const connects = c.req.path.replace(/\/$/, '') === '/portal/numbers/connect'
  return connects && settings?.configId !== undefined ? sdkSources(settings.graphOrigin) : undefined
}

/** Tells a monitor whether this Worker would serve at all; what is wrong stands in the log, not here. */
async function health(c: Context<DoorEnv>) {
  try {
    settingsOf(c.env)
    return c.json({ status: 'ok', canary: await loadCanaryHealth(c.env.DB) }, 200, {
      'cache-control': 'no-store',
    })
  } catch (cause) {
    noteNotConfigured(cause)
    return c.json({ status: 'not configured' }, 503, { 'cache-control': 'no-store' })
  }
}

const configured: MiddlewareHandler<DoorEnv> = async (c, next) => {
  try {
    c.set('settings', settingsOf(c.env))
  } catch (cause) {
    noteNotConfigured(cause)
    throw new Problem('unavailable', { headers: { 'retry-after': '60' } })
  }
  await next()
}

let noted = false

function noteNotConfigured(cause: unknown): void {
  if (!(cause instanceof NotConfigured)) throw cause
  if (!noted) log('error', 'not_configured', { reason: cause.missing.join(', ') })
  noted = true
}

/** Files are read by their own door, as they come: they are bounded there. */
const forFiles =
  /^\/api\/v1\/(conversations\/[^/]+\/media|templates\/samples|numbers\/[^/]+\/profile\/picture)$/

/** Bodies within bounds before anybody parses them; nothing of the API is ever stored by a cache. */
const jsonApi: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const { raw } = c.req
  if (raw.body && raw.method !== 'GET' && raw.method !== 'HEAD' && !forFiles.test(c.req.path)) {
    if (c.req.header('content-encoding'))
      throw new Problem('unsupported_media', { detail: 'Send the body without Content-Encoding.' })
    const read = await readCapped(raw, limits.apiBodyBytes)
    if (!read.ok) throw new Problem(read.reason === 'too_large' ? 'too_large' : 'bad_request')
    c.req.raw = new Request(raw, { method: raw.method, body: read.value as Uint8Array<ArrayBuffer> })
  }
  await next()
  if (c.res.status !== 101) c.header('cache-control', 'no-store')
}

const principalOf = (c: Context<DoorEnv>) =>
  loadPrincipal(database(c.env.DB), c.req.header('authorization'), Date.now(), (work) =>
    c.executionCtx.waitUntil(work),
  )

/** A key, or else the cookie of somebody who is signed in: then the header `x-workspace` says where. */
const authenticated: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const withKey = c.req.header('authorization') !== undefined
  const signedIn = withKey
    ? undefined
    : await loadSignedIn(database(c.env.DB), c.var.settings, c.req.header('cookie'), Date.now())
  const workspace = c.req.header('x-workspace') ?? (cannotSay(c) ? c.req.query('workspace') : undefined)
  const principal = signedIn ? principalIn(signedIn, workspace) : await principalOf(c)
  if (!principal) throw new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
  if (signedIn) {
    ownOrigin(c)
    c.set('signedIn', signedIn)
  }
  c.set('principal', principal)
  await next()
}

/** What a page loads by an address alone: a line of the feed, a picture. */
const cannotSay = (c: Context<DoorEnv>): boolean =>
  isUpgrade(c) || (c.req.method === 'GET' && aFile.test(c.req.path))
const aFile = /^\/api\/v1\/messages\/[^/]+\/media$/

const isUpgrade = (c: Context<DoorEnv>): boolean => c.req.header('upgrade')?.toLowerCase() === 'websocket'

/** A browser sends the cookie along whoever wrote the page: what changes anything, or listens, must come from a page of ours. */
function ownOrigin(c: Context<DoorEnv>): void {
  const harmless = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (harmless && !isUpgrade(c)) return
  if (!c.var.settings.pageOrigins.includes(c.req.header('origin') ?? '')) throw new Problem('foreign_origin')
}

/** A database that was set back knows people who were erased: nothing of it is served before they are gone again. */
const unlessRestored: MiddlewareHandler<DoorEnv> = async (c, next) => {
  if ((await guard(c.env, Date.now())) === 'set back')
    throw new Problem('restoring', { headers: { 'retry-after': '60' } })
  await next()
}

/**
 * So many forms a minute from one network. Cloudflare itself writes `cf-connecting-ip` on what comes from outside, so nobody can
 * choose it; a page of ours that calls the API for a visitor passes it on.
 */
const seldom: MiddlewareHandler<DoorEnv> = async (c, next) => {
  if (c.req.method === 'POST') {
    const door = c.req.path.split('/')[4] ?? ''
    const network = networkOf(c.req.header('cf-connecting-ip') ?? 'local')
    const { success } = await c.env.RATE.limit({ key: `${door} ${network}` })
    if (!success) throw new Problem('too_many_requests', { headers: { 'retry-after': '60' } })
  }
  await next()
}

/** The Cloud API answers a missing key in Meta's own shape, so it decides for itself. */
const recognised: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const principal = await principalOf(c)
  if (principal) c.set('principal', principal)
  await next()
}

const methods = new WeakMap<object, TrieRouter<string>>()

/** 405 with the methods of an address that exists, else 404: the same bytes as for a thing that is not there. */
function missing(app: Hono<DoorEnv>, c: Context<DoorEnv>): Response {
  const router = methods.get(app) ?? new TrieRouter<string>()
  if (!methods.has(app)) {
    for (const { method, path } of app.routes) if (method !== 'ALL') router.add('ALL', path, method)
    methods.set(app, router)
  }
  const allowed = [...new Set(router.match('ALL', c.req.path)[0].map(([method]) => method))]
  return allowed.length > 0
    ? problemResponse('method_not_allowed', { headers: { allow: allowed.sort().join(', ') } })
    : problemResponse('not_found')
}

const codeOfStatus: Partial<Record<number, ProblemCode>> = { 400: 'bad_request', 415: 'unsupported_media' }

function problemOf(cause: unknown): Response {
  if (cause instanceof Problem) return problemResponse(cause.code, cause.details)
  const code = cause instanceof HTTPException ? codeOfStatus[cause.status] : undefined
  if (code)
    return problemResponse(code, {
      detail: code === 'bad_request' ? 'The body is not JSON that can be read.' : undefined,
    })
  const instance = newId('req')
  log('error', 'unexpected', { error: errorName(cause), code: instance })
  return problemResponse('internal', {}, instance)
}
