// Asks the API of this same Worker how a deletion stands: what the page shows is what anybody can ask. Called by the
// pages under /data-deletion.

import { exports } from 'cloudflare:workers'
import type { hc, InferResponseType } from 'hono/client'
import type { Api } from '../../worker/app.ts'

type Client = ReturnType<typeof hc<Api>>
export type DeletionStatus = InferResponseType<Client['public']['deletions'][':code']['$get'], 200>

/** What of a receipt the page reads out; the whole of it is there to take along. */
export type ReceiptClaims = {
  places: {
    place: string
    before: number
    after: number
    how: 'deleted' | 'key destroyed and deleted' | 'key destroyed' | 'kept'
    backupUntil: string | null
  }[]
  kept: { place: string; count: number; duty: string; until: string | null }[]
  outOfReach: { what: string; until: string | null }[]
  residue: { places: number; values: number; found: number; at: string } | null
}

export type Asked = { status: 200; deletion: DeletionStatus } | { status: 404 | 503 }

/** 404: nobody has this code. 503: it cannot be said right now. */
export async function loadDeletion(code: string, origin: string): Promise<Asked> {
  if (!/^[0-9a-z]{26}$/i.test(code)) return { status: 404 }
  const answer = await exports.default.fetch(new Request(`${origin}/api/v1/public/deletions/${code}`))
  if (answer.status === 404) return { status: 404 }
  if (!answer.ok) return { status: 503 }
  return { status: 200, deletion: (await answer.json()) as DeletionStatus }
}

export function claimsOf(jws: string): ReceiptClaims {
  const payload = (jws.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes)) as ReceiptClaims
}
