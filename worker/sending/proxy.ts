// Everything of the Cloud API but messages: the row of paths.ts decides, the id must be the caller's, the business's
// token is added here, and Meta's JSON comes back as it is, without token or Graph addresses. Called by door.ts.

import { writeBatch } from '../../db/client.ts'
import { callGraph, type GraphAnswer, type GraphCall } from '../meta/graph.ts'
import { fields } from '../meta/json.ts'
import { badRequest, missingScope, noSuchObject, type Refusal } from '../meta/send-error.ts'
import { withoutControls } from '../meta/send-message.ts'
import { type Assets, loadAssets, tokensOf, type Waba, wabaOfNumber } from './assets.ts'
import { readBody } from './body.ts'
import { explained } from './conclude.ts'
import { accountGate, frozenGate } from './gates.ts'
import { type Ask, type Asked, deleteMedia, download, type MediaRequest, shapeOf, upload } from './media.ts'
import { type Answer, type Outside, refuse, type TextAnswer } from './outside.ts'
import { checkQuery, type Matched, type PathRow, routeOf } from './paths.ts'
import { reconnectStatements } from './reconnect.ts'
import { scrub } from './scrub.ts'
import { appSecretOf } from './send.ts'

export type ProxyRequest = { version: string; matched: Matched; url: URL; raw: Request }

export async function pass(out: Outside, request: ProxyRequest): Promise<Answer> {
  const { id } = request.matched
  const assets = await loadAssets(out, id)
  const standing = {
    holds: assets.holds.filter((hold) => hold.subjectId === out.principal.accountId).map((hold) => hold.kind),
  }
  const shut = accountGate(standing) ?? frozenGate(standing)
  if (shut) return refuse(shut)
  const chosen = choose(out, request, assets)
  if (!chosen.ok) return refuse(chosen.refusal)
  return carry(out, request, assets, chosen)
}

export type Chosen =
  | { ok: true; row: PathRow; rows: readonly PathRow[]; query: Record<string, string>; wabas: Waba[] }
  | { ok: false; refusal: Refusal }

/** Which row this is, with what query, and whose tokens may serve it. */
function choose(out: Outside, { matched, url, raw }: ProxyRequest, assets: Assets): Chosen {
  const missing = { ok: false as const, refusal: noSuchObject(raw.method, matched.id) }
  const known = assets.kind === 'number' || assets.kind === 'waba'
  const fitting = matched.rows.filter((row) =>
    known ? row.kind === assets.kind : row.kind !== 'number' && row.kind !== 'waba',
  )
  if (assets.kind === 'foreign' || fitting.length === 0) return missing
  const rows = fitting.filter((row) => out.principal.scopes.includes(row.scope))
  if (rows.length === 0) return { ok: false, refusal: missingScope(fitting[0]?.scope as string) }
  const checks = rows.map((row) => ({ row, checked: checkQuery(row, url.searchParams) }))
  const good = checks.find(({ checked }) => checked.ok)
  if (!good?.checked.ok)
    return { ok: false, refusal: badParameter(checks[0]?.checked as { parameter: string }) }
  const { row, checked } = good
  if (row.kind === 'media') return withNumber(row, rows, checked.query, assets, missing)
  return { ok: true, row, rows, query: checked.query, wabas: wabasFor(matched.id, assets) }
}

const wabasFor = (id: string, assets: Assets): Waba[] => {
  if (assets.kind === 'unknown') return assets.wabas
  const waba =
    assets.kind === 'waba' ? assets.wabas.find((one) => one.wabaId === id) : wabaOfNumber(assets, id)
  return waba ? [waba] : []
}

/** With its number in the query, Meta refuses media of others. */
function withNumber(
  row: PathRow,
  rows: readonly PathRow[],
  query: Record<string, string>,
  assets: Assets,
  missing: Chosen,
): Chosen {
  const only = assets.numbers.length === 1 ? assets.numbers[0]?.phoneNumberId : undefined
  const phoneNumberId = query.phone_number_id ?? only
  if (phoneNumberId === undefined) {
    const remedy = 'Add phone_number_id with the number that received or uploaded the media.'
    return { ok: false, refusal: badRequest('The parameter phone_number_id is required.', remedy) }
  }
  const waba = wabaOfNumber(assets, phoneNumberId)
  return waba
    ? { ok: true, row, rows, query: { ...query, phone_number_id: phoneNumberId }, wabas: [waba] }
    : missing
}

const badParameter = ({ parameter }: { parameter: string }): Refusal =>
  badRequest(
    `The parameter ${parameter} is not passed on with this path.`,
    'Leave it out, or ask only for the fields the API documentation lists.',
  )

async function carry(
  out: Outside,
  request: ProxyRequest,
  assets: Assets,
  chosen: Extract<Chosen, { ok: true }>,
): Promise<Answer> {
  const { row, wabas } = chosen
  const { matched, raw } = request
  const tokens = await tokensOf(out, wabas)
  if (tokens.length === 0) return refuse(noSuchObject(raw.method, matched.id))
  if (row.tail === 'media')
    return upload(out, mediaRequest(out, request, assets, chosen, tokens[0] as Opened))
  if (row.tail === 'download')
    return download(out, mediaRequest(out, request, assets, chosen, tokens[0] as Opened))
  if (row.kind === 'media' && row.method === 'DELETE')
    return deleteMedia(out, mediaRequest(out, request, assets, chosen, tokens[0] as Opened))
  const body = row.method === 'GET' ? undefined : await bodyOf(row, raw)
  if (body && !body.ok) return refuse(body.refusal)
  return inTurn(tokens, async (opened) => {
    const ask = asker(out, request, assets, chosen, opened)
    return ask(body?.text ? { body: body.text } : {})
  })
}

