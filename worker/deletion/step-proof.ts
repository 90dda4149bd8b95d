// The end: the receipt when live data is gone, and the final one when no backup holds it any more. Called through
// steps.ts. Which receipt stands is decided by the table's key; everything else follows from the row that stands.

import { and, eq, sql } from 'drizzle-orm'
import { type bindings, d1 } from '../../db/catalog.ts'
import { schema, writeBatch } from '../../db/client.ts'
import { keptPlaces, placesOf, tableNamed } from '../../db/reach.ts'
import { entryInsert } from '../audit/audit.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { appendLeaf } from '../transparency/client.ts'
import { commitmentOf } from './code.ts'
import { factsOf, subjectOf } from './facts.ts'
import { type Counts, countAll } from './inventory.ts'
import {
  backupDaysOf,
  backupUntil,
  type ErasedPlace,
  goneBy,
  type ReceiptFacts,
  signReceipt,
} from './receipt.ts'
import { destroySecret } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'

const { deletions, receipts } = schema

export async function receiptStep(context: StepContext): Promise<Outcome> {
  const { db, env, deletion, job, journal } = context
  const facts = factsOf(context)
  const places = await placeFacts(context)
  const erasedAt = facts.at as number
  facts.goneBy ??= goneBy(places.map(asInBackups), backupDaysOf, erasedAt, facts.shreddedAt ?? null)
  const gone = facts.goneBy
  await issue(context, 'live', places)
  await writeBatch(db, [
    db
      .update(deletions)
      .set({ state: 'erased', erasedAt, goneBy: gone })
      .where(and(eq(deletions.id, deletion.id), sql`${deletions.state} <> 'completed'`)),
  ])
  journal.dropInventory(job.id)
  // Numbers of a business that is gone: nothing asks for them any more.
  delete facts.wabaIds
  delete facts.phoneNumberIds
  await destroySecret(env, job.id, 'inventory')
  return { to: 'next', counts: { receipts: 1 } }
}

/** One row per kind, whoever writes first; its leaf goes into the log as often as this is walked, and counts once. */
async function issue(context: StepContext, kind: 'live' | 'final', places: ErasedPlace[]): Promise<void> {
  const { db, env, settings, deletion, job, journal, now } = context
  const own = and(eq(receipts.deletionId, deletion.id), eq(receipts.kind, kind))
  const standing = await db.select().from(receipts).where(own).get()
  if (!standing) {
    const ref = await loadPlatformRef(env.KEEPER)
    const facts = factsOf(context)
    facts.receipts ??= {}
    facts.receipts[kind] ??= {
      ...(await signReceipt(settings.receiptKeys, receiptFacts(context, kind, ref, places))),
      at: now,
    }
    // Before the database has it: one that is set back afterwards gets the same receipt again, not another.
    journal.put(job)
    const { jws, leaf, at } = facts.receipts[kind]
    const subject = deletion.id
    const entry = { accountId: deletion.accountId, actor: 'system', action: `deletion.${kind}`, subject }
    await writeBatch(db, [
      db.insert(receipts).values({ deletionId: deletion.id, kind, jws, leaf, at }),
      entryInsert(db, { ...entry, at: now }),
    ])
  }
  const row = standing ?? (await db.select().from(receipts).where(own).get())
  if (!row) throw new Error('a receipt was written and is not there')
  await appendLeaf(env, 'receipt', row.leaf)
}

function receiptFacts(
  context: StepContext,
  kind: 'live' | 'final',
  ref: Uint8Array,
  places: ErasedPlace[],
): ReceiptFacts {
  const { settings, deletion, now } = context
  const facts = factsOf(context)
  const erasedAt = facts.at as number
  const nothing = places.every((place) => place.before === 0)
  return {
    kind,
    issuer: settings.publicOrigin,
    requestId: deletion.id,
    scope: deletion.scope,
    door: deletion.door,
    commitment: commitmentOf(ref, deletion.scope, deletion.subjectId),
    requestedAt: deletion.requestedAt,
    verifiedAt: deletion.verifiedAt,
    startedAt: deletion.startedAt,
    erasedAt,
    issuedAt: now,
    goneBy: facts.goneBy as number,
    places,
    keys: {
      destroyed: facts.keys?.length ?? facts.before?.['keeper.keys'] ?? 0,
      unreadableSince: facts.shreddedAt ?? null,
    },
    kept: keptFacts(context),
    outOfReach: nothing ? [] : outOfReach(context, erasedAt),
    meta: facts.meta ?? 'not concerned',
    residue:
      facts.scannedAt === undefined
        ? null
        : {
            places: Object.keys(facts.searched ?? {}).length,
            values: sum(facts.searched ?? {}),
            found: sum(facts.found ?? {}),
            at: facts.scannedAt,
          },
  }
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0)

