// whatsapp-api-js, unmodified. It has no base URL: the setting it offers instead is the fetch it calls with, so that one
// changes the origin and nothing else. steps.ts says what must hold.

import { expect, it } from 'vitest'
import { WhatsAppAPI } from 'whatsapp-api-js'
import {
  ActionButtons,
  ActionList,
  Body,
  BodyComponent,
  BodyParameter,
  Button,
  Image,
  Interactive,
  ListSection,
  Reaction,
  Row,
  Template,
  Text,
} from 'whatsapp-api-js/messages'
import type { ServerErrorResponse, ServerMessageResponse } from 'whatsapp-api-js/types'
import { ana } from '../../simulators/meta/cast.ts'
import type { Access, Client, Sent } from './client.ts'
import { sim } from './place.ts'
import { describeSdk } from './steps.ts'

/** The SDK answers with Meta's error object instead of throwing; here it becomes one to catch. */
class Answered extends Error {
  readonly error: ServerErrorResponse['error']
  constructor(error: ServerErrorResponse['error']) {
    super(error.message)
    this.error = error
  }
}

function good<T extends object>(answer: T | ServerErrorResponse): T {
  if ('error' in answer && answer.error) throw new Answered(answer.error)
  return answer as T
}

const sent = (answer: ServerMessageResponse): Sent => {
  const { messages, contacts } = good(answer) as Exclude<ServerMessageResponse, ServerErrorResponse>
  return { wamid: messages[0].id, waId: contacts[0].wa_id }
}

const open = ({ baseUrl, key }: Pick<Access, 'baseUrl' | 'key'>): WhatsAppAPI =>
  new WhatsAppAPI({
    token: key,
    secure: false,
    v: 'v25.0',
    ponyfill: {
      fetch: (input, init) => fetch(String(input).replace(/^https:\/\/graph\.facebook\.com/, baseUrl), init),
    },
  })

type Several<T> = [T, ...T[]]

function connect({ baseUrl, key, phoneNumberId }: Access): Client {
  const sdk = open({ baseUrl, key })
  const client: Client = {
    sendText: async (to, body, replyTo) =>
      sent(await sdk.sendMessage(phoneNumberId, to, new Text(body), replyTo)),
    sendTemplate: async (to, { name, language, parameters }) => {
      const named = parameters.map((one) => new BodyParameter(one.text, one.name)) as Several<BodyParameter>
      return sent(
        await sdk.sendMessage(phoneNumberId, to, new Template(name, language, new BodyComponent(...named))),
      )
    },
    uploadImage: async (bytes, type) => {
      const form = new FormData()
      form.set('file', new Blob([bytes], { type }), 'bread.png')
      form.set('type', type)
      return (good(await sdk.uploadMedia(phoneNumberId, form)) as { id: string }).id
    },
    sendImage: async (to, id, caption) =>
      sent(await sdk.sendMessage(phoneNumberId, to, new Image(id, true, caption))),
    sendReaction: async (to, wamid, emoji) =>
      sent(await sdk.sendMessage(phoneNumberId, to, new Reaction(wamid, emoji))),
    sendButtons: async (to, { body, buttons }) => {
      const replies = buttons.map(({ id, title }) => new Button(id, title)) as Several<Button>
      return sent(
        await sdk.sendMessage(
          phoneNumberId,
          to,
          new Interactive(new ActionButtons(...replies), new Body(body)),
        ),
      )
    },
    sendList: async (to, { body, button, title, rows }) => {
      const section = new ListSection(
        title,
        ...(rows.map((row) => new Row(row.id, row.title, row.description)) as Several<Row>),
      )
      return sent(
        await sdk.sendMessage(
          phoneNumberId,
          to,
          new Interactive(new ActionList(button, section), new Body(body)),
        ),
      )
    },
    markRead: async (wamid) =>
      (good(await sdk.markAsRead(phoneNumberId, wamid)) as { success: boolean }).success,
    lookUpMedia: async (mediaId) => {
      const { id, url, mime_type, file_size } = good(await sdk.retrieveMedia(mediaId, phoneNumberId)) as {
        id: string
        url: string
        mime_type: string
        file_size: string
      }
      return { id, url, mimeType: mime_type, size: Number(file_size) }
    },
    downloadMedia: async ({ url }) => (await sdk.fetchMedia(url)).arrayBuffer(),
    refusalOf: async (call) => {
      try {
        await call(client)
        return undefined
      } catch (cause) {
        if (!(cause instanceof Answered)) throw cause
        const { code, message, error_data } = cause.error
        return { code, message, details: error_data?.details }
      }
    },
  }
  return client
}

describeSdk({
  name: 'whatsapp-api-js',
  connect,
  languageExtras: { policy: 'deterministic' },
  more: (place) => {
    it('blocks a person with a path that names no version, as Meta lets it', async () => {
      const { url, sol } = place()
      const blocked = await open({ baseUrl: url, key: sol.apiKey }).blockUser(
        sol.phoneNumberId,
        `+${ana.phone}`,
      )
      expect(blocked).toMatchObject({
        block_users: { added_users: [{ input: `+${ana.phone}`, wa_id: ana.phone }] },
      })
      const chat = await sim<{ blocked: boolean }>(
        place(),
        `chat?phone_number_id=${sol.phoneNumberId}&person=${ana.id}`,
      )
      expect(chat.blocked).toBe(true)
    })
  },
})
