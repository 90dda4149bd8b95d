import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { standingKeyQuery } from '../../../worker/accounts/auth.ts'
import { keysQuery } from '../../../worker/accounts/keys.ts'
import { membersQuery, metaLinkQuery } from '../../../worker/accounts/members.ts'
import { numberQuery, numbersQuery, wabasQuery } from '../../../worker/accounts/numbers.ts'
import { entriesQuery, entryRunQuery, sealsQuery } from '../../../worker/audit/ledger.ts'
import { contactsQuery } from '../../../worker/contacts/find.ts'
import {
  countsQuery,
  draftsOfQuery,
  labelsOfQuery,
  lastMessagesQuery,
} from '../../../worker/conversations/beside.ts'
import { sortKey } from '../../../worker/conversations/content.ts'
import { labelsQuery } from '../../../worker/conversations/labels.ts'
import { contactQuery } from '../../../worker/conversations/list-contacts.ts'
import { conversationQuery, conversationsQuery } from '../../../worker/conversations/list-conversations.ts'
import {
  changesQuery,
  conversationExists,
  filesQuery,
  messageQuery,
  messagesQuery,
  statusesQuery,
} from '../../../worker/conversations/list-messages.ts'
import { noteQuery, notesQuery } from '../../../worker/conversations/notes.ts'
import { contactsUpsert, conversationsUpsert, messagesInsert } from '../../../worker/conversations/record.ts'
import { repliedQuery } from '../../../worker/conversations/replied.ts'
import { recentQuery } from '../../../worker/conversations/state.ts'
import { consentsQuery } from '../../../worker/sending/explanation.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { db } from './stage.ts'

type Query = { toSQL: () => { sql: string; params: unknown[] } }

const cursor: [number, string] = [1_795_305_600_000, 'cnv_x']
const first = { limit: 50 }
const later = { limit: 50, cursor }
const further = { limit: 50, cursor: [sortKey(1_795_305_600_000, 0), 'msg_x'] as [string, string] }
const account = sol.accountId

const queries: [string, Query][] = [
  ['conversations', conversationsQuery(db, account, first)],
  ['conversations after a cursor', conversationsQuery(db, account, later)],
  ...(
    [
      ['open', { state: 'open' }],
      ['closed', { state: 'closed' }],
      ['of a member', { assignee: { id: 'mem_x' } }],
      ['of nobody', { assignee: { id: null } }],
      ['with a label', { label: 'lbl_x' }],
      ['unread', { unread: true }],
    ] as const
  ).map(([name, filter]): [string, Query] => [
    `conversations ${name}`,
    conversationsQuery(db, account, { ...later, ...filter }),
  ]),
  ['what is unread of conversations', countsQuery(db, account, ['cnv_x'])],
  ['the newest messages of conversations', lastMessagesQuery(db, account, ['cnv_x'])],
  ['labels of conversations', labelsOfQuery(db, account, ['cnv_x'])],
  ['drafts of conversations', draftsOfQuery(db, account, 'mem_x', ['cnv_x'])],
  ['recent messages', recentQuery(db, account, 'cnv_x')],
  ['one message', messageQuery(db, account, 'msg_x')],
  ['statuses of messages', statusesQuery(db, account, ['a'])],
  ['files of messages', filesQuery(db, account, ['msg_x'])],
  ['what is answered', repliedQuery(db, account, ['a'])],
  ['labels', labelsQuery(db, account, first)],
  ['labels after a cursor', labelsQuery(db, account, later)],
  ['notes', notesQuery(db, account, 'cnv_x', first)],
  ['notes after a cursor', notesQuery(db, account, 'cnv_x', later)],
  ['one note', noteQuery(db, account, 'nte_x')],
  ['consents before a message', consentsQuery(db, account, 'cnt_x', 1)],
  ['one conversation', conversationQuery(db, account, 'cnv_x')],
  ['does a conversation exist', conversationExists(db, account, 'cnv_x')],
  ['messages', messagesQuery(db, account, 'cnv_x', { ...first, order: 'oldest' })],
  ['messages after a cursor', messagesQuery(db, account, 'cnv_x', { ...further, order: 'oldest' })],
  ['messages, newest first', messagesQuery(db, account, 'cnv_x', { ...first, order: 'newest' })],
  [
    'messages, newest first after a cursor',
    messagesQuery(db, account, 'cnv_x', { ...further, order: 'newest' }),
  ],
  ['changes of messages', changesQuery(db, account, ['a', 'b'])],
  ['contacts', contactsQuery(db, account, first)],
  ['contacts after a cursor', contactsQuery(db, account, later)],
  ['one contact', contactQuery(db, account, 'cnt_x')],
  ['numbers', numbersQuery(db, account, first)],
  ['numbers after a cursor', numbersQuery(db, account, { limit: 50, cursor: ['num_x'] })],
  ['one number', numberQuery(db, account, 'num_x')],
  ['WhatsApp accounts', wabasQuery(db, account)],
  ['the key of a caller', standingKeyQuery(db, 'digest')],
  ['members', membersQuery(db, account, first)],
  ['members after a cursor', membersQuery(db, account, { limit: 50, cursor: [1, 'mem_x'] })],
  ['the member of a Facebook user', metaLinkQuery(db, 'digest')],
  ['keys', keysQuery(db, account, first)],
  ['keys after a cursor', keysQuery(db, account, later)],
  ['the audit ledger', entriesQuery(db, account, first)],
  ['the audit ledger after a cursor', entriesQuery(db, account, later)],
  ['a run of the audit ledger', entryRunQuery(db, account, cursor, cursor[0] + 1, 50)],
  ['the seals of the audit ledger', sealsQuery(db, account)],
]

