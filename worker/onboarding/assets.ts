// What a token reaches at Meta: WhatsApp accounts and their numbers, as Meta lists them. Only this is believed; ids that a
// caller or a browser gives prove nothing. Called by connect.ts, signup.ts and the doctor.

import { z } from 'zod'
import { ok, type Result, refused } from '../ground/result.ts'
import { fields, text } from '../meta/json.ts'
import { askMeta, type NotConnected, refusalOf, type World } from './ask.ts'

export type MetaNumber = {
  id: string
  displayPhoneNumber: string
  verifiedName: string
  /** CONNECTED when it is registered with the Cloud API. */
  status: string
  /** Shared with the WhatsApp Business app: it keeps its registration there. */
  shared: boolean
}
export type MetaAccount = { wabaId: string; businessId: string | null; numbers: MetaNumber[] }

const numbersPage = z.looseObject({
  data: z.array(
    z
      .looseObject({
        id: z.string(),
        display_phone_number: z.string(),
        verified_name: z.string().catch(''),
        status: z.string().catch(''),
        is_on_biz_app: z.boolean().catch(false),
      })
      .transform((number) => ({
        id: number.id,
        displayPhoneNumber: number.display_phone_number,
        verifiedName: number.verified_name,
        status: number.status,
        shared: number.is_on_biz_app,
      })),
  ),
  paging: z
    .looseObject({
      next: z.string().optional(),
      cursors: z.looseObject({ after: z.string().optional() }).optional(),
    })
    .optional(),
})

/** A WhatsApp account has at most 25 numbers unless Meta raised it; five pages of a hundred end a list that does not. */
const pages = 5
const numberFields = 'id,display_phone_number,verified_name,status,is_on_biz_app'

/** Every number of the account; `wanted` ends the reading once it was seen. */
export async function loadMetaNumbers(
  world: World,
  token: string,
  wabaId: string,
  wanted?: string,
): Promise<Result<MetaNumber[], NotConnected>> {
  const listing = { method: 'GET', path: `${wabaId}/phone_numbers`, route: '/{waba}/phone_numbers' } as const
  const numbers: MetaNumber[] = []
  let after: string | undefined
  for (let page = 0; page < pages; page++) {
    const query = { fields: numberFields, limit: '100', ...(after === undefined ? {} : { after }) }
    const answer = await askMeta(world, token, { ...listing, query })
    if (answer.kind !== 'answered') return refusalOf(answer)
    const parsed = numbersPage.safeParse(answer.json)
    if (!parsed.success)
      return refused({
        reason: 'meta_unreachable',
        detail: 'Meta answered with something else than a list of numbers.',
      })
    numbers.push(...parsed.data.data)
    after = parsed.data.paging?.next === undefined ? undefined : parsed.data.paging.cursors?.after
    if (after === undefined || numbers.some(({ id }) => id === wanted)) break
  }
  return ok(numbers)
}

/** The account and its numbers, both asked for with the token: what Meta shows of them is what it opens. */
export async function loadMetaAccount(
  world: World,
  token: string,
  wabaId: string,
): Promise<Result<MetaAccount, NotConnected>> {
  const query = { fields: 'id,name,owner_business_info' }
  const answer = await askMeta(world, token, { method: 'GET', path: wabaId, route: '/{waba}', query })
  if (answer.kind !== 'answered') return refusalOf(answer)
  if (text(fields(answer.json).id) !== wabaId)
    return refused({
      reason: 'meta_unreachable',
      detail: 'Meta answered with something else than the account.',
    })
  const businessId = text(fields(fields(answer.json).owner_business_info).id) ?? null
  const numbers = await loadMetaNumbers(world, token, wabaId)
  return numbers.ok ? ok({ wabaId, businessId, numbers: numbers.value }) : numbers
}
