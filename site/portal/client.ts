// How the portal speaks to /api/v1: Hono's typed client with the workspace of this tab, problems as values, and the dialog
// that asks once more who it is. Called by every screen.

import { type ClientResponse, hc } from 'hono/client'
import type { Api } from '../../worker/app.ts'
import type { problems } from '../../worker/ground/problems.ts'

/** `offline`: no answer came at all. `unexpected`: an answer came that is not of our API. */
export type Problem = {
  code: keyof typeof problems | 'offline' | 'unexpected'
  title: string
  status: number
  remedy?: string
  detail?: string
  errors?: { path: string; message: string }[]
  instance?: string
  /** What some problems carry beside it. */
  gate?: string
}

export type Result<T> = { ok: true; data: T } | { ok: false; problem: Problem }

const base = '/api/v1'
/** Of this tab: two tabs may show two workspaces. See db/cookies.ts. */
const workspaceKey = 'workspace'

export const chosenWorkspace = (): string | null => sessionStorage.getItem(workspaceKey)

export function chooseWorkspace(id: string | null): void {
  if (id === null) sessionStorage.removeItem(workspaceKey)
  else sessionStorage.setItem(workspaceKey, id)
}

const hooks: { stepUp: () => Promise<boolean>; signedOut: () => void } = {
  stepUp: () => Promise.resolve(false),
  signedOut: () => undefined,
}

/** What mount.tsx puts in: who asks for the proof, and where somebody goes whose session has ended. */
export const onCall = (given: Partial<typeof hooks>): void => void Object.assign(hooks, given)

async function problemIn(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => undefined)) as Problem | undefined
  return body?.code ? body : { code: 'unexpected', title: '', status: answer.status }
}

/** The header that names the workspace; a browser sends the rest by itself. */
export function workspaceHeaders(): Record<string, string> {
  const workspace = chosenWorkspace()
  return workspace ? { 'x-workspace': workspace } : {}
}

/** As `fetch`, for a path under /api/v1 or a whole one. Asks for the proof when it is needed, then sends it once more. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  for (const [name, value] of Object.entries(workspaceHeaders())) headers.set(name, value)
  const url = path.startsWith(base) ? path : base + path
  const send = () => fetch(url, { ...init, headers, credentials: 'same-origin' })
  const answer = await send()
  if (answer.status === 401) hooks.signedOut()
  if (answer.status !== 403) return answer
  const { code } = await problemIn(answer.clone())
  return code === 'step_up_needed' && (await hooks.stepUp()) ? send() : answer
}

/** Every operation of the API, by its path: `api.conversations.$get({ query })`. Give what it returns to `call`. */
export const api = hc<Api>(base, {
  fetch: (input: RequestInfo | URL, init?: RequestInit) => request(String(input), init),
})

type Success = 200 | 201 | 202 | 203 | 204 | 206
/** The body of what went well. */
type Body<R> =
  R extends ClientResponse<infer T, infer S, infer F>
    ? S extends Success
      ? F extends 'json'
        ? T
        : undefined
      : never
    : never

/** What an operation answers when all goes well: `DataOf<typeof api.sessions.$get>`. */
export type DataOf<F> = F extends (...args: never[]) => Promise<infer R> ? Body<R> : never

/** Never rejects. An answer without a body has the data `undefined`. */
export async function call<R extends ClientResponse<unknown, number, string>>(
  sent: Promise<R>,
): Promise<Result<Body<R>>> {
  return resultOf<Body<R>>(sent as unknown as Promise<Response>)
}

/** The same for what the typed client does not know. */
export const ask = <T>(path: string, init?: RequestInit): Promise<Result<T>> =>
  resultOf<T>(request(path, init))

/** With a body in JSON. */
export const tell = <T>(path: string, method: string, body?: unknown): Promise<Result<T>> =>
  ask<T>(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })

/** The file itself is the body. */
export const give = <T>(path: string, method: string, file: File): Promise<Result<T>> =>
  ask<T>(path, {
    method,
    body: file,
    headers: { 'content-type': file.type || 'application/octet-stream' },
  })

async function resultOf<T>(sent: Promise<Response>): Promise<Result<T>> {
  try {
    const answer = await sent
    if (!answer.ok) return { ok: false, problem: await problemIn(answer) }
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { ok: true, data: (isJson ? await answer.json() : undefined) as T }
  } catch {
    return { ok: false, problem: { code: 'offline', title: '', status: 0 } }
  }
}
