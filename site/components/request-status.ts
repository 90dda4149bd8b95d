// How a request stands, for whoever has its code, and what its page can do about it. Codes of deletions that came by another
// door are read, too. Called by the pages under /data-deletion and /rights.

import type { InferResponseType } from 'hono/client'
import { type DeletionStatus, loadDeletion } from './deletion-status.ts'
import { askApi, type PublicApi, type Refusal, readForm, type Visit } from './public-api.ts'
import { type Trouble, troubleOf } from './rights-words.ts'

export type RequestView = InferResponseType<PublicApi['requests'][':code']['$get'], 200>

export type Standing = {
  status: number
  code: string
  request?: RequestView
  deletion?: DeletionStatus
  /** Why what was just tried did not happen. */
  trouble?: Trouble | undefined
  /** What was written and not taken: nobody should have to write it twice. */
  draft?: string | undefined
}

const isCode = (code: string): boolean => /^[0-9a-z]{26}$/i.test(code)

/** 404: nobody has this code. 503: it cannot be said right now. */
export async function loadStanding(visit: Visit, given: string): Promise<Standing> {
  const code = given.toLowerCase()
  if (!isCode(given)) return { status: 404, code }
  const asked = await askApi<RequestView>(visit, `/requests/${code}`)
  if (!asked.ok && asked.status !== 404) return { status: 503, code }
  const request = asked.ok ? asked.value : undefined
  if (request && !request.deletion) return { status: 200, code, request }
  const found = await loadDeletion(request?.deletion?.code ?? code, visit.url.origin)
  if (found.status === 200)
    return { status: 200, code, ...(request ? { request } : {}), deletion: found.deletion }
  return request ? { status: 200, code, request } : { status: found.status, code }
}

/** What the buttons of the page do; each is said to have been done in the address it leads to. */
const deeds = { write: 'messages', withdraw: 'withdraw', prepare: 'package' } as const
export type Deed = keyof typeof deeds
export const deedOf = (given: string | null | undefined): Deed | undefined =>
  (Object.keys(deeds) as Deed[]).find((deed) => deed === given)

/** Undefined when it was done; else the page to show, with the reason. */
export async function actOn(visit: Visit, code: string): Promise<Standing | Deed> {
  const fields = await readForm(visit)
  const deed = deedOf(fields.do)
  if (!deed || !isCode(code))
    return { ...(await loadStanding(visit, code)), status: isCode(code) ? 422 : 404 }
  const text = fields.text ?? ''
  if (deed === 'write' && text === '')
    return refusedBy(visit, code, { status: 422 }, '', 'There is nothing in the message')
  const answer = await askApi<unknown>(
    visit,
    `/requests/${code.toLowerCase()}/${deeds[deed]}`,
    deed === 'write' ? { text } : {},
  )
  return answer.ok ? deed : refusedBy(visit, code, answer, text)
}

async function refusedBy(
  visit: Visit,
  code: string,
  refused: Pick<Refusal, 'status' | 'waitSeconds'>,
  draft: string,
  title = 'This is not possible any more',
): Promise<Standing> {
  const standing = await loadStanding(visit, code)
  if (standing.status !== 200) return standing
  const { status } = refused
  const trouble = troubleOf(refused) ?? {
    title,
    says:
      status === 422
        ? 'Write what you want to say, then send it.'
        : 'Something has happened in between. This is how the request stands now.',
  }
  return { ...standing, status: status === 404 ? 409 : status, trouble, draft }
}
