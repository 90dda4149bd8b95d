// What a deletion proves, as a document: facts in, claims out, signed as a compact JWS whose hash goes into the
// transparency log. Pure but for the signature. Called by the deletion walk; docs/verify-receipt.mjs verifies it offline.

import { bindings } from '../../db/catalog.ts'
import { hex } from '../crypto/bytes.ts'
import { canonicalJson } from '../crypto/canonical.ts'
import { sha256 } from '../crypto/digest.ts'
import { type SigningKey, signJws } from '../crypto/signer.ts'
import { dayMs } from '../ground/limits.ts'

/** What was done in a place. `kept` stands in `kept` with its duty, too. */
export type Erasure = 'deleted' | 'key destroyed and deleted' | 'key destroyed' | 'kept'

export type ErasedPlace = {
  /** As the catalogue names it. */
  place: string
  /** The binding it is stored under. */
  store: string
  before: number
  after: number
  how: Erasure
  /** Epoch ms; null when no backup held anything. */
  backupUntil: number | null
}

/** All instants are epoch ms. */
export type ReceiptFacts = {
  /** `live`: what is in use is gone. `final`: no backup can bring it back either. */
  kind: 'live' | 'final'
  /** The public origin. */
  issuer: string
  requestId: string
  scope: 'contact' | 'member' | 'visitor' | 'workspace' | 'meta_user'
  door: string
  /** Keyed digest of the subject: whoever is shown the key can check whom it was about, nobody else can guess it. */
  commitment: string
  requestedAt: number | null
  verifiedAt: number | null
  startedAt: number | null
  erasedAt: number | null
  issuedAt: number | null
  goneBy: number
  places: ErasedPlace[]
  /** `unreadableSince`: the epoch turn that was proven; null before. */
  keys: { destroyed: number; unreadableSince: number | null }
  kept: { place: string; count: number; duty: string; until: number | null }[]
  /** The business's own copies, Meta's, backups. */
  outOfReach: { what: string; until: number | null }[]
  meta: 'not concerned' | 'proven' | 'pending' | 'gave up'
  /** Places and values searched, values found, and when; null when nothing was searched. */
  residue: { places: number; values: number; found: number; at: number } | null
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
const byText = <T>(items: readonly T[], textOf: (item: T) => string): T[] =>
  items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0))

/** The claims of a receipt, version 1. Lists are sorted, instants are ISO 8601 in UTC: equal facts, equal claims. */
export function receiptClaims(facts: ReceiptFacts): Record<string, unknown> {
  return {
    version: 1,
    kind: facts.kind,
    issuer: facts.issuer,
    request: facts.requestId,
    scope: facts.scope,
    door: facts.door,
    commitment: facts.commitment,
    requestedAt: iso(facts.requestedAt),
    verifiedAt: iso(facts.verifiedAt),
    startedAt: iso(facts.startedAt),
    erasedAt: iso(facts.erasedAt),
    issuedAt: iso(facts.issuedAt),
    goneBy: iso(facts.goneBy),
    places: byText(facts.places, ({ store, place }) => `${store} ${place}`).map((item) => ({
      place: item.place,
      store: item.store,
      before: item.before,
      after: item.after,
      how: item.how,
      backupUntil: iso(item.backupUntil),
    })),
    keys: { destroyed: facts.keys.destroyed, unreadableSince: iso(facts.keys.unreadableSince) },
    kept: byText(facts.kept, ({ place, duty }) => `${place} ${duty}`).map((item) => ({
      place: item.place,
      count: item.count,
      duty: item.duty,
      until: iso(item.until),
    })),
    outOfReach: byText(facts.outOfReach, ({ what }) => what).map(({ what, until }) => ({
      what,
      until: iso(until),
    })),
    meta: facts.meta,
    residue: facts.residue && {
      places: facts.residue.places,
      values: facts.residue.values,
      found: facts.residue.found,
      at: iso(facts.residue.at),
    },
  }
}

/** `leaf` is the hex SHA-256 of the JWS, for the transparency log. Equal facts and key, equal bytes. */
export async function signReceipt(
  keys: readonly SigningKey[],
  facts: ReceiptFacts,
): Promise<{ jws: string; leaf: string }> {
  const [key] = keys
  if (!key) throw new Error('no key to sign with')
  const jws = await signJws(key, canonicalJson(receiptClaims(facts)))
  return { jws, leaf: hex(sha256(jws)) }
}

/** How many days a copy of the store can be brought back, as the catalogue says; throws on a store it does not name. */
export function backupDaysOf(store: string): number {
  const found = bindings[store]
  if (!found) throw new Error('a store without an entry in the catalogue')
  return found.backupDays
}

type Held = Pick<ErasedPlace, 'store' | 'before' | 'how'>

/**
 * When the last backup of a place that held the data has expired or cannot be read any more; null for a place that held
 * nothing, and for what is kept and therefore not gone. What was deleted waits for its store. What stood under a
 * destroyed key waits for that only until `shreddedAt`, the proven epoch turn: from then on no backup has its key.
 */
export function backupUntil(
  { store, before, how }: Held,
  daysOf: (store: string) => number,
  erasedAt: number,
  shreddedAt: number | null,
): number | null {
  if (before === 0 || how === 'kept') return null
  const expiry = erasedAt + daysOf(store) * dayMs
  if (how === 'deleted' || shreddedAt === null) return expiry
  return Math.min(expiry, Math.max(shreddedAt, erasedAt))
}

/** The latest of these; the erasure itself when no backup held anything. */
export const goneBy = (
  places: readonly Held[],
  daysOf: (store: string) => number,
  erasedAt: number,
  shreddedAt: number | null,
): number =>
  Math.max(erasedAt, ...places.map((place) => backupUntil(place, daysOf, erasedAt, shreddedAt) ?? erasedAt))
