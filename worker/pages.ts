// The site as a reader gets it: the version of a document that is in force at the document's own address, never a redirect for
// a slash, how long it may be kept, and the line for browsers that ask not to have data sold. Called by app.ts.

import { type DocumentName, type DocumentVersion, documents } from '../db/documents.ts'
import { limits } from './ground/limits.ts'
import { loadInForce } from './notices/in-force.ts'
import { publicPages } from './public-files.ts'

export type Site = {
  fetch: (request: Request, env: Env, ctx: ExecutionContext) => Response | Promise<Response>
}

/** One reader's question. */
export type Reading = { request: Request; env: Env; ctx: ExecutionContext; now: number }

/** Documents whose own address shows the version in force. */
const inForce: Record<string, DocumentName> = { '/privacy': 'privacy', '/terms': 'terms', '/dpa': 'dpa' }

export async function showPage(
  site: Site,
  reading: Reading,
  known: readonly DocumentVersion[] = documents,
): Promise<Response> {
  const { request, env, ctx } = reading
  const path = pathOf(request.url)
  const document = reads(request) ? inForce[path] : undefined
  const shown = document === undefined ? request : await versionInForce(reading, known, document)
  const answer = await site.fetch(shown, env, ctx)
  return dress(request, path, reads(request) ? await pastSlash(site, reading, answer, shown) : answer)
}

const reads = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'

/** Without the slash at its end. */
const pathOf = (url: string): string => new URL(url).pathname.replace(/(?<=.)\/+$/, '')

async function versionInForce(
  { request, env, ctx, now }: Reading,
  known: readonly DocumentVersion[],
  document: DocumentName,
): Promise<Request> {
  const version = await loadInForce(env, known, document, {
    now,
    later: (work) => ctx.waitUntil(work),
    patience: () => scheduler.wait(limits.inForceWaitMs),
  })
  return new Request(new URL(`/${document}/${version}`, request.url), request)
}

/** Crawlers do not follow everything: an address with and without its slash answers the page itself. */
async function pastSlash(
  site: Site,
  { env, ctx }: Reading,
  answer: Response,
  asked: Request,
): Promise<Response> {
  const to = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
  if (to === null) return answer
  const target = new URL(to, asked.url)
  const same = target.origin === new URL(asked.url).origin && pathOf(target.href) === pathOf(asked.url)
  return same ? site.fetch(new Request(target, asked), env, ctx) : answer
}

function dress(request: Request, path: string, answer: Response): Response {
  const { status } = answer
  const headers = new Headers(answer.headers)
  const html = headers.get('content-type')?.startsWith('text/html') === true
  const signal = html && request.headers.get('sec-gpc') === '1'
  const etag = headers.get('etag')
  if (html) headers.append('vary', 'Sec-GPC')
  if (html && !publicPages.includes(path)) headers.set('x-robots-tag', 'noindex')
  if (path === '/social.png') headers.set('cross-origin-resource-policy', 'cross-origin')
  if (etag !== null && signal) headers.set('etag', etag.replace(/"$/, '-gpc"'))
  const lasts = lifeOf(path, status, etag !== null, html)
  if (lasts !== undefined && (etag !== null || !headers.has('cache-control')))
    headers.set('cache-control', lasts)
  if (status === 200 && isHeld(request, headers.get('etag')))
    return new Response(null, { status: 304, headers })
  const dressed = new Response(answer.body, { status, headers })
  return signal ? withSignal(dressed) : dressed
}

/** A file has an ETag; what was made for this reader has none, and nobody may keep it unless it says so. */
function lifeOf(path: string, status: number, isFile: boolean, html: boolean): string | undefined {
  if (status === 200 && path.startsWith('/_astro/')) return 'public, max-age=31536000, immutable'
  if (status === 200 && isFile) return 'public, max-age=300'
  return html ? 'no-store' : undefined
}

/** Whether the reader has these very bytes. */
function isHeld(request: Request, etag: string | null): boolean {
  const held = request.headers.get('if-none-match')
  if (held === null || etag === null || !reads(request)) return false
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  return held.split(',').some((tag) => bare(tag) === bare(etag))
}

/** Global Privacy Control: the line in the foot of every page that says that the signal was received, and is honoured. */
const withSignal = (page: Response): Response =>
  new HTMLRewriter()
    .on('[data-gpc]', { element: (element) => void element.removeAttribute('hidden') })
    .transform(page)
