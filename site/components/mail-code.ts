// The walk of a form that proves an e-mail address: address, six digits, result. What the visitor typed travels only in
// bodies. Called by /data-deletion/mail and /subprocessors/subscribe.

import type { InferResponseType } from 'hono/client'
import {
  type Answer,
  askApi,
  languageOf,
  type PublicApi,
  type Refusal,
  readForm,
  type Visit,
} from './public-api.ts'
import { type RequestType, type Trouble, troubleOf, typeOf } from './rights-words.ts'

/** What is wanted once the address is proven. */
export type Wanted = RequestType | 'subscribe'

type Issued = InferResponseType<PublicApi['mail-codes']['$post'], 202>
type Checked = InferResponseType<PublicApi['mail-codes'][':id']['$post'], 200>
export type Opened = Checked['requests'][number]

/** `error` stands beside the field it is about, `trouble` above the form. */
export type MailCode = {
  email: string
  wanted: Wanted
  status: number
  error?: string | undefined
  trouble?: Trouble | undefined
} & (
  | { step: 'address' }
  | { step: 'code'; id: string; expiresAt: string | undefined }
  | { step: 'result'; requests: Opened[]; subscribed: boolean }
)

const badAddress = 'This address cannot be written to. Look whether it is complete, as in name@example.org.'
/** For a wrong code, an old one and one that was used: the same words. */
const badCode =
  'This code is not right. Look at our newest mail and enter its six digits. A code is good for ten minutes, five tries and one use.'

/** The form carries until when the code is good; nothing but a form that was changed has another text there. */
const badForm = 'This form did not arrive as it was made. Enter the six digits once more.'
const isInstant = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) && !Number.isNaN(Date.parse(text))

const refusal = (refused: Refusal, error: string): Pick<MailCode, 'status' | 'error' | 'trouble'> => {
  const trouble = troubleOf(refused)
  return trouble ? { status: refused.status, trouble } : { status: 422, error }
}

/** Where the visitor stands after this request. `only` is what the page is for, where that is no choice. */
export async function walkMailCode(visit: Visit, only?: 'subscribe'): Promise<MailCode> {
  const fields = visit.request.method === 'POST' ? await readForm(visit) : {}
  const wanted = only ?? typeOf(fields.type ?? visit.url.searchParams.get('type'))
  const email = fields.email ?? ''
  if (visit.request.method !== 'POST') return { step: 'address', email, wanted, status: 200 }
  if (fields.id !== undefined) return checkCode(visit, { ...fields, id: fields.id }, email, wanted)

  const answer = await askApi<Issued>(visit, '/mail-codes', {
    type: wanted,
    email,
    language: languageOf(visit),
  })
  if (answer.ok) return { step: 'code', email, wanted, status: 200, ...answer.value }
  return { step: 'address', email, wanted, ...refusal(answer, badAddress) }
}

async function checkCode(
  visit: Visit,
  fields: Record<string, string> & { id: string },
  email: string,
  wanted: Wanted,
): Promise<MailCode> {
  const { id, until: expiresAt } = fields
  if (expiresAt !== undefined && !isInstant(expiresAt))
    return { step: 'code', id, expiresAt: undefined, email, wanted, status: 422, error: badForm }
  // Mail programs and people put spaces between digits.
  const code = (fields.code ?? '').replace(/\D/g, '')
  const path = `/mail-codes/${encodeURIComponent(id)}`
  const answer: Answer<Checked> = /^\d{6}$/.test(code)
    ? await askApi<Checked>(visit, path, { code })
    : { ok: false, status: 422, code: 'code_refused' }
  if (!answer.ok) return { step: 'code', id, expiresAt, email, wanted, ...refusal(answer, badCode) }
  const { purpose, requests, subscribed = false } = answer.value
  return { step: 'result', email, wanted: purpose, status: 200, requests, subscribed }
}