/** Before: what was frozen, and what landed late. After: counted now, by the same catalogue. */
async function placeFacts(context: StepContext): Promise<ErasedPlace[]> {
  const { db, env } = context
  const facts = factsOf(context)
  const subject = subjectOf(context)
  const after = await countAll({ db, keepers: env.KEEPER, files: env.FILES }, subject)
  const before = facts.before ?? {}
  const late = facts.late ?? {}
  const names = [...new Set([...Object.keys(before), ...Object.keys(late)])].filter(
    (name) => !keptPlaces.has(name),
  )
  return names.map((place) => {
    const held = {
      place,
      store: storeOf(place),
      before: (before[place] ?? 0) + (late[place] ?? 0),
      after: after[place] ?? 0,
      how: howOf(place),
    }
    const until = backupUntil(asInBackups(held), backupDaysOf, facts.at as number, facts.shreddedAt ?? null)
    return { ...held, backupUntil: until }
  })
}

/** A row of the database has columns in clear beside the sealed ones: instants, directions. In a backup they stay. */
const asInBackups = <T extends Pick<ErasedPlace, 'store' | 'how'>>(place: T): T =>
  place.store === 'DB' ? { ...place, how: 'deleted' } : place

const storeOf = (place: string): keyof typeof bindings =>
  place.startsWith('keeper.') ? 'KEEPER' : place.endsWith('/') ? 'FILES' : 'DB'

function howOf(place: string): ErasedPlace['how'] {
  if (place === 'keeper.keys') return 'key destroyed'
  if (place.endsWith('/')) return 'key destroyed and deleted'
  const table = tableNamed(place)
  return table && d1[table].erase === 'shred and delete' ? 'key destroyed and deleted' : 'deleted'
}

/** What stays, and for how long: the catalogue's own words. */
function keptFacts(context: StepContext): ReceiptFacts['kept'] {
  const { deletion } = context
  const facts = factsOf(context)
  const places = placesOf(subjectOf(context)).filter((place) => place.kept)
  const kept = places.map(({ table, name }) => {
    const { life, purpose, basis } = d1[table]
    const until = life === 'erasure' ? null : (facts.at as number) + life.days * dayMs
    return {
      place: name,
      count: facts.before?.[name] ?? 0,
      duty: `${purpose}: ${basis}, opaque ids only`,
      until,
    }
  })
  const own = { place: 'erasure_ledger', count: facts.seq === undefined ? 0 : 1 }
  const digests = {
    count: facts.digests?.length ?? 0,
    duty: 'late events about somebody erased store nothing',
  }
  const beside = [
    { place: 'keeper.tombstones', ...digests, until: (facts.at as number) + limits.tombstoneDays * dayMs },
    {
      place: 'eraser.needles',
      count: subjectOf(context).scope === 'workspace' || (facts.ids ?? []).length > 0 ? 1 : 0,
      duty: 'search again for what should be gone, keyed digests only',
      until: deletion.requestedAt + limits.needlesDays * dayMs,
    },
  ]
  const ledger = { ...own, duty: 'keep what was erased erased, keyed digests only', until: null }
  const owner = {
    place: 'members',
    count: 1,
    duty: 'the only owner of a workspace: transfer it or delete the workspace',
    until: null,
  }
  return [...kept, ...beside, ledger, ...(facts.soleOwner ? [owner] : [])].filter(({ count }) => count > 0)
}

function outOfReach({ deletion }: StepContext, erasedAt: number): ReceiptFacts['outOfReach'] {
  if (deletion.scope === 'visitor')
    return [{ what: 'copies in mailboxes that our mails and your letters went to', until: null }]
  if (deletion.scope === 'member' || deletion.scope === 'meta_user') return []
  return [
    { what: 'copies that the business itself has taken', until: null },
    { what: 'copies at Meta, for retransmission', until: erasedAt + limits.metaCopiesMs },
  ]
}

/** Waits for the last backup window. */
export async function backupsStep(context: StepContext): Promise<Outcome> {
  const { now } = context
  const until = factsOf(context).goneBy ?? now
  return now < until ? { to: 'again', inMs: until - now, waits: true } : { to: 'next' }
}

/** Counts once more, signs once more, and forgets everything about the job but what it searched for. */
export async function finalStep(context: StepContext): Promise<Outcome> {
  const { db, deletion, now } = context
  const facts = factsOf(context)
  if (facts.meta === 'pending')
    return { to: 'again', inMs: Math.max(1, (facts.detachNextAt ?? now) - now), waits: true }
  await issue(context, 'final', await placeFacts(context))
  await writeBatch(db, [
    db.update(deletions).set({ state: 'completed', completedAt: now }).where(eq(deletions.id, deletion.id)),
  ])
  return { to: 'end' }
}
