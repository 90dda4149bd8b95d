// Webhook bodies as Meta writes and signs them, for tests inside workerd.

import { exports } from 'cloudflare:workers'
import { hex, utf8 } from '../../worker/crypto/bytes.ts'
import { hmac } from '../../worker/crypto/hmac.ts'
import { testBindings } from './bindings.ts'
import type { Business, Person } from './cast.ts'

/** Escaped unicode in lower case and `\/`, as Meta renders what it signs. */
export const render = (body: unknown): string =>
  JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const signatureOf = (
  bytes: Uint8Array | string,
  secret: string = testBindings.META_APP_SECRETS,
): string => `sha256=${hex(hmac(secret, bytes))}`

export function post(body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  const bytes = typeof body === 'string' ? utf8(body) : (body as Uint8Array<ArrayBuffer>)
  return exports.default.fetch(
    new Request('https://gateway.test/webhooks/meta', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(bytes), ...headers },
    }),
  )
}

export type Change = { field: string; value: Record<string, unknown> }

export const envelope = (...entries: { id: string; changes: Change[]; time?: number }[]) => ({
  object: 'whatsapp_business_account',
  entry: entries,
})

const metadata = (business: Business) => ({
  display_phone_number: business.displayPhoneNumber,
  phone_number_id: business.phoneNumberId,
})

export const contactBlock = (person: Person) => ({
  profile: {
    ...(person.name ? { name: person.name } : {}),
    ...(person.username ? { username: person.username } : {}),
  },
  ...(person.phone ? { wa_id: person.phone } : {}),
  ...(person.bsuid ? { user_id: person.bsuid } : {}),
})

export const fromPart = (person: Person) => ({
  ...(person.phone ? { from: person.phone } : {}),
  ...(person.bsuid ? { from_user_id: person.bsuid } : {}),
})

export const messagesChange = (business: Business, value: Record<string, unknown>): Change => ({
  field: 'messages',
  value: { messaging_product: 'whatsapp', metadata: metadata(business), ...value },
})

export const messageChange = (business: Business, person: Person, message: Record<string, unknown>): Change =>
  messagesChange(business, {
    contacts: [contactBlock(person)],
    messages: [{ ...fromPart(person), ...message }],
  })

export const textMessage = (id: string, body: string, at: number) => ({
  id,
  timestamp: String(at),
  type: 'text',
  text: { body },
})

export const statusChange = (business: Business, person: Person, status: Record<string, unknown>): Change =>
  messagesChange(business, {
    statuses: [
      {
        ...(person.phone ? { recipient_id: person.phone } : {}),
        ...(person.bsuid ? { recipient_user_id: person.bsuid } : {}),
        ...status,
      },
    ],
  })

/** One signed body about one business. */
export const postChanges = (business: Business, ...changes: Change[]): Promise<Response> =>
  post(render(envelope({ id: business.wabaId, changes })))
