// What the API says of contacts, conversations and messages. The schemas type answers and fill /openapi.json.

import { instant, isoTime, isoTimeOrNull, pageSchema, z } from '../ground/openapi.ts'
import { type Label, labelColours } from './labels.ts'
import type { ContactRow, ContactView } from './list-contacts.ts'
import type { ConversationView } from './list-conversations.ts'
import type { MessageView } from './list-messages.ts'
import { maskNumbersIn, maskPerson } from './mask.ts'
import type { Draft, Note } from './notes.ts'

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
    unread: z.int().describe('Messages that nobody of the team has read; 100 stands for that many or more.'),
    assigneeId: z.string().nullable().describe('The member who has it.'),
    closedAt: instant
      .nullable()
      .describe('Null while it is open; whatever the person writes opens it again.'),
    labels: z.array(z.string()).describe('Ids of labels.'),
    last: z
      .object({
        id: z.string(),
        direction: z.enum(['in', 'out']),
        type: z.string(),
        text: z.string().nullable(),
        status: z.enum(outStatuses).nullable(),
        at: instant,
        revoked: z.boolean(),
      })
      .nullable()
      .describe('The newest message.'),
    hasDraft: z.boolean().describe('You have begun to write.'),
  })
  .openapi('Conversation')

const heardStatuses = ['accepted', 'sent', 'failed', 'delivered', 'read', 'played'] as const

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
    sort: z
      .string()
      .describe('Where it stands in its conversation: sorts as text, the oldest first.')
      .openapi({ example: '1790000000.1790000000123000' }),
    content: z
      .unknown()
      .describe('Meta’s payload under the key of the type; null after a revoke.')
      .openapi({ example: { body: 'Hola, ¿tienen pan de centeno?' } }),
    replyTo: z.string().nullable().describe('wamid of the message this one answers.'),
    replyToId: z.string().nullable().describe('Our id of it, when it is here.'),
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
    failure: z
      .object({ code: z.int().nullable(), title: z.string(), meaning: z.string(), remedy: z.string() })
      .nullable()
      .describe('Why it failed, in words.'),
    statuses: z
      .array(z.object({ status: z.enum(heardStatuses), at: instant }))
      .describe('Of messages you sent: when each was reached, the earliest first.'),
    sentBy: z
      .string()
      .nullable()
      .describe('Who sent it: `member:…`, `key:…`, `system`; null when it was not sent here.'),
    media: z
      .object({
        state: z.enum(['waiting', 'kept', 'missed', 'gone', 'uploaded']),
        mime: z.string(),
        bytes: z.int().nullable(),
        filename: z.string().nullable(),
        reason: z.string().nullable(),
      })
      .nullable()
      .describe('The file that belongs to it, as far as it was fetched.'),
  })
  .openapi('Message')

export const conversationPage = pageSchema('ConversationPage', conversationSchema)
export const messagePage = pageSchema('MessagePage', messageSchema)

export const contactView = (row: ContactRow, contact: ContactView) => ({
  ...contact,
  createdAt: isoTime(row.createdAt),
  lastSeenAt: isoTime(row.lastSeenAt),
})

const shownStatus = (message: MessageView) =>
  message.direction === 'out' && message.status !== 'received' ? message.status : null

/** What WhatsApp itself writes into a conversation may name a number. */
const shownText = ({ type, latest }: MessageView, seen: boolean): string | null => {
  const text = latest?.text ?? null
  return text === null || seen || type !== 'system' ? text : maskNumbersIn(text)
}

const lastView = (message: MessageView, seen: boolean) => ({
  id: message.id,
  direction: message.direction,
  type: message.type,
  text: message.revokedAt === null ? shownText(message, seen) : null,
  status: shownStatus(message),
  at: isoTime(message.at),
  revoked: message.revokedAt !== null,
})

/** `seen`: whoever asks sees identifiers. */
export const conversationView = (
  { beside, last, ...conversation }: ConversationView,
  seen: boolean,
): z.infer<typeof conversationSchema> => ({
  ...conversation,
  contact: maskPerson(conversation.contact, seen),
  createdAt: isoTime(conversation.createdAt),
  lastMessageAt: isoTime(conversation.lastMessageAt),
  windowClosesAt: isoTimeOrNull(conversation.windowClosesAt),
  closedAt: isoTimeOrNull(conversation.closedAt),
  unread: beside.unread,
  labels: beside.labels,
  hasDraft: beside.hasDraft,
  last: last === null ? null : lastView(last, seen),
})

/** A reaction of ours names what it is about by its wamid. */
function shownContent({ type, latest }: MessageView, seen: boolean): unknown {
  const body = latest?.body ?? null
  if (seen || body === null) return body
  if (type === 'system') return null
  return type === 'reaction' ? { emoji: latest?.text ?? '' } : body
}

/** A wamid holds the person's phone number: who does not see identifiers gets our ids alone. */
export const messageView = (message: MessageView, seen: boolean): z.infer<typeof messageSchema> => ({
  id: message.id,
  wamid: seen ? message.openedWamid : null,
  direction: message.direction,
  type: message.type,
  text: shownText(message, seen),
  status: shownStatus(message),
  at: isoTime(message.at),
  sort: message.sortKey,
  content: shownContent(message, seen),
  replyTo: seen ? (message.latest?.replyTo ?? null) : null,
  replyToId: message.replyToId,
  reactions: message.reactions.map((reaction) => ({ ...reaction, at: isoTime(reaction.at) })),
  editedAt: isoTimeOrNull(message.editedAt),
  revokedAt: isoTimeOrNull(message.revokedAt),
  error: message.errorCode === null ? null : { code: message.errorCode },
  failure: message.failure,
  statuses: message.statuses.map(({ status, at }) => ({ status, at: isoTime(at) })),
  sentBy: message.sentBy,
  media: message.media,
})

export const labelSchema = z
  .object({
    id: z.string().openapi({ example: 'lbl_1a3c5e7g9j1m3p5r7t9w1y3a5c' }),
    name: z.string().openapi({ example: 'Orders' }),
    colour: z.enum(labelColours),
    createdAt: instant,
  })
  .openapi('Label')

export const labelPage = pageSchema('LabelPage', labelSchema)

export const labelView = (label: Label) => ({ ...label, createdAt: isoTime(label.createdAt) })

export const noteSchema = z
  .object({
    id: z.string().openapi({ example: 'nte_1a3c5e7g9j1m3p5r7t9w1y3a5c' }),
    conversationId: z.string(),
    author: z.string().describe('Who wrote it: `member:…` or `key:…`.'),
    text: z.string(),
    at: instant,
  })
  .openapi('Note')

export const notePage = pageSchema('NotePage', noteSchema)
export const noteView = (note: Note) => ({ ...note, at: isoTime(note.at) })

export const draftSchema = z
  .object({ text: z.string().describe('Empty: nothing was begun.'), updatedAt: instant.nullable() })
  .openapi('Draft')
export const draftView = (draft: Draft | null) => ({
  text: draft?.text ?? '',
  updatedAt: isoTimeOrNull(draft?.updatedAt ?? null),
})
