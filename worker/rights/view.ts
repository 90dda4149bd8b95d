// How a request stands, for whoever has its code and for the business that it was asked of. Called by the doors.

import { type Database, database } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import { codeOf } from '../custody/codes.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { isoTime, isoTimeOrNull } from '../ground/openapi.ts'
import type { World } from '../ground/world.ts'
import { clocksNamed } from './clocks.ts'
import { loadMessages, type Written } from './conversation.ts'
import { mayPrepare, mayTake, type PackageRow, packageOf, packageView } from './package.ts'
import { refusalView } from './refusals.ts'
import { deletionState, loadWorkspaceName, type RequestRow, requestCode, standingOf } from './row.ts'
import { isOpen, may } from './states.ts'

export type Can = 'withdraw' | 'write' | 'prepare' | 'download'

export const messageView = ({ by, text, at }: Written) => ({ by, text, at: isoTime(at) })

/** A deletion that is through is done, whether somebody has written it down yet or not. */
async function endOf(db: Database, row: RequestRow): Promise<Pick<RequestRow, 'state' | 'closedAt'>> {
  if (row.state !== 'granted' || row.deletionId === null) return row
  const deletion = await deletionState(db, row.deletionId).get()
  return deletion?.state === 'erased' || deletion?.state === 'completed'
    ? { state: 'done', closedAt: deletion.erasedAt }
    : row
}

export async function loadPublicView(world: World, row: RequestRow) {
  const { env, now } = world
  const db = database(env.DB)
  const [ref, end, prepared, messages, name] = await Promise.all([
    loadPlatformRef(env.KEEPER),
    endOf(db, row),
    packageOf(db, row.id),
    loadMessages(world, row),
    row.subjectKind === 'contact' ? loadWorkspaceName(db, row.accountId) : operator.name,
  ])
  const stands = { ...row, ...end }
  return {
    code: requestCode(ref, row),
    type: row.type,
    about: row.subjectKind,
    ...instants(stands),
    controller: {
      kind: row.subjectKind === 'contact' ? ('business' as const) : ('us' as const),
      name: name ?? '',
    },
    regimes: clocksNamed(row.regimes).map(({ title }) => title),
    refusal: row.refusal === null ? null : refusalView(row.refusal, row.regimes),
    contacts: { questions: operator.contact, complaints: operator.grievance },
    deletion: row.deletionId === null ? null : { code: codeOf(ref, row.deletionId) },
    package: prepared ? packageShown(prepared, now) : null,
    messages: messages.map(messageView),
    can: canOf(stands, prepared, now),
  }
}

function packageShown(row: PackageRow, now: number) {
  const { expiresAt, ...shown } = packageView(row, now)
  return { ...shown, expiresAt: isoTime(expiresAt) }
}

function canOf(row: RequestRow, prepared: PackageRow | undefined, now: number): Can[] {
  const building = prepared !== undefined && packageView(prepared, now).state === 'building'
  return [
    ...(may('person', 'withdraw', standingOf(row)) ? (['withdraw'] as const) : []),
    ...(isOpen(row.state) || row.state === 'refused' ? (['write'] as const) : []),
    ...(mayPrepare(row) && !building ? (['prepare'] as const) : []),
    ...(mayTake(row, prepared, now) ? (['download'] as const) : []),
  ]
}

const instants = (row: RequestRow) => ({
  state: row.state,
  receivedAt: isoTime(row.receivedAt),
  dueAt: isoTime(row.dueAt),
  letThroughAt: isoTimeOrNull(row.letThroughAt),
  decidedAt: isoTimeOrNull(row.decidedAt),
  closedAt: isoTimeOrNull(row.closedAt),
})

/** For whoever operates this gateway. */
export const ourRequestView = (row: RequestRow) => ({
  id: row.id,
  type: row.type,
  about: row.subjectKind === 'visitor' ? ('visitor' as const) : ('member' as const),
  subjectId: row.subjectId,
  accountId: row.accountId,
  language: row.language,
  ...instants(row),
  refusal: row.refusal,
  deletionId: row.deletionId,
})

export async function loadOurView(world: World, row: RequestRow) {
  const db = database(world.env.DB)
  const [end, messages] = await Promise.all([endOf(db, row), loadMessages(world, row)])
  return { ...ourRequestView({ ...row, ...end }), messages: messages.map(messageView) }
}

/** For a business. The code is the person's alone: it is not in here. */
export const requestView = (row: RequestRow) => ({
  id: row.id,
  type: row.type,
  contactId: row.subjectId,
  door: row.door,
  language: row.language,
  ...instants(row),
  decidedBy: row.decidedBy,
  refusal: row.refusal,
  deletionId: row.deletionId,
})

export async function loadBusinessView(world: World, row: RequestRow) {
  const db = database(world.env.DB)
  const [end, messages] = await Promise.all([endOf(db, row), loadMessages(world, row)])
  return { ...requestView({ ...row, ...end }), messages: messages.map(messageView) }
}