const run = (query: Query, before = '') => {
  const { sql, params } = query.toSQL()
  return env.DB.prepare(before + sql)
    .bind(...params)
    .all<{ detail: string }>()
}

describe('every query of the API', () => {
  it.each(queries)('finds %s through an index, without a scan or a sort', async (_, query) => {
    const plan = (await run(query, 'EXPLAIN QUERY PLAN ')).results.map(({ detail }) => detail)
    expect(plan.some((step) => /^SEARCH \w+ USING (COVERING )?INDEX/.test(step))).toBe(true)
    // json_each is the list of refs itself, bound as one parameter; a subquery that is counted has a LIMIT of its own.
    expect(plan.filter((step) => /SCAN (?!json_each|\(subquery)|TEMP B-TREE/.test(step))).toEqual([])
  })
})

describe('with twenty thousand messages stored', () => {
  const people = 200
  const each = 100
  const at = 1_795_305_600_000

  it('a page reads as many rows as it shows', async () => {
    for (const { accountId, numberId } of [sol, monsoon]) {
      const ids = Array.from({ length: people / 2 }, (_, i) => i)
      const rows = ids.flatMap((i) =>
        Array.from({ length: each }, (_, j) => ({
          id: `msg_${accountId}_${i}_${j}`,
          accountId,
          numberId,
          conversationId: `cnv_${accountId}_${i}`,
          contactId: `cnt_${accountId}_${i}`,
          ref: `ref_${accountId}_${i}_${j}`,
          wamid: null,
          direction: 'in' as const,
          origin: 'live' as const,
          precedence: 3,
          type: 'text',
          content: null,
          at: at + i * each + j,
          sortKey: sortKey(at + i * each, at, j),
          receivedAt: at,
          status: 'received' as const,
          statusAt: at,
        })),
      )
      await writeBatch(db, [
        contactsUpsert(
          db,
          ids.map((i) => ({
            id: `cnt_${accountId}_${i}`,
            accountId,
            createdAt: at,
            lastSeenAt: at + i,
            nameVersion: '',
            usernameVersion: '',
            phoneVersion: '',
            bsuidVersion: '',
          })),
        ),
        conversationsUpsert(
          db,
          ids.map((i) => ({
            id: `cnv_${accountId}_${i}`,
            accountId,
            numberId,
            contactId: `cnt_${accountId}_${i}`,
            createdAt: at,
            lastMessageAt: at + i,
            userLastAt: at + i,
          })),
        ),
      ])
      for (let i = 0; i < rows.length; i += 2_000)
        await writeBatch(db, [messagesInsert(db, rows.slice(i, i + 2_000))])
    }
    expect(await env.DB.prepare('SELECT count(*) AS n FROM messages').first('n')).toBe(people * each)

    const page = { limit: 20 }
    const middle = { limit: 20, cursor: [sortKey(at + 50 * each, at, 40), ''] as [string, string] }
    const reads: [Query, number][] = [
      [messagesQuery(db, account, `cnv_${account}_50`, { ...page, order: 'oldest' }), 21],
      [messagesQuery(db, account, `cnv_${account}_50`, { ...middle, order: 'oldest' }), 21],
      [messagesQuery(db, account, `cnv_${account}_50`, { ...middle, order: 'newest' }), 21],
      [conversationsQuery(db, account, page), 42],
      [conversationsQuery(db, account, { limit: 20, cursor: [at + 50, ''] }), 42],
      [contactsQuery(db, account, page), 21],
    ]
    for (const [query, most] of reads) {
      const { results, meta } = await run(query)
      expect(results).toHaveLength(21)
      expect(meta.rows_read).toBeGreaterThanOrEqual(21)
      expect(meta.rows_read).toBeLessThanOrEqual(most)
    }
  })
})
