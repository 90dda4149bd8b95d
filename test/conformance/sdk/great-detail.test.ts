// @great-detail/whatsapp, unmodified, pointed at the gateway by its `baseUrl`; steps.ts says what must hold. Up to 9.2.0
// it resolves its paths against `baseUrl` as a browser does, so that the version it appends itself is lost: the version
// that counts is the one in `baseUrl`, and without one its calls name none.

import {
  type CreateMessageOptions,
  Client as GreatDetail,
  MessageType,
  type WhatsappError,
} from '@great-detail/whatsapp'
import { expect, it } from 'vitest'
import { ana } from '../../simulators/meta/cast.ts'
import type { Access, Client, Sent } from './client.ts'
import { describeSdk } from './steps.ts'

/** What the SDK throws: the error of the HTTP client inside it, with Meta's JSON read. */
type Thrown = Error & { data?: { error?: WhatsappError } }
const thrownBySdk = (cause: unknown): cause is Thrown => cause instanceof Error && cause.name === 'HTTPError'

function connect({ baseUrl, key, phoneNumberId }: Access): Client {
  const headers = { Authorization: `Bearer ${key}` }
  const sdk = new GreatDetail({ baseUrl: `${baseUrl}/v25.0`, request: { headers } })
  const send = async (message: object): Promise<Sent> => {
    // Its types lag behind Meta's: a reaction is typed as a media file.
    const { messages, contacts } = await sdk.message
      .createMessage({ phoneNumberID: phoneNumberId, ...message } as CreateMessageOptions)
      .json()
    return { wamid: messages[0]?.id ?? '', waId: contacts[0]?.wa_id }
  }
  const client: Client = {
    sendText: (to, body, replyTo) =>
      send({
        to,
        type: MessageType.Text,
        text: { body },
        ...(replyTo === undefined ? {} : { context: { message_id: replyTo } }),
      }),
    sendTemplate: (to, { name, language, parameters }) => {
      const named = parameters.map((one) => ({ type: 'text', parameter_name: one.name, text: one.text }))
      return send({
        to,
        type: MessageType.Template,
        template: { name, language: { code: language }, components: [{ type: 'body', parameters: named }] },
      })
    },
    uploadImage: async (bytes, mimeType) =>
      (
        await sdk.media
          .upload({
            phoneNumberID: phoneNumberId,
            mimeType,
            file: new Blob([bytes], { type: mimeType }),
            filename: 'bread.png',
          })
          .json()
      ).id,
    sendImage: (to, id, caption) => send({ to, type: MessageType.Image, image: { id, caption } }),
    sendReaction: (to, message_id, emoji) =>
      send({ to, type: MessageType.Reaction, reaction: { message_id, emoji } }),
    sendButtons: (to, { body, buttons }) => {
      const replies = buttons.map((reply) => ({ type: 'reply', reply }))
      return send({
        to,
        type: MessageType.Interactive,
        interactive: { type: 'button', body: { text: body }, action: { buttons: replies } },
      })
    },
    sendList: (to, { body, button, title, rows }) =>
      send({
        to,
        type: MessageType.Interactive,
        interactive: { type: 'list', body: { text: body }, action: { button, sections: [{ title, rows }] } },
      }),
    markRead: async (message_id) =>
      (await sdk.message.createStatus({ phoneNumberID: phoneNumberId, status: 'read', message_id }).json())
        .success === true,
    lookUpMedia: async (mediaID) => {
      const { id, url, mime_type, file_size } = await sdk.media
        .getURL({ mediaID, phoneNumberID: phoneNumberId })
        .json()
      return { id, url, mimeType: mime_type, size: Number(file_size) }
    },
    downloadMedia: ({ url }) => sdk.media.download({ mediaURL: url, request: { headers } }).arrayBuffer(),
    refusalOf: async (call) => {
      try {
        await call(client)
        return undefined
      } catch (cause) {
        const error = thrownBySdk(cause) ? cause.data?.error : undefined
        if (!error) throw cause
        return { code: error.code, message: error.message ?? '', details: error.error_data?.details }
      }
    },
  }
  return client
}

describeSdk({
  name: '@great-detail/whatsapp',
  connect,
  more: (place) => {
    it('sends with a base URL that names no version, as Meta lets it', async () => {
      const { url, sol } = place()
      const sdk = new GreatDetail({
        baseUrl: url,
        request: { headers: { Authorization: `Bearer ${sol.apiKey}` } },
      })
      const text = { body: 'Sin versión' }
      const { contacts } = await sdk.message
        .createMessage({
          phoneNumberID: sol.phoneNumberId,
          to: `+${ana.phone}`,
          type: MessageType.Text,
          text,
        })
        .json()
      expect(contacts).toEqual([{ input: `+${ana.phone}`, wa_id: ana.phone }])
    })
  },
})
