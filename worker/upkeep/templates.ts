// Templates at Meta: read the whole list, submit a new one, edit, delete. Meta decides; what it says is kept. Called by
// template-routes.ts and the cron. Source: template management (Meta's documentation).

import { sql } from 'drizzle-orm'
import { type Database, database, schema, statement, writeBatch } from '../../db/client.ts'
import { loadOpenWabas, type OpenWaba } from '../accounts/wabas.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { announce } from '../live/announce.ts'
import { fields, items, text } from '../meta/json.ts'
import { type Draft, type Fault, faultsOf } from '../templates/check.ts'
import { templateQuery } from '../templates/list.ts'
import {
  type Listed,
  listedUpsert,
  type TemplateRow,
  templateErase,
  templateId,
  unlistedErase,
} from '../templates/record.ts'
import { editableAt, type NewTemplate, type TemplateEdit } from '../templates/shapes.ts'
import { type Asking, askMeta, type MetaSaidNo } from './graph.ts'
import { type Given, type NotTaken, parseSample, type SampleFormat, uploadSample } from './samples.ts'

const { wabas } = schema

const fieldsRead =
  'id,name,language,status,category,components,quality_score,rejected_reason,parameter_format'

export type NotDone =
  | MetaSaidNo
  | NotTaken
  | { reason: 'not_found' }
  | { reason: 'conflict'; detail: string }
  | { reason: 'bad_request'; faults: Fault[] }

export type Synced = { templates: number; accounts: number }

/** Everything that Meta lists for every WhatsApp account of the workspace. */
export async function syncTemplates(
  asking: Asking,
  accountId: string,
  actor: string,
): Promise<Result<Synced, MetaSaidNo>> {
  const { env, now } = asking
  const db = database(env.DB)
  const own = await loadOpenWabas(db, env.KEEPER, accountId, now)
  let count = 0
  for (const waba of own) {
    const synced = await syncWaba(asking, db, accountId, waba, actor)
    if (!synced.ok) return synced
    count += synced.value
  }
  await announce(env, accountId, [{ kind: 'templates' }])
  return ok({ templates: count, accounts: own.length })
}

async function syncWaba(
  asking: Asking,
  db: Database,
  accountId: string,
  waba: OpenWaba,
  actor: string,
): Promise<Result<number, MetaSaidNo>> {
  const { now } = asking
  const listed = await loadListed(asking, waba)
  if (!listed.ok) return listed
  const chunks: Listed[][] = []
  for (let from = 0; from < listed.value.rows.length; from += 50)
    chunks.push(listed.value.rows.slice(from, from + 50))
  await writeBatch(db, [
    ...chunks.map((rows) => listedUpsert(db, accountId, rows, now)),
    // A list that was not read to its end says nothing about what is missing in it.
    ...(listed.value.whole ? [unlistedErase(db, accountId, waba.wabaId, now)] : []),
    entryInsert(db, { accountId, actor, action: 'template.sync', subject: waba.wabaId, at: now }),
  ])
  return ok(listed.value.rows.length)
}

async function loadListed(
  asking: Asking,
  { wabaId, token }: OpenWaba,
): Promise<Result<{ rows: Listed[]; whole: boolean }, MetaSaidNo>> {
  const rows: Listed[] = []
  let after: string | undefined
  for (let page = 0; page < limits.templateSyncPages; page++) {
    const answer = await askMeta(asking, token, {
      method: 'GET',
      path: `${wabaId}/message_templates`,
      route: '/{waba}/message_templates',
      query: { fields: fieldsRead, limit: '100', ...(after === undefined ? {} : { after }) },
    })
    if (!answer.ok) return answer
    const { data, paging } = fields(answer.value.json)
    rows.push(...items(data).flatMap((one) => listedOf(wabaId, one) ?? []))
    const { next, cursors } = fields(paging)
    after = text(next) === undefined ? undefined : text(fields(cursors).after)
    if (after === undefined) return ok({ rows, whole: Array.isArray(data) })
  }
  return ok({ rows, whole: false })
}

