// How this walk asks Meta: with the workspace's own token, and a refusal in words. Called by the files beside it.

import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { type World, worldOf } from '../ground/world.ts'
import { classify } from '../meta/failure.ts'
import { callGraph, type Fetch, type GraphCall } from '../meta/graph.ts'
import { fields, text } from '../meta/json.ts'

/** Tests bring their own fetch. */
export type Asking = World & { fetch: Fetch }

/** The world of one request, with the platform's fetch. */
export const askingOf = (c: Parameters<typeof worldOf>[0]): Asking => ({
  ...worldOf(c),
  fetch: (url, init) => fetch(url, init),
})

export type MetaSaidNo = { reason: 'meta_refused' | 'meta_unreachable'; detail: string }
type Call = Pick<GraphCall, 'method' | 'path' | 'route' | 'query' | 'body' | 'contentType' | 'fileOffset'> & {
  timeoutMs?: number
}

/** What Meta answered; else why not, fit to be shown: Meta's own words may quote a token or a number. */
export async function askMeta(
  { settings, fetch }: Asking,
  token: string,
  call: Call,
): Promise<Result<{ json: unknown }, MetaSaidNo>> {
  const { graphOrigin: origin, graphVersion: version, appSecrets } = settings
  const proof = appSecrets[0] === undefined ? {} : { appSecret: appSecrets[0] }
  const timeoutMs = limits.connectTimeoutMs
  const answer = await callGraph({ timeoutMs, ...call, ...proof, origin, version, token, fetch })
  if (answer.kind === 'answered') return ok({ json: answer.json })
  if (answer.kind === 'unclear')
    return refused({
      reason: 'meta_unreachable',
      detail: 'Meta gave no clear answer: it may be done or not. Look again in a while before you repeat it.',
    })
  const { code, subcode, transient } = answer.error
  const { action, remedy } = classify(
    subcode !== undefined && templateCode(subcode) ? subcode : code,
    transient,
  )
  const passing = action === 'retry_later' || action === 'slow_down'
  const said = wordsOf(answer.json)
  return refused({
    reason: passing ? 'meta_unreachable' : 'meta_refused',
    detail: `Meta answered with error ${code ?? 'unknown'}${subcode === undefined ? '' : `/${subcode}`}. ${said ?? remedy}`,
  })
}

/** Of templates the subcode says what is wrong, not the code. */
const templateCode = (subcode: number): boolean => subcode >= 2_388_000 && subcode < 2_389_000

/** What Meta means for people to read, unless it holds what looks like a number or a token. */
function wordsOf(json: Record<string, unknown>): string | undefined {
  const { error_user_title: title, error_user_msg: message } = fields(json.error)
  const said = [text(title), text(message)].filter((one) => one !== undefined).join('. ')
  return said === '' || said.length > 500 || /\d{7,}|EAA\w{5,}/.test(said) ? undefined : said
}
