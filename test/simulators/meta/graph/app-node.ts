// The app itself: its webhook subscription and resumable uploads. Called by the router.
// Source: Meta’s documentation.

import { noSuchObject, refusal } from '../errors.ts'
import { base64url, numericId, randomBytes } from '../ids.ts'
import type { Json, Upload } from '../state.ts'
import { type Call, need, param } from './call.ts'
import { page } from './fields.ts'
import { verifyCallback } from './handshake.ts'

function needAppToken(call: Call): void {
  if (call.id !== call.sim.options.appId) throw noSuchObject(call.method, call.id)
  if (call.token.kind === 'app') return
  throw refusal(15, undefined, { message: '(#15) This method must be called with an app access_token.' })
}

/** `POST /{app}/subscriptions`: nothing is saved unless the callback proves itself. */
export async function subscribe(call: Call): Promise<Json> {
  needAppToken(call)
  const callback = need(call, 'callback_url')
  const verifyToken = need(call, 'verify_token')
  const object = need(call, 'object')
  if (object !== 'whatsapp_business_account') {
    throw refusal(100, undefined, {
      message: `(#100) Param object must be one of {WHATSAPP_BUSINESS_ACCOUNT} - got "${object}".`,
    })
  }
  const fields =
    param(call, 'fields') ?? (Array.isArray(call.body.fields) ? call.body.fields.join(',') : undefined)
  await verifyCallback(call.sim, callback, verifyToken)
  call.sim.world.state.app = {
    callbackUrl: callback,
    verifyToken,
    fields: fields === undefined ? null : fields.split(',').map((field) => field.trim()),
  }
  call.sim.world.touch()
  return { success: true }
}

export function subscriptions(call: Call): Json {
  needAppToken(call)
  const { app } = call.sim.world.state
  if (app.callbackUrl === null) return { data: [] }
  const fields = (app.fields ?? ['messages', 'account_update']).map((name) => ({ name, version: 'v25.0' }))
  return {
    data: [{ object: 'whatsapp_business_account', callback_url: app.callbackUrl, active: true, fields }],
  }
}

export function unsubscribe(call: Call): Json {
  needAppToken(call)
  call.sim.world.state.app.callbackUrl = null
  call.sim.world.touch()
  return { success: true }
}

/** The customers that are still connected. */
export function clientBusinesses(call: Call): Json {
  needAppToken(call)
  const { businesses, wabas } = call.sim.world.state
  const connected = [...businesses.values()].filter((one) =>
    one.wabaIds.some((id) => wabas.get(id)?.subscribed),
  )
  return page(call, connected, ({ id, name }) => ({
    id,
    name,
    verification_status: 'verified',
    business_status: 'ACTIVE',
  }))
}

/** What Meta takes as a sample or a picture; anything else is refused before a byte was sent. */
const uploadTypes = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4']

/** `POST /{app}/uploads`: opens a resumable upload. Its id comes with a signature, as a query of its own. */
export function openUpload(call: Call): Json {
  if (call.id !== call.sim.options.appId) throw noSuchObject(call.method, call.id)
  const mime = need(call, 'file_type')
  if (!uploadTypes.includes(mime)) throw refusal(100, `file_type ${mime} is not supported`)
  const length = Number(need(call, 'file_length'))
  if (!Number.isSafeInteger(length) || length < 1) throw refusal(100, 'file_length must be a positive number')
  need(call, 'file_name')
  const upload: Upload = {
    id: `upload:${base64url(randomBytes(24))}`,
    sig: base64url(randomBytes(12)),
    mime,
    length,
    received: 0,
    handle: `4::${base64url(randomBytes(30))}:${numericId('1', 10)}`,
  }
  call.sim.world.state.uploads.set(upload.id, upload)
  return { id: `${upload.id}?sig=${upload.sig}` }
}

/** The type of a file that came whole; undefined for a handle that Meta never gave. */
export const typeOfHandle = ({ sim }: Call, handle: unknown): string | undefined =>
  [...sim.world.state.uploads.values()].find((one) => one.handle === handle && one.received === one.length)
    ?.mime

/** `POST /upload:…` with the bytes, `GET` for how many arrived. */
export async function continueUpload(call: Call): Promise<Json> {
  const upload = call.sim.world.state.uploads.get(call.id)
  if (!upload || param(call, 'sig') !== upload.sig) throw noSuchObject(call.method, call.id)
  if (call.method === 'GET') return { id: upload.id, file_offset: upload.received }
  if (!/^OAuth /i.test(call.request.headers.get('Authorization') ?? '')) {
    throw refusal(100, undefined, {
      message: '(#100) The Authorization header must be of the form: OAuth <token>',
    })
  }
  const offset = Number(call.request.headers.get('file_offset') ?? Number.NaN)
  if (offset !== upload.received)
    throw refusal(100, undefined, { message: `(#100) file_offset must be ${upload.received}` })
  const { byteLength } = await call.request.arrayBuffer()
  if (upload.received + byteLength > upload.length) throw refusal(100, 'More bytes than file_length')
  upload.received += byteLength
  return upload.received >= upload.length
    ? { h: upload.handle }
    : { id: upload.id, file_offset: upload.received }
}
