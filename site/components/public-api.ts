// Asks the public API of this same Worker, for pages that answer a form or show how something stands: what a page knows
// is what anybody can ask. Called by the pages under /data-deletion, /rights and /subprocessors.

import { exports } from 'cloudflare:workers'
import type { hc } from 'hono/client'
import type { Api } from '../../worker/app.ts'

/** The addresses under /api/v1/public, for `InferResponseType`: what they answer is what the Worker's own schemas say. */
export type PublicApi = ReturnType<typeof hc<Api>>['public']

/** What is asked of Astro: the request of the visitor and where we are. */
export type Visit = { request: Request; url: URL }

/** `waitSeconds`: after how long the API says that it may be tried again. */
export type Refusal = { ok: false; status: number; code: string; waitSeconds?: number | undefined }
export type Answer<T> = { ok: true; value: T } | Refusal

/** With a body it is a POST. The visitor's address goes along, because it is what is counted. */
export async function askApi<T>({ request, url }: Visit, path: string, body?: unknown): Promise<Answer<T>> {
  const headers = new Headers({ accept: 'application/json' })
  const address = request.headers.get('cf-connecting-ip')
  if (address) headers.set('cf-connecting-ip', address)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const answer = await exports.default.fetch(
    new Request(`${url.origin}/api/v1/public${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    }),
  )
  const value: unknown = await answer.json().catch(() => null)
  if (answer.ok) return { ok: true, value: value as T }
  const code = (value as { code?: string } | null)?.code ?? 'internal'
  const wait = answer.headers.get('retry-after') ?? ''
  return { ok: false, status: answer.status, code, ...(/^\d+$/.test(wait) && { waitSeconds: Number(wait) }) }
}

/** The longest letter, every character of it escaped, and room around it. */
const formBytes = 96 * 1024

/** The fields of a form, trimmed; none when it is no form, or longer than any of ours. */
export async function readForm({ request }: Visit): Promise<Record<string, string>> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded') || !request.body) return {}
  const reader = request.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    if (text.length > formBytes) {
      await reader.cancel()
      return {}
    }
  }
  return Object.fromEntries([...new URLSearchParams(text)].map(([name, field]) => [name, field.trim()]))
}

/** The first language the visitor's browser asks for, as a bare tag: `es`. */
export const languageOf = ({ request }: Visit): string =>
  /^\s*([a-z]{2,3})\b/i.exec(request.headers.get('accept-language') ?? '')?.[1]?.toLowerCase() ?? 'en'

/** Says to programs when to try again, as the API said it to the page. */
export function passWait(response: { headers: Headers }, waitSeconds: number | undefined): void {
  if (waitSeconds !== undefined) response.headers.set('retry-after', String(waitSeconds))
}

/** For pages that stand for one visit: no cache and no search engine keeps them. */
export function forThisVisit(response: { headers: Headers }): void {
  response.headers.set('cache-control', 'no-store')
  response.headers.set('x-robots-tag', 'noindex')
}
