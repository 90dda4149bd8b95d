// What a contact agreed to, or took back, written down with its proof. Nothing is ever overwritten: a later word is another row.
// Called by consent-routes.ts. Why: docs/decisions/0041.

import { database, writeBatch } from '../../db/client.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import {
  type ConsentContent,
  type ConsentRow,
  consentRuleUpsert,
  consentsInsert,
  type MarketingRule,
} from '../consent/record.ts'
import { contactQuery } from '../conversations/list-contacts.ts'
import type { SealKey } from '../crypto/seal.ts'
import { type Keepers, keeperOf, openColumns, sealColumn } from '../custody/sealing.ts'
import { newId } from '../ground/ids.ts'
import { isoTime } from '../ground/openapi.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { World } from '../ground/world.ts'
import { announce } from '../live/announce.ts'
import { entryOf } from './held.ts'

export type Said = Pick<ConsentRow, 'purpose' | 'state' | 'source' | 'at'> & ConsentContent

/** `future`: nobody agrees tomorrow. */
export async function recordConsent(
  { env, now }: World,
  principal: Principal,
  contactId: string,
  said: Said,
): Promise<Result<ConsentView, { reason: 'unknown' | 'future' }>> {
  if (said.at > now) return refused({ reason: 'future' })
  const db = database(env.DB)
  const { accountId } = principal
  if (!(await contactQuery(db, accountId, contactId).get())) return refused({ reason: 'unknown' })
  const key = await keeperOf(env.KEEPER, accountId)
    .keyFor(contactId)
    .catch(() => undefined)
  if (!key) return refused({ reason: 'unknown' })
  const about = { id: newId('cns'), accountId, contactId, recordedBy: actorOf(principal), importId: null }
  const row = await sealConsent(key, { ...about, recordedAt: now }, said)
  const action = said.state === 'given' ? 'consent.record' : 'consent.withdraw'
  await writeBatch(db, [
    consentsInsert(db, [row]),
    entryOf(db, principal, action, contactId, now, said.purpose),
  ])
  await announce(env, accountId, [{ kind: 'contact', contactId }])
  return ok(viewOf(row, { text: said.text, where: said.where }))
}

type About = Pick<ConsentRow, 'id' | 'accountId' | 'contactId' | 'recordedAt' | 'recordedBy' | 'importId'>

export async function sealConsent(key: SealKey, about: About, said: Said): Promise<ConsentRow> {
  const { text, where, how, ...facts } = said
  const content: ConsentContent = { text, ...(where ? { where } : {}), ...(how ? { how } : {}) }
  return {
    ...about,
    ...facts,
    content: await sealColumn(key, 'consents', 'content', about.id, JSON.stringify(content)),
  }
}

export type ConsentView = Omit<ConsentRow, 'accountId' | 'contactId' | 'content' | 'at' | 'recordedAt'> & {
  text: string | null
  where: string | null
  how: string | null
  at: string
  recordedAt: string
}

function viewOf(row: ConsentRow, content: ConsentContent | undefined): ConsentView {
  const { id, purpose, state, source, recordedBy, importId } = row
  return {
    ...{ id, purpose, state, source, recordedBy, importId },
    text: content?.text ?? null,
    where: content?.where ?? null,
    how: content?.how ?? null,
    at: isoTime(row.at),
    recordedAt: isoTime(row.recordedAt),
  }
}

/** In the order given. */
export async function openConsents(
  keepers: Keepers,
  accountId: string,
  rows: ConsentRow[],
  now: number,
): Promise<ConsentView[]> {
  const opened = await openColumns(
    keepers,
    accountId,
    rows.map(({ id, content }) => ({ table: 'consents', column: 'content', rowId: id, sealed: content })),
    now,
  )
  return rows.map((row, i) => {
    const text = opened[i]
    return viewOf(row, text === undefined ? undefined : (JSON.parse(text) as ConsentContent))
  })
}

/** Whether marketing waits for a consent that is written down here. */
export async function saveConsentRule(
  { env, now }: World,
  principal: Principal,
  marketing: MarketingRule,
): Promise<void> {
  const db = database(env.DB)
  const { accountId } = principal
  await writeBatch(db, [
    consentRuleUpsert(db, accountId, marketing, now),
    entryOf(db, principal, 'consent_rule.change', accountId, now, marketing),
  ])
  await announce(env, accountId, [{ kind: 'workspace' }])
}
