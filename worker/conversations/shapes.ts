// What the API says of contacts, conversations and messages. The schemas type answers and fill /openapi.json.

import { instant, isoTime, isoTimeOrNull, pageSchema, z } from '../ground/openapi.ts'
import type { ContactRow, ContactView } from './list-contacts.ts'
import type { ConversationView } from './list-conversations.ts'
import type { MessageView } from './list-messages.ts'

const person = {
  id: z.string().openapi({ example: 'cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c' }),
  name: z
    .string()
    .nullable()
    .describe('The name the person gave themselves.')
    .openapi({ example: 'Ana Ruiz' }),
  username: z.string().nullable(),
  phone: z
    .string()
    .nullable()
    .describe('As WhatsApp writes it; null for people who do not show it.')
    .openapi({ example: '34600111222' }),
  bsuid: z
    .string()
    .nullable()
    .describe('Business-scoped user id.')
    .openapi({ example: 'ES.7700112233445566' }),
}

export const contactSchema = z
  .object({ ...person, createdAt: instant, lastSeenAt: instant })
  .openapi('Contact')

export const conversationSchema = z
  .object({
    id: z.string().openapi({ example: 'cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d' }),
    numberId: z.string().openapi({ example: 'num_4c6e8g0j2m4p6r8t0w2y4a6c8e' }),
    contact: z.object(person).openapi('ConversationContact'),
    createdAt: instant,
    lastMessageAt: instant,
    windowClosesAt: instant
      .nullable()
      .describe('Until then you may answer freely; null: closed, templates only.'),
  })
  .openapi('Conversation')

const outStatuses = [
  'waiting',
  'unknown',
  'accepted',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
] as const

export const messageSchema = z
  .object({
    id: z.string().openapi({ example: 'msg_3f5h7k9n1q3s5v7x9z1b3d5f7h' }),
    wamid: z
      .string()
      .nullable()
      .describe('Meta’s id; null until Meta has named the message.')
      .openapi({ example: 'wamid.HBgLMzQ2MDAxMTEyMjI' }),
    direction: z.enum(['in', 'out']),
    type: z.string().openapi({ example: 'text' }),
    text: z
      .string()
      .nullable()
      .describe('What a person would read; after an edit, the newest words.')
      .openapi({ example: 'Hola, ¿tienen pan de centeno?' }),
    status: z
      .enum(outStatuses)
      .nullable()
      .describe(
        'Of messages you sent; null for those you received. waiting: it leaves when the number is connected again. unknown: Meta has not said what became of it.',
      ),
    at: instant,
    content: z
      .unknown()
      .describe('Meta’s payload under the key of the type; null after a revoke.')
      .openapi({ example: { body: 'Hola, ¿tienen pan de centeno?' } }),
    replyTo: z.string().nullable().describe('wamid of the message this one answers.'),
    reactions: z.array(
      z.object({
        emoji: z.string().openapi({ example: '👍' }),
        from: z.enum(['contact', 'business']),
        at: instant,
      }),
    ),
    editedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    error: z.object({ code: z.int() }).nullable().describe('Meta’s error code when the message failed.'),
  })
  .openapi('Message')

export const contactPage = pageSchema('ContactPage', contactSchema)
export const conversationPage = pageSchema('ConversationPage', conversationSchema)
export const messagePage = pageSchema('MessagePage', messageSchema)

export const contactView = (row: ContactRow, contact: ContactView) => ({
  ...contact,
  createdAt: isoTime(row.createdAt),
  lastSeenAt: isoTime(row.lastSeenAt),
})

export const conversationView = (conversation: ConversationView) => ({
  ...conversation,
  createdAt: isoTime(conversation.createdAt),
  lastMessageAt: isoTime(conversation.lastMessageAt),
  windowClosesAt: isoTimeOrNull(conversation.windowClosesAt),
})

export const messageView = (message: MessageView): z.infer<typeof messageSchema> => ({
  id: message.id,
  wamid: message.openedWamid,
  direction: message.direction,
  type: message.type,
  text: message.latest?.text ?? null,
  status: message.direction === 'out' && message.status !== 'received' ? message.status : null,
  at: isoTime(message.at),
  content: message.latest?.body ?? null,
  replyTo: message.latest?.replyTo ?? null,
  reactions: message.reactions.map((reaction) => ({ ...reaction, at: isoTime(reaction.at) })),
  editedAt: isoTimeOrNull(message.editedAt),
  revokedAt: isoTimeOrNull(message.revokedAt),
  error: message.errorCode === null ? null : { code: message.errorCode },
})
