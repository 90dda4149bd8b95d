// A number at Meta: how it stands, and its public profile, read and changed. Nothing of it is kept here. Called by
// number-routes.ts. Source: phone number fields and business profiles (Meta's documentation).

import { database, writeBatch } from '../../db/client.ts'
import { type NumberRow, numberQuery } from '../accounts/numbers.ts'
import { loadOpenWabas } from '../accounts/wabas.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf, type Principal } from '../audit/principal.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { announce } from '../live/announce.ts'
import { fields, items, text } from '../meta/json.ts'
import { type Asking, askMeta, type MetaSaidNo } from './graph.ts'
import type { NewProfile, Profile, Standing } from './number-shapes.ts'
import { type Given, type NotTaken, parseSample, uploadSample } from './samples.ts'

export type NotAsked =
  | MetaSaidNo
  | NotTaken
  | { reason: 'not_found' }
  | { reason: 'conflict'; detail: string }

type Own = { row: NumberRow; token: string }

async function loadOwn({ env, now }: Asking, accountId: string, id: string): Promise<Result<Own, NotAsked>> {
  const db = database(env.DB)
  const row = await numberQuery(db, accountId, id).get()
  if (!row) return refused({ reason: 'not_found' })
  const [waba] = await loadOpenWabas(db, env.KEEPER, accountId, now, row.wabaId)
  return waba
    ? ok({ row, token: waba.token })
    : refused({ reason: 'conflict', detail: 'The connection is gone. Connect the number again.' })
}

const standingFields =
  'quality_rating,throughput,whatsapp_business_manager_messaging_limit,name_status,status,is_on_biz_app'

export async function loadStanding(
  asking: Asking,
  accountId: string,
  id: string,
): Promise<Result<Standing, NotAsked>> {
  const own = await loadOwn(asking, accountId, id)
  if (!own.ok) return own
  const { row, token } = own.value
  const answer = await askMeta(asking, token, {
    ...{ method: 'GET', path: row.phoneNumberId, route: '/{number}', query: { fields: standingFields } },
  })
  if (!answer.ok) return answer
  const said = fields(answer.value.json)
  return ok({
    quality: text(said.quality_rating) ?? null,
    tier: text(said.whatsapp_business_manager_messaging_limit) ?? null,
    throughput: text(fields(said.throughput).level) ?? null,
    nameStatus: text(said.name_status) ?? null,
    status: text(said.status) ?? null,
    shared: said.is_on_biz_app === true,
  })
}

const profileFields = 'about,address,description,email,profile_picture_url,websites,vertical'
const edge = 'whatsapp_business_profile'

export async function loadProfile(
  asking: Asking,
  accountId: string,
  id: string,
): Promise<Result<Profile, NotAsked>> {
  const own = await loadOwn(asking, accountId, id)
  return own.ok ? readProfile(asking, own.value) : own
}

async function readProfile(asking: Asking, { row, token }: Own): Promise<Result<Profile, NotAsked>> {
  const path = `${row.phoneNumberId}/${edge}`
  const query = { fields: profileFields }
  const answer = await askMeta(asking, token, { method: 'GET', path, route: `/{number}/${edge}`, query })
  if (!answer.ok) return answer
  const said = fields(items(fields(answer.value.json).data)[0])
  return ok({
    about: text(said.about) ?? '',
    address: text(said.address) ?? '',
    description: text(said.description) ?? '',
    email: text(said.email) ?? '',
    websites: items(said.websites).flatMap((one) => text(one) ?? []),
    vertical: text(said.vertical) ?? null,
    pictureUrl: text(said.profile_picture_url) ?? null,
  })
}

/** Only what is given changes. */
export async function changeProfile(
  asking: Asking,
  principal: Principal,
  id: string,
  changes: NewProfile,
): Promise<Result<Profile, NotAsked>> {
  const own = await loadOwn(asking, principal.accountId, id)
  return own.ok ? writeProfile(asking, principal, own.value, changes, Object.keys(changes)) : own
}

/** The file goes to Meta, and the profile names it. */
export async function changePicture(
  asking: Asking,
  principal: Principal,
  id: string,
  given: Given,
): Promise<Result<Profile, NotAsked>> {
  const own = await loadOwn(asking, principal.accountId, id)
  if (!own.ok) return own
  const sample = parseSample(given)
  if (!sample.ok) return sample
  if (sample.value.format !== 'IMAGE')
    return refused({ reason: 'file_refused', detail: 'A profile has a JPEG or a PNG.' })
  const handle = await uploadSample(asking, own.value.token, sample.value)
  if (!handle.ok) return handle
  return writeProfile(asking, principal, own.value, { profile_picture_handle: handle.value }, ['picture'])
}

async function writeProfile(
  asking: Asking,
  principal: Principal,
  own: Own,
  changes: Record<string, unknown>,
  names: string[],
): Promise<Result<Profile, NotAsked>> {
  const { accountId } = principal
  const { row, token } = own
  const body = JSON.stringify({ messaging_product: 'whatsapp', ...changes })
  const path = `${row.phoneNumberId}/${edge}`
  const answer = await askMeta(asking, token, { method: 'POST', path, route: `/{number}/${edge}`, body })
  if (!answer.ok) return answer
  const db = database(asking.env.DB)
  const reason = names.sort().join(', ')
  const entry = { accountId, actor: actorOf(principal), action: 'number.profile', subject: row.id, reason }
  await writeBatch(db, [entryInsert(db, { ...entry, at: asking.now })])
  await announce(asking.env, accountId, [{ kind: 'number', numberId: row.id }])
  return readProfile(asking, own)
}