function listedOf(wabaId: string, given: unknown): Listed | undefined {
  const one = fields(given)
  const [metaId, name, language] = [text(one.id), text(one.name), text(one.language)]
  if (metaId === undefined || name === undefined || language === undefined) return undefined
  const reason = text(one.rejected_reason)
  return {
    wabaId,
    metaId,
    name,
    language,
    category: text(one.category) ?? 'UNKNOWN',
    status: text(one.status) ?? 'UNKNOWN',
    quality: text(fields(one.quality_score).score) ?? null,
    reason: reason === undefined || reason === 'NONE' ? null : reason,
    components: [...items(one.components)],
  }
}

/** Submitted to Meta, which reviews it. The row stands as soon as Meta named it. */
export async function createTemplate(
  asking: Asking,
  principal: Principal,
  asked: NewTemplate,
): Promise<Result<TemplateRow, NotDone>> {
  const { env, now } = asking
  const db = database(env.DB)
  const { accountId } = principal
  const faults = faultsOf({ ...asked, components: asked.components } satisfies Draft)
  if (faults.length > 0) return refused({ reason: 'bad_request', faults })
  const own = await loadOpenWabas(db, env.KEEPER, accountId, now, asked.wabaId)
  const [waba] = own
  if (!waba) return noConnection(asked.wabaId)
  if (own.length > 1) return severalAccounts
  const { name, language, category, named, components } = asked
  const body = JSON.stringify({
    ...{ name, language, category, components },
    parameter_format: named ? 'NAMED' : 'POSITIONAL',
  })
  const path = `${waba.wabaId}/message_templates`
  const route = '/{waba}/message_templates'
  const answer = await askMeta(asking, waba.token, { method: 'POST', path, route, body })
  if (!answer.ok) return answer
  const said = fields(answer.value.json)
  const metaId = text(said.id)
  if (metaId === undefined)
    return refused({ reason: 'meta_unreachable', detail: 'Meta gave it no id. Sync.' })
  const listed: Listed = {
    ...{ wabaId: waba.wabaId, metaId, name, language, quality: null, reason: null, components },
    category: text(said.category) ?? category,
    status: text(said.status) ?? 'PENDING',
  }
  const id = templateId(accountId, waba.wabaId, metaId)
  await writeBatch(db, [
    listedUpsert(db, accountId, [listed], now),
    entryInsert(db, {
      accountId,
      actor: actorOf(principal),
      action: 'template.create',
      subject: id,
      at: now,
    }),
  ])
  await announce(env, accountId, [{ kind: 'templates' }])
  return ok((await templateQuery(db, accountId, id).get()) as TemplateRow)
}

/** A file for the head of a template, for Meta's reviewers; `wabaId` where there are several accounts. */
export async function uploadHead(
  asking: Asking,
  principal: Principal,
  wabaId: string | undefined,
  given: Given,
): Promise<Result<{ handle: string; format: SampleFormat }, NotDone>> {
  const { env, now } = asking
  const { accountId } = principal
  const db = database(env.DB)
  const own = await loadOpenWabas(db, env.KEEPER, accountId, now, wabaId)
  const [waba] = own
  if (!waba) return noConnection(wabaId)
  if (own.length > 1) return severalAccounts
  const sample = parseSample(given)
  if (!sample.ok) return sample
  const handle = await uploadSample(asking, waba.token, sample.value)
  if (!handle.ok) return handle
  const entry = { accountId, actor: actorOf(principal), action: 'template.sample', subject: waba.wabaId }
  await writeBatch(db, [entryInsert(db, { ...entry, at: now })])
  return ok({ handle: handle.value, format: sample.value.format })
}

const severalAccounts = refused({
  reason: 'conflict',
  detail: 'Say in wabaId which WhatsApp account.',
} as const)

const noConnection = (wabaId: string | undefined): Result<never, NotDone> =>
  wabaId === undefined
    ? refused({ reason: 'conflict', detail: 'No WhatsApp account is connected, or Meta’s token is gone.' })
    : refused({ reason: 'not_found' })

