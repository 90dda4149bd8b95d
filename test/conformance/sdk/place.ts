// Where the SDKs call: a stack of its own (test/support/stack.ts) in a folder that goes with it, and what tests ask of
// its doors. Called by the SDK tests and by test/flows/phone.test.ts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { demoBusinesses } from '../../../scripts/demo.ts'
import type { DemoWorkspace } from '../../../scripts/seed.ts'
import { startStack } from '../../support/stack.ts'

export type Place = {
  url: string
  metaUrl: string
  /** The business whose SDK calls. */
  sol: DemoWorkspace
  /** The neighbour. */
  books: DemoWorkspace
  metaTokens: string[]
  /** Lines the Worker wrote. */
  logs: string[]
  close(): Promise<void>
}

export async function openPlace(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'softivum-sdk-'))
  const logs: string[] = []
  const stack = await startStack({ dir, onLog: (line) => logs.push(line) })
  const [sol, books] = stack.workspaces as [DemoWorkspace, DemoWorkspace]
  const close = async (): Promise<void> => {
    await stack.close()
    rmSync(dir, { recursive: true, force: true })
  }
  return {
    url: stack.url,
    metaUrl: stack.metaUrl,
    sol,
    books,
    metaTokens: demoBusinesses.map(({ token }) => token),
    logs,
    close,
  }
}

async function jsonOf<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** Asks the simulated Meta's control API; with a body it is a POST. */
export async function sim<T>(place: Place, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return jsonOf<T>(await fetch(`${place.metaUrl}/_sim/${path}`, init))
}

/** Asks the gateway's own API as a business does; with a body it is a POST unless said. */
export async function api<T>(
  place: Place,
  business: DemoWorkspace,
  path: string,
  body?: unknown,
  method?: string,
): Promise<T> {
  const headers = { authorization: `Bearer ${business.apiKey}`, 'content-type': 'application/json' }
  const init =
    body === undefined
      ? { method: method ?? 'GET' }
      : { method: method ?? 'POST', body: JSON.stringify(body) }
  return jsonOf<T>(await fetch(`${place.url}/api/v1/${path}`, { headers, ...init }))
}

type Conversation = { id: string; contact: { name: string | null; phone: string | null } }
export type Message = {
  id: string
  wamid: string | null
  direction: 'in' | 'out'
  type: string
  text: string | null
  status: string | null
  content: unknown
  replyTo: string | null
  reactions: { emoji: string; from: string }[]
  error: { code: number } | null
}

export const conversations = async (place: Place, business: DemoWorkspace): Promise<Conversation[]> =>
  (await api<{ data: Conversation[] }>(place, business, 'conversations')).data

/** Every message of the business's conversation with this person, oldest first; none when they never met. */
export async function messagesWith(place: Place, business: DemoWorkspace, phone: string): Promise<Message[]> {
  const found = (await conversations(place, business)).find(({ contact }) => contact.phone === phone)
  if (!found) return []
  return (await api<{ data: Message[] }>(place, business, `conversations/${found.id}/messages?limit=200`))
    .data
}

/** Reads until there is something, for at most ten seconds. */
export async function until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const found = await read()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error(`${what}: not within ten seconds`)
}
