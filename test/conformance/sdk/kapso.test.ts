// @kapso/whatsapp-cloud-api, unmodified, pointed at the gateway by its `baseUrl`; steps.ts says what must hold.

import { GraphApiError, WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import type { Access, Client, Sent } from './client.ts'
import { describeSdk } from './steps.ts'

type Answer = Awaited<ReturnType<WhatsAppClient['messages']['sendText']>>

const sent = ({ contacts, messages }: Answer): Sent => ({
  wamid: messages[0]?.id ?? '',
  waId: contacts[0]?.waId,
})

function connect({ baseUrl, key, phoneNumberId }: Access): Client {
  const { messages, media } = new WhatsAppClient({ baseUrl, accessToken: key, graphVersion: 'v25.0' })
  const client: Client = {
    sendText: async (to, body, replyTo) =>
      sent(
        await messages.sendText({
          phoneNumberId,
          to,
          body,
          ...(replyTo === undefined ? {} : { contextMessageId: replyTo }),
        }),
      ),
    sendTemplate: async (to, { name, language, parameters }) => {
      const named = parameters.map((one) => ({
        type: 'text' as const,
        parameterName: one.name,
        text: one.text,
      }))
      return sent(
        await messages.sendTemplate({
          phoneNumberId,
          to,
          template: { name, language: { code: language }, components: [{ type: 'body', parameters: named }] },
        }),
      )
    },
    uploadImage: async (bytes, type) =>
      (await media.upload({ phoneNumberId, type, file: new Blob([bytes], { type }), fileName: 'bread.png' }))
        .id,
    sendImage: async (to, id, caption) =>
      sent(await messages.sendImage({ phoneNumberId, to, image: { id, caption } })),
    sendReaction: async (to, messageId, emoji) =>
      sent(await messages.sendReaction({ phoneNumberId, to, reaction: { messageId, emoji } })),
    sendButtons: async (to, { body, buttons }) =>
      sent(await messages.sendInteractiveButtons({ phoneNumberId, to, bodyText: body, buttons })),
    sendList: async (to, { body, button, title, rows }) =>
      sent(
        await messages.sendInteractiveList({
          phoneNumberId,
          to,
          bodyText: body,
          buttonText: button,
          sections: [{ title, rows }],
        }),
      ),
    markRead: async (messageId) => (await messages.markRead({ phoneNumberId, messageId })).success,
    lookUpMedia: async (mediaId) => {
      const { id, url, mimeType, fileSize } = await media.get({ mediaId, phoneNumberId })
      return { id, url, mimeType, size: Number(fileSize) }
    },
    // Without `auth` the SDK sends its token to its maker's own host only; Meta needs it too.
    downloadMedia: ({ id }) =>
      media.download({
        mediaId: id,
        phoneNumberId,
        auth: 'always',
        as: 'arrayBuffer',
      }) as Promise<ArrayBuffer>,
    refusalOf: async (call) => {
      try {
        await call(client)
        return undefined
      } catch (cause) {
        if (!(cause instanceof GraphApiError)) throw cause
        return { code: cause.code, message: cause.message, details: cause.details }
      }
    },
  }
  return client
}

describeSdk({ name: '@kapso/whatsapp-cloud-api', connect })