/** Goes through review again. Meta allows it once a day for an approved one, and ten times in thirty days. */
export async function editTemplate(
  asking: Asking,
  principal: Principal,
  id: string,
  { category, components }: TemplateEdit,
): Promise<Result<TemplateRow, NotDone>> {
  const { env, now } = asking
  const { accountId } = principal
  const found = await loadOwn(asking, accountId, id)
  if (!found.ok) return found
  const { row, waba, db } = found.value
  const from = editableAt(row)
  if (from === null)
    return refused({ reason: 'conflict', detail: `Meta edits no template that is ${row.status}.` })
  if (from > now)
    return refused({ reason: 'conflict', detail: 'Meta lets an approved template be edited once a day.' })
  const named = isNamed(components)
  const kind = (category ?? row.category) as Draft['category']
  const faults = faultsOf({ category: kind, named, components })
  if (faults.length > 0) return refused({ reason: 'bad_request', faults })
  const changed = category !== undefined && category !== row.category && row.status !== 'APPROVED'
  const body = JSON.stringify({ components, ...(changed ? { category } : {}) })
  const answer = await askMeta(asking, waba.token, {
    ...{ method: 'POST', path: row.metaId, route: '/{template}', body },
  })
  if (!answer.ok) return answer
  const json = JSON.stringify(components)
  await writeBatch(db, [
    statement(
      db,
      sql`UPDATE templates SET components = ${json}, components_at = max(components_at, ${now}), status = 'PENDING', reason = NULL, detail = NULL,
        category = ${changed ? kind : row.category}, status_at = max(status_at, ${now - 1000}), edited_at = ${now}, updated_at = ${now}
        WHERE id = ${id} AND account_id = ${accountId}`,
    ),
    entryInsert(db, { accountId, actor: actorOf(principal), action: 'template.edit', subject: id, at: now }),
  ])
  await announce(env, accountId, [{ kind: 'templates' }])
  return ok((await templateQuery(db, accountId, id).get()) as TemplateRow)
}

const isNamed = (components: TemplateEdit['components']): boolean =>
  components.some(
    (one) =>
      'text' in one &&
      [...(one.text ?? '').matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].some(
        ([, name]) => !/^\d+$/.test(name ?? ''),
      ),
  )

/** At Meta too, in this language alone. Its name is taken for thirty days when it was approved. */
export async function deleteTemplate(
  asking: Asking,
  principal: Principal,
  id: string,
): Promise<Result<void, NotDone>> {
  const { env, now } = asking
  const { accountId } = principal
  const found = await loadOwn(asking, accountId, id)
  if (!found.ok) return found
  const { row, waba, db } = found.value
  const answer = await askMeta(asking, waba.token, {
    method: 'DELETE',
    path: `${row.wabaId}/message_templates`,
    route: '/{waba}/message_templates',
    query: { hsm_id: row.metaId, name: row.name },
  })
  if (!answer.ok) return answer
  const entry = { accountId, actor: actorOf(principal), action: 'template.delete', subject: id, at: now }
  await writeBatch(db, [templateErase(db, accountId, id), entryInsert(db, entry)])
  await announce(env, accountId, [{ kind: 'templates' }])
  return ok(undefined)
}

type Own = { db: Database; row: TemplateRow; waba: OpenWaba }

async function loadOwn({ env, now }: Asking, accountId: string, id: string): Promise<Result<Own, NotDone>> {
  const db = database(env.DB)
  const row = await templateQuery(db, accountId, id).get()
  if (!row) return refused({ reason: 'not_found' })
  const [waba] = await loadOpenWabas(db, env.KEEPER, accountId, now, row.wabaId)
  return waba ? ok({ db, row, waba }) : (noConnection(undefined) as Result<never, NotDone>)
}

/** The cron's part: accounts whose list was not asked for in a day, a few at a time. One that fails waits for its next day. */
export async function syncDue(asking: Asking): Promise<number> {
  const { env, now } = asking
  const db = database(env.DB)
  const due = await db
    .update(wabas)
    .set({ templatesAt: now })
    .where(
      sql`${wabas.wabaId} IN (SELECT waba_id FROM wabas WHERE templates_at < ${now - limits.templateSyncEveryMs} LIMIT ${limits.templateSyncBatch})`,
    )
    .returning({ accountId: wabas.accountId })
  for (const accountId of new Set(due.map((row) => row.accountId))) {
    try {
      await syncTemplates(asking, accountId, 'system')
    } catch (cause) {
      log('warn', 'templates.not_synced', { accountId, error: errorName(cause) })
    }
  }
  return due.length
}