type Opened = { wabaId: string; token: string }

/** Only Meta knows whose an unknown id is: the next token is asked when it does not exist for this one. */
async function inTurn(tokens: Opened[], ask: (opened: Opened) => Promise<Asked>): Promise<TextAnswer> {
  let asked: Asked | undefined
  for (const opened of tokens) {
    asked = await ask(opened)
    if (!asked.absent) break
  }
  return (asked as Asked).answer
}

async function bodyOf(
  row: PathRow,
  raw: Request,
): Promise<{ ok: true; text: string } | { ok: false; refusal: Refusal }> {
  const read = await readBody(raw, 'accepted')
  if (!read.ok) return read
  const body = withoutControls(read.body)
  const stranger = row.keys && Object.keys(body).find((key) => !row.keys?.includes(key))
  if (stranger !== undefined)
    return { ok: false, refusal: badParameter({ parameter: stranger.slice(0, 64) }) }
  if (row.keys && Object.keys(body).length === 0)
    return {
      ok: false,
      refusal: badRequest('The body changes nothing.', `Give one of: ${row.keys.join(', ')}.`),
    }
  return { ok: true, text: read.text === '' ? '' : JSON.stringify(body) }
}

/** One call to Meta for this request with this token, its answer fit to leave, a dead token noticed. */
function asker(
  out: Outside,
  request: ProxyRequest,
  assets: Assets,
  chosen: Extract<Chosen, { ok: true }>,
  opened: Opened,
): Ask {
  const { matched, raw, version } = request
  return async (more) => {
    const graph = await callGraph({
      origin: out.settings.graphOrigin,
      version,
      path: matched.tail === '' || matched.tail === 'download' ? matched.id : `${matched.id}/${matched.tail}`,
      method: raw.method as GraphCall['method'],
      query: chosen.query,
      token: opened.token,
      ...appSecretOf(out),
      timeoutMs: out.times.graphTimeoutMs,
      fetch: out.fetch,
      route: routeOf(chosen.row),
      ...more,
    })
    // Other permission errors may concern this one path alone; these two concern the token.
    const tells =
      graph.kind === 'answered' ||
      (graph.kind === 'rejected' && (graph.error.code === 190 || graph.error.code === 0))
    if (tells) out.later(writeBatch(out.db, reconnectStatements(out, opened.wabaId, assets.holds, graph)))
    const absent = graph.kind === 'rejected' && graph.error.code === 100 && graph.error.subcode === 33
    return {
      graph,
      absent,
      answer: absent
        ? refuse(noSuchObject(raw.method, matched.id))
        : shown(out, request, chosen, opened, graph),
    }
  }
}

/** Meta's bytes but for token, addresses and the media URL; of an unknown id only what its rows are for. */
function shown(
  out: Outside,
  { matched, raw, version }: ProxyRequest,
  { rows, query }: Extract<Chosen, { ok: true }>,
  opened: Opened,
  graph: GraphAnswer,
): TextAnswer {
  if (graph.kind === 'unclear') return refuse(unclear(raw.method, graph.reason))
  const scrubbing = {
    token: opened.token,
    graphOrigin: out.settings.graphOrigin,
    publicOrigin: out.settings.publicOrigin,
  }
  const headers: Record<string, string> =
    graph.usage === undefined ? {} : { 'x-business-use-case-usage': graph.usage }
  if (graph.kind === 'rejected')
    return { status: graph.status, body: scrub(explained(graph), scrubbing), headers }
  const bareNode = raw.method === 'GET' && matched.tail === '' && query.fields === undefined
  const shape = shapeOf(graph.json)
  if (bareNode && rows.every((row) => row.kind !== 'number' && row.kind !== shape))
    return refuse(noSuchObject(raw.method, matched.id))
  const address = fields(graph.json).url
  const ours = `${out.settings.publicOrigin}/${version}/${matched.id}/download?phone_number_id=${query.phone_number_id ?? ''}`
  const replace = shape === 'media' && typeof address === 'string' ? new Map([[address, ours]]) : undefined
  return { status: graph.status, body: scrub(graph.text, scrubbing, replace), headers }
}

const mediaRequest = (
  out: Outside,
  request: ProxyRequest,
  assets: Assets,
  chosen: Extract<Chosen, { ok: true }>,
  opened: Opened,
): MediaRequest => ({
  id: request.matched.id,
  raw: request.raw,
  token: opened.token,
  ask: asker(out, request, assets, chosen, opened),
})

function unclear(method: string, reason: string): Refusal {
  const timeout = reason === 'timeout'
  const read = method === 'GET'
  return {
    gate: 'meta',
    status: timeout ? 504 : 502,
    code: 131000,
    title: 'Something went wrong',
    details: `${timeout ? 'Meta did not answer in time.' : 'Meta gave no answer that can be read.'}${read ? '' : ' It may have been done.'}`,
    remedy: read ? 'Try again in a little while.' : 'Look whether it was done before you try again.',
    transient: read,
  }
}
