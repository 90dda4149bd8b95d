// Conversations for tests, written through the Keeper and the builders the walks use. Called by the tests of the API.

import { env } from 'cloudflare:workers'
import { type Statement, writeBatch } from '../../../db/client.ts'
import type { MessageContent } from '../../../worker/conversations/content.ts'
import { sortKey } from '../../../worker/conversations/content.ts'
import {
  type ChangeRow,
  type ContactRow,
  changesInsert,
  contactsUpsert,
  conversationId,
  conversationsUpsert,
  derivedUpdate,
  type MessageRow,
  messageId,
  messagesInsert,
} from '../../../worker/conversations/record.ts'
import type { SealKey } from '../../../worker/crypto/seal.ts'
import { keeperOf, messageRef, sealColumn } from '../../../worker/custody/sealing.ts'
import type { Business, Person } from '../../support/cast.ts'
import { db } from './stage.ts'

export type Line = {
  wamid: string
  at: number
  direction?: 'in' | 'out'
  type?: string
  content?: MessageContent
  status?: 'accepted' | 'sent' | 'delivered' | 'failed' | 'unknown'
  errorCode?: number
}
export type Alteration = {
  wamid: string
  target: string
  kind: 'edit' | 'revoke' | 'reaction'
  direction?: 'in' | 'out'
  text: string | null
  at: number
}

type Scene = {
  business: Business
  contactId: string
  conversation: string
  key: SealKey
  ref: (wamid: string) => string
}

async function contactRow(
  { business, contactId, key }: Scene,
  person: Person,
  at: number,
): Promise<ContactRow> {
  const field = async (column: 'name' | 'username' | 'phone' | 'bsuid') => {
    const value = person[column]
    return value === undefined ? null : sealColumn(key, 'contacts', column, contactId, value)
  }
  const version = `${String(at).padStart(13, '0')}:test`
  const versions = {
    nameVersion: version,
    usernameVersion: version,
    phoneVersion: version,
    bsuidVersion: version,
  }
  const [name, username, phone, bsuid] = await Promise.all([
    field('name'),
    field('username'),
    field('phone'),
    field('bsuid'),
  ])
  return {
    id: contactId,
    accountId: business.accountId,
    name,
    username,
    phone,
    bsuid,
    ...versions,
    createdAt: at,
    lastSeenAt: at,
  }
}

async function messageRow(scene: Scene, line: Line): Promise<MessageRow> {
  const {
    wamid,
    at,
    direction = 'in',
    type = 'text',
    content = { text: wamid, body: { body: wamid } },
    errorCode = null,
  } = line
  const { accountId, numberId } = scene.business
  const ref = scene.ref(wamid)
  const id = messageId(ref)
  const heard = { origin: 'live', precedence: 3, status: 'received' } as const
  const sent = { origin: 'api', precedence: 9, status: line.status ?? 'accepted' } as const
  return {
    ...{ id, ref, accountId, numberId, conversationId: scene.conversation, contactId: scene.contactId },
    ...{ direction, type, errorCode, at, sortKey: sortKey(at, at), receivedAt: at, statusAt: at },
    ...(direction === 'in' ? heard : sent),
    wamid: await sealColumn(scene.key, 'messages', 'wamid', id, wamid),
    content: await sealColumn(scene.key, 'messages', 'content', id, JSON.stringify(content)),
  }
}

async function changeRow(scene: Scene, alteration: Alteration): Promise<ChangeRow> {
  const { wamid, target, kind, direction = 'in', text, at } = alteration
  const ref = scene.ref(wamid)
  const json = JSON.stringify({ text, body: { body: text } })
  const content = text === null ? null : await sealColumn(scene.key, 'message_changes', 'content', ref, json)
  const { accountId } = scene.business
  return {
    accountId,
    ref,
    targetRef: scene.ref(target),
    kind,
    direction,
    contactId: scene.contactId,
    at,
    sortKey: sortKey(at, at),
    receivedAt: at,
    content,
  }
}

/** One person's conversation with one business; ids as the walks make them. */
export async function seedConversation(
  business: Business,
  person: Person,
  lines: Line[],
  alterations: Alteration[] = [],
): Promise<{ conversationId: string; contactId: string }> {
  const { accountId, numberId, phoneNumberId } = business
  const at = Math.max(...lines.map((line) => line.at))
  const query = { phone: person.phone, bsuid: person.bsuid, at, create: true }
  const { account, subjects } = await keeperOf(env.KEEPER, accountId).resolve([query])
  const [subject] = subjects
  if (subject?.state !== 'known') throw new Error('the person is not known')
  const { contactId, key } = subject
  const conversation = conversationId(numberId, contactId)
  const scene: Scene = {
    business,
    contactId,
    conversation,
    key,
    ref: (wamid) => messageRef(account, phoneNumberId, wamid),
  }
  const said = lines.filter((line) => line.direction !== 'out').map((line) => line.at)
  const userLastAt = said.length > 0 ? Math.max(...said) : null
  const statements: Statement[] = [
    contactsUpsert(db, [await contactRow(scene, person, at)]),
    conversationsUpsert(db, [
      { id: conversation, accountId, numberId, contactId, createdAt: at, lastMessageAt: at, userLastAt },
    ]),
    messagesInsert(db, await Promise.all(lines.map((line) => messageRow(scene, line)))),
  ]
  if (alterations.length > 0) {
    statements.push(
      changesInsert(db, await Promise.all(alterations.map((alteration) => changeRow(scene, alteration)))),
    )
    statements.push(
      ...derivedUpdate(
        db,
        accountId,
        alterations.map(({ target }) => scene.ref(target)),
      ),
    )
  }
  await writeBatch(db, statements)
  return { conversationId: conversation, contactId }
}
