// A request to be forgotten, from any door: recorded once, verified, handed to the Eraser of its account. Called by
// routes.ts, the doors of Meta, the lifecycle and the canary.

import { and, desc, eq, ne } from 'drizzle-orm'
import { type Database, database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { codeDigest, codeOf } from '../custody/codes.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { World } from '../ground/world.ts'
import { statusUrl } from './code.ts'
import { loadOwners, resignation, tellOwners } from './owners.ts'
import {
  type DeletionDoor,
  type DeletionRow,
  type DeletionScope,
  type DeletionState,
  restrictions,
  wake,
} from './row.ts'
import { tellStands } from './tell.ts'

const { deletions, metaLinks } = schema

export type Asked = {
  /** `platform` for somebody who belongs to no account that we know. */
  accountId: string
  scope: DeletionScope
  /** The contact, the member, the account, or the keyed digest of a Facebook user id. */
  subjectId: string
  door: DeletionDoor
  /** As in the ledger: `key:{id}`, `operator`, `meta`, `system`. */
  actor: string
  /** The owner who asks (workspace scope through the API). */
  memberId?: string | undefined
  /** Member scope: an owner who stops being one with the request. Throws when no other owner would be left. */
  resigns?: boolean
  /** When Meta was asked (epoch ms): what was linked later is not meant. */
  askedAt?: number
  /** Workspace scope: give up the numbers at Meta, too. */
  deregister?: boolean
}

export type OpenedDeletion = {
  id: string
  /** 26 letters and digits, 128 bits: whoever has it may follow the deletion. */
  code: string
  /** The status page. */
  url: string
  state: DeletionState
  /** False when the same request stood already. */
  fresh: boolean
}

/** Opens the deletion, or finds the one that stands. It is durable when this resolves; the work goes on by itself. */
export async function requestDeletion(world: World, asked: Asked): Promise<OpenedDeletion> {
  const db = database(world.env.DB)
  const platformRef = await loadPlatformRef(world.env.KEEPER)
  const standing = await loadStanding(db, asked)
  if (standing) return opened(world, platformRef, standing, false)
  const row = await newRow(world, db, platformRef, asked)
  try {
    await writeBatch(db, row.statements)
  } catch (cause) {
    // Somebody asked for the same thing at the same moment: theirs stands.
    const theirs = await loadStanding(db, asked)
    if (theirs) return opened(world, platformRef, theirs, false)
    throw cause
  }
  await tellStands(world.env, row.deletion)
  await wake(world.env, row.deletion.accountId, row.deletion.id)
  return opened(world, platformRef, row.deletion, true)
}

function opened(world: World, ref: Uint8Array, row: DeletionRow, fresh: boolean): OpenedDeletion {
  const code = codeOf(ref, row.id)
  return { id: row.id, code, url: statusUrl(world.settings, code), state: row.state, fresh }
}

/**
 * The newest request about the same subject that was not cancelled. A person known only to Meta can come back with
 * new data: a finished request of theirs stands only while there is nothing new.
 */
async function loadStanding(db: Database, asked: Asked): Promise<DeletionRow | undefined> {
  const { accountId, scope, subjectId } = asked
  const row = await db
    .select()
    .from(deletions)
    .where(
      and(
        eq(deletions.accountId, accountId),
        eq(deletions.subjectId, subjectId),
        eq(deletions.scope, scope),
        ne(deletions.state, 'cancelled'),
      ),
    )
    .orderBy(desc(deletions.requestedAt))
    .limit(1)
    .get()
  if (!row || scope !== 'meta_user' || !['erased', 'completed'].includes(row.state)) return row
  const link = await db
    .select({ at: metaLinks.at })
    .from(metaLinks)
    .where(eq(metaLinks.digest, subjectId))
    .get()
  const isNew = link && link.at > (row.erasedAt ?? 0) && link.at <= (asked.askedAt ?? link.at)
  return isNew ? undefined : row
}

type NewRow = { deletion: DeletionRow; statements: Statement[] }

async function newRow(world: World, db: Database, ref: Uint8Array, asked: Asked): Promise<NewRow> {
  const { now } = world
  const { accountId, scope, subjectId, actor } = asked
  const id = newId('del')
  const owners = scope === 'workspace' ? await loadOwners(db, accountId) : []
  const others = owners.filter((owner) => owner.id !== asked.memberId)
  const waits = scope === 'workspace' && asked.door === 'api' && others.length > 0
  const state = waits ? 'waiting_approval' : scope === 'workspace' ? 'cooling_off' : 'running'
  const deletion: DeletionRow = {
    id,
    accountId,
    scope,
    subjectId,
    door: asked.door,
    requestedBy: actor,
    codeDigest: codeDigest(codeOf(ref, id)),
    state,
    deregister: asked.deregister ?? false,
    requestedAt: now,
    verifiedAt: waits ? null : now,
    coolingUntil: state === 'cooling_off' ? now + limits.coolingOffMs : null,
    startedAt: state === 'running' ? now : null,
    erasedAt: null,
    goneBy: null,
    completedAt: null,
    cancelledAt: null,
    cancelledBy: null,
  }
  const told = await tellOwners(world, db, deletion, codeOf(ref, id), owners, asked.memberId)
  return {
    deletion,
    statements: [
      db.insert(deletions).values(deletion),
      ...(deletion.verifiedAt === null ? [] : restrictions(db, deletion, now)),
      ...(asked.resigns ? resignation(db, accountId, subjectId) : []),
      ...told,
      entryInsert(db, { accountId, actor, action: 'deletion.request', subject: id, reason: scope, at: now }),
    ],
  }
}
