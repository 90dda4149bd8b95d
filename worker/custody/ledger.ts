// The erasure ledger: who was erased and when, as keyed digests, in two places. One is a table of the database; its twin
// stands in R2, which no restore of the database or of a Durable Object takes back. A database that knows less than the
// twin has been set back. Called by the Eraser (write), guard.ts and the Keeper (read). Why: docs/decisions/0021.

import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'

export type LedgerEntry = {
  /** From 1, without gaps. */
  seq: number
  /** When it was erased (epoch ms). */
  at: number
  scope: 'contact' | 'member' | 'visitor' | 'workspace' | 'meta_user'
  /** `ledgerDigest` of the account's id. */
  account: string
  /** `ledgerDigest` of each contact, member or account id that was erased. */
  subjects: string[]
  /** Digests of the people's ids as their Keeper keeps them. */
  tombstones: string[]
}

/** `key`: the ref key of the platform's Keeper. */
export const ledgerDigest = (key: Uint8Array, id: string): string => base64url(hmac(key, `ledger:${id}`))

const prefix = 'ledger/'
const nameOf = (seq: number): string => `${prefix}${String(seq).padStart(12, '0')}`

/**
 * Writes an entry once. False when another entry stands under this number: then this database does not know
 * everything that was erased, and nothing may be served from it.
 */
export async function ledgerPut(files: R2Bucket, entry: LedgerEntry): Promise<boolean> {
  const text = JSON.stringify(entry)
  const made = await files.put(nameOf(entry.seq), text, { onlyIf: { etagDoesNotMatch: '*' } })
  if (made) return true
  const standing = await files.get(nameOf(entry.seq))
  return (await standing?.text()) === text
}

/** Entries after `seq`, in order. Throws when one cannot be read: a hole would let somebody come back. */
export async function loadLedger(files: R2Bucket, after: number): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  let startAfter = after > 0 ? nameOf(after) : undefined
  for (;;) {
    const page = await files.list({ prefix, ...(startAfter === undefined ? {} : { startAfter }) })
    for (const { key } of page.objects) {
      const object = await files.get(key)
      if (!object) throw new Error('an entry of the erasure ledger cannot be read')
      entries.push(await object.json<LedgerEntry>())
      startAfter = key
    }
    if (!page.truncated) return entries
  }
}

/** The number of the newest entry after `seq`, or `seq` itself. One list call when there is nothing new. */
export async function ledgerHead(files: R2Bucket, after: number): Promise<number> {
  let head = after
  for (;;) {
    const page = await files.list({ prefix, ...(head > 0 ? { startAfter: nameOf(head) } : {}) })
    const last = page.objects.at(-1)
    if (last) head = Number(last.key.slice(prefix.length))
    if (!page.truncated) return head
  }
}
