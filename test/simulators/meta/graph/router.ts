// The Graph door: one call in, Meta's answer out. Called by the app for every path that begins with a version.
// Source: Meta’s documentation. Which node an id names decides which calls exist on it.

import { GraphError, noSuchObject, refusal } from '../errors.ts'
import type { Sim } from '../sim.ts'
import type { Token } from '../state.ts'
import {
  clientBusinesses,
  continueUpload,
  openUpload,
  subscribe,
  subscriptions,
  unsubscribe,
} from './app-node.ts'
import { checkProof, findToken, tokenText } from './auth.ts'
import * as blocks from './block-list.ts'
import { type Call, type Handler, readBody } from './call.ts'
import * as flow from './flow-node.ts'
import { deleteMedia, lookUpMedia, uploadMedia } from './media.ts'
import * as extras from './number-extras.ts'
import * as number from './number-node.ts'
import { accessToken, debugToken, revoke, systemUserId } from './oauth.ts'
import { sendMarketing, sendMessage } from './send.ts'
import * as template from './template-node.ts'
import * as waba from './waba-node.ts'

const numberCalls: Record<string, Handler> = {
  'GET ': number.readNumber,
  'POST ': number.changeNumber,
  'POST messages': sendMessage,
  'POST marketing_messages': sendMarketing,
  'POST media': uploadMedia,
  'POST register': number.register,
  'POST deregister': number.deregister,
  'GET settings': number.readSettings,
  'POST settings': number.changeSettings,
  'POST smb_app_data': number.syncAppData,
  'GET whatsapp_business_profile': extras.readProfile,
  'POST whatsapp_business_profile': extras.changeProfile,
  'GET block_users': blocks.blockedUsers,
  'POST block_users': blocks.blockUsers,
  'DELETE block_users': blocks.unblockUsers,
  'GET message_qrdls': extras.listQrs,
  'POST message_qrdls': extras.createQr,
  'GET message_history': extras.messageHistory,
  'DELETE contact_book': extras.deleteContactBook,
  'GET username': extras.readUsername,
  'POST username': extras.changeUsername,
  'DELETE username': extras.changeUsername,
}

const wabaCalls: Record<string, Handler> = {
  'GET ': waba.readWaba,
  'GET phone_numbers': waba.listNumbers,
  'GET subscribed_apps': waba.readSubscribedApps,
  'POST subscribed_apps': waba.subscribeApp,
  'DELETE subscribed_apps': waba.unsubscribeApp,
  'GET message_templates': template.listTemplates,
  'POST message_templates': template.createTemplate,
  'DELETE message_templates': template.deleteTemplate,
  'GET flows': flow.listFlows,
  'POST flows': flow.createFlow,
}

const flowCalls: Record<string, Handler> = {
  'GET ': flow.readFlow,
  'GET assets': flow.readFlowAssets,
  'POST assets': flow.changeFlowAssets,
  'POST publish': flow.publishFlow,
  'POST deprecate': flow.deprecateFlow,
}

const appCalls: Record<string, Handler> = {
  'GET subscriptions': subscriptions,
  'POST subscriptions': subscribe,
  'DELETE subscriptions': unsubscribe,
  'GET connected_client_businesses': clientBusinesses,
  'POST uploads': openUpload,
}

const templateCalls: Record<string, Handler> = {
  'GET ': template.readTemplate,
  'POST ': template.editTemplate,
}
const mediaCalls: Record<string, Handler> = { 'GET ': lookUpMedia, 'DELETE ': deleteMedia }
const uploadCalls: Record<string, Handler> = { 'GET ': continueUpload, 'POST ': continueUpload }
const meCalls: Record<string, Handler> = { 'GET ': (call) => waba.readMe(call, systemUserId(call.token)) }
const tokenCalls: Record<string, Handler> = { 'GET ': debugToken }

/** These two need no token: the client secret is their proof. */
const openCalls: Record<string, Handler> = {
  'GET oauth/access_token': accessToken,
  'POST oauth/access_token': accessToken,
  'GET oauth/revoke': revoke,
  'POST oauth/revoke': revoke,
}

