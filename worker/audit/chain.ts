// The hash chain of an account's ledger, day by day. Pure: seals.ts builds it, verifyChain checks it, and whoever holds an
// export can check it with a shell, because an entry is exported as the very line that is hashed.
//
//   head(day) = SHA-256( head(day before) "\n" line "\n" line "\n" … )     lines in the order (recordedAt, id)
//
// A day without entries has no head. The first head of an account follows sixty-four zeros.

import { hex } from '../crypto/bytes.ts'
import { canonicalJson } from '../crypto/canonical.ts'
import { sha256Parts } from '../crypto/digest.ts'
import { dayMs } from '../ground/limits.ts'

/** An entry as it is stored; `at` and `recordedAt` in epoch ms. */
export type Entry = {
  id: string
  accountId: string
  actor: string
  action: string
  subject: string
  reason: string | null
  at: number
  recordedAt: number
}

export type Seal = { accountId: string; day: string; entries: number; previous: string; head: string }

export const noHead = '0'.repeat(64)

export const entryLine = ({ id, accountId, actor, action, subject, reason, at, recordedAt }: Entry): string =>
  canonicalJson({ id, accountId, actor, action, subject, reason, at, recordedAt })

/** UTC, YYYY-MM-DD. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00.000Z`)
export const endOfDay = (day: string): number => startOfDay(day) + dayMs

/** Takes the entries of one account in order and gives each day's seal when the day is over. */
export class Chain {
  readonly #accountId: string
  #previous: string
  #open: { day: string; entries: number; hash: ReturnType<typeof sha256Parts> } | undefined

  constructor(accountId: string, previous: string) {
    this.#accountId = accountId
    this.#previous = previous
  }

  /** The seal of the day before, when this entry is the first of another day. */
  add(entry: Entry): Seal | undefined {
    const day = dayOf(entry.recordedAt)
    const done = this.#open?.day === day ? undefined : this.close()
    this.#open ??= { day, entries: 0, hash: sha256Parts().update(`${this.#previous}\n`) }
    this.#open.hash.update(`${entryLine(entry)}\n`)
    this.#open.entries++
    return done
  }

  /** The seal of the day that was begun, if one was. */
  close(): Seal | undefined {
    if (!this.#open) return undefined
    const { day, entries, hash } = this.#open
    const seal = {
      accountId: this.#accountId,
      day,
      entries,
      previous: this.#previous,
      head: hex(hash.digest()),
    }
    this.#previous = seal.head
    this.#open = undefined
    return seal
  }
}

export type Breach = {
  day: string
  reason: 'entry_altered' | 'entry_removed' | 'entry_added' | 'day_not_sealed' | 'broken_link'
}

/** What a verifier knows besides: where the chain was when he last looked, and what retention has taken since. */
export type Known = {
  /** Entries recorded before this are past their life: their days are checked by their links alone. Epoch ms. */
  sweptBefore?: number
  /** The head before the first seal given. */
  previous?: string
}

/**
 * Every day of one account's ledger that does not fit its seal; an empty list is a chain that holds. Entries after the
 * last sealed day are waiting for theirs and are no breach. A day whose beginning is past its life may be swept in part:
 * the check goes through its stored head, and begins in full with the first whole day.
 */
export function verifyChain(
  entries: readonly Entry[],
  seals: readonly Seal[],
  { sweptBefore = 0, previous = noHead }: Known = {},
): Breach[] {
  const ordered = [...seals].sort((a, b) => (a.day < b.day ? -1 : 1))
  const days = Map.groupBy(entries, ({ recordedAt }) => dayOf(recordedAt))
  const breaches: Breach[] = []
  let expected = previous
  for (const seal of ordered) {
    if (seal.previous !== expected) breaches.push({ day: seal.day, reason: 'broken_link' })
    expected = seal.head
    if (startOfDay(seal.day) < sweptBefore) continue
    const reason = mismatch(seal, days.get(seal.day) ?? [])
    if (reason) breaches.push({ day: seal.day, reason })
  }
  const sealed = new Set(ordered.map(({ day }) => day))
  const last = ordered.at(-1)?.day ?? ''
  for (const day of days.keys())
    if (day < last && !sealed.has(day) && startOfDay(day) >= sweptBefore)
      breaches.push({ day, reason: 'day_not_sealed' })
  return breaches.sort((a, b) => (a.day < b.day ? -1 : 1))
}

function mismatch(seal: Seal, entries: Entry[]): Breach['reason'] | undefined {
  if (entries.length < seal.entries) return 'entry_removed'
  if (entries.length > seal.entries) return 'entry_added'
  const chain = new Chain(seal.accountId, seal.previous)
  for (const entry of entries.toSorted(inOrder)) chain.add(entry)
  return chain.close()?.head === seal.head ? undefined : 'entry_altered'
}

const inOrder = (a: Entry, b: Entry): number => a.recordedAt - b.recordedAt || (a.id < b.id ? -1 : 1)