function callsOf(sim: Sim, id: string): Record<string, Handler> | null {
  const { state } = sim.world
  if (id === sim.options.appId || id === 'app') return appCalls
  if (id === 'me') return meCalls
  if (id === 'debug_token') return tokenCalls
  if (id.startsWith('upload:')) return uploadCalls
  if (state.numbers.has(id)) return numberCalls
  if (state.wabas.has(id)) return wabaCalls
  if (state.templates.has(id)) return templateCalls
  if (state.media.has(id)) return mediaCalls
  return state.flows.has(id) ? flowCalls : null
}

const nobody: Token = {
  value: '',
  kind: 'business',
  businessId: null,
  wabaIds: [],
  scopes: [],
  expiresAt: 0,
  revoked: false,
}

function usageHeaders(sim: Sim, token: Token): Record<string, string> {
  const calls = sim.world.state.counter % 100
  const business = Object.fromEntries(
    token.wabaIds.map((id) => [
      id,
      [
        {
          type: 'whatsapp',
          call_count: Math.min(100, Math.ceil(sim.rates.callCount(id) / 50)),
          total_cputime: 1,
          total_time: 1,
          estimated_time_to_regain_access: 0,
        },
      ],
    ]),
  )
  return {
    'X-App-Usage': JSON.stringify({ call_count: calls, total_cputime: 1, total_time: 1 }),
    ...(token.wabaIds.length > 0 ? { 'X-Business-Use-Case-Usage': JSON.stringify(business) } : {}),
    'facebook-api-version': 'v25.0',
  }
}

function pathParts(url: URL): { versionText: string; version: number; id: string; edge: string } {
  const [versionText = '', id = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent)
  const version = Number(/^v(\d{1,2})\.\d$/.exec(versionText)?.[1] ?? Number.NaN)
  if (Number.isNaN(version) || version > 26 || id === '' || rest.length > 1) {
    throw refusal(2500, undefined, { message: `Unknown path components: ${url.pathname}` })
  }
  return { versionText, version, id, edge: rest[0] ?? '' }
}

async function dispatch(
  sim: Sim,
  request: Request,
  url: URL,
  origin: string,
  given: Awaited<ReturnType<typeof readBody>>,
): Promise<Response> {
  const path = pathParts(url)
  const { method } = request
  const base = { sim, request, url, origin, method, ...path, body: given.body, form: given.form }
  const open = openCalls[`${method} ${path.id}/${path.edge}`]
  if (open) return Response.json(await open({ ...base, token: nobody }))
  const token = findToken(sim, tokenText(request, url, given.body))
  await checkProof(sim, token, url, given.body)
  const handler = callsOf(sim, path.id)?.[`${method} ${path.edge}`]
  if (!handler) throw noSuchObject(method, path.id)
  const call: Call = { ...base, token }
  return Response.json(await handler(call), { headers: usageHeaders(sim, token) })
}

type Outcome = { response: Response; body: string; code: number | null }

/** Answers every call; whatever is refused is refused in Meta's JSON. */
export async function answerGraph(sim: Sim, request: Request, url: URL, origin: string): Promise<Outcome> {
  let body = ''
  sim.world.state.counter += 1
  try {
    const given = await readBody(request)
    body = given.text
    return { response: await dispatch(sim, request, url, origin, given), body, code: null }
  } catch (cause) {
    const error = cause instanceof GraphError ? cause : new GraphError(131000, undefined, { transient: true })
    if (!(cause instanceof GraphError)) console.error('meta simulator:', cause)
    const headers = {
      'WWW-Authenticate': `OAuth "Facebook Platform" "invalid_request" "${error.message.replaceAll('"', "'")}"`,
    }
    const response = Response.json(error.toJson(), {
      status: error.status,
      headers: /^[\x20-\x7e]*$/.test(error.message) ? headers : {},
    })
    return { response, body, code: error.code }
  }
}
