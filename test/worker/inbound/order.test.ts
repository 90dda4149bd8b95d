// The order-free guarantee: whatever Meta does with the order, the batching and the repetition of a conversation's
// events, the same rows stand at the end. Each case is a conversation of its own, so cases share a database.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { openColumns } from '../../../worker/custody/sealing.ts'
import { receive } from '../../../worker/inbound/receive.ts'
import { splitBody } from '../../../worker/meta/envelope.ts'
import type { Person } from '../../support/cast.ts'
import { sol } from '../../support/cast.ts'
import {
  type Change,
  contactBlock,
  envelope,
  fromPart,
  messagesChange,
  render,
  statusChange,
} from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

beforeAll(seedCast)

let serial = 0
const start = 1_795_305_600

/** The events of one conversation, with ids of its own; `at` counts seconds, several may share one. */
const eventArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      n: fc.nat(5),
      at: fc.nat(20),
      shows: fc.constantFrom('both', 'bsuid', 'phone', 'new'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('echo' as const), n: fc.nat(3), at: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      n: fc.nat(3),
      at: fc.nat(20),
      status: fc.constantFrom('sent', 'delivered', 'read', 'played', 'failed'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), n: fc.nat(5), m: fc.nat(2), at: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), n: fc.nat(5), at: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reaction' as const),
      n: fc.nat(5),
      m: fc.nat(3),
      at: fc.nat(20),
      emoji: fc.option(fc.constantFrom('👍', '❤️')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('moved' as const), at: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('history' as const), n: fc.nat(5), at: fc.nat(20) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      at: fc.nat(20),
      value: fc.constantFrom('stop', 'resume'),
    }),
  },
)
type Event = typeof eventArbitrary extends fc.Arbitrary<infer T> ? T : never

/** One message id always has one content and one instant, as at Meta; only when it is heard of varies. */
function changeOf(event: Event, run: string): Change {
  const first: Person = { name: `Ana ${run}`, phone: `346${run}1`, bsuid: `ES.A${run}` }
  const moved: Person = { name: `Ana ${run}`, phone: `346${run}2`, bsuid: `ES.B${run}` }
  const wamid = (label: string) => `wamid.${run}.${label}`
  const message = (person: Person, rest: Record<string, unknown>): Change =>
    messagesChange(sol, { contacts: [contactBlock(person)], messages: [{ ...fromPart(person), ...rest }] })
  const person = (shows: string): Person =>
    shows === 'new'
      ? moved
      : shows === 'bsuid'
        ? { name: first.name as string, bsuid: first.bsuid as string }
        : shows === 'phone'
          ? { phone: first.phone as string }
          : first
  const seconds = (n: number) => String(start + n)
  switch (event.kind) {
    case 'text':
      return message(person(['both', 'bsuid', 'phone', 'new', 'both', 'bsuid'][event.n] as string), {
        id: wamid(`t${event.n}`),
        timestamp: seconds(event.n),
        type: 'text',
        text: { body: `text ${event.n}` },
      })
    case 'echo':
      return {
        field: 'smb_message_echoes',
        value: {
          ...messagesChange(sol, {}).value,
          message_echoes: [
            {
              from: sol.displayPhoneNumber,
              to: first.phone,
              to_user_id: first.bsuid,
              id: wamid(`e${event.n}`),
              timestamp: seconds(event.n),
              type: 'text',
              text: { body: `echo ${event.n}` },
            },
          ],
        },
      }
    case 'status':
      return statusChange(sol, event.status === 'failed' ? { phone: first.phone as string } : first, {
        id: wamid(`e${event.n}`),
        status: event.status,
        timestamp: seconds(event.at),
        ...(event.status === 'failed' ? { errors: [{ code: 131026 + (event.at % 2) }] } : {}),
      })
    case 'edit':
      return message(first, {
        id: wamid(`d${event.n}.${event.m}`),
        timestamp: seconds(event.n + event.m),
        type: 'edit',
        edit: {
          original_message_id: wamid(`t${event.n}`),
          message: { type: 'text', text: { body: `edit ${event.m}` } },
        },
      })
    case 'revoke':
      return message(first, {
        id: wamid(`r${event.n}`),
        timestamp: seconds(event.n + 9),
        type: 'revoke',
        revoke: { original_message_id: wamid(`t${event.n}`) },
      })
    case 'reaction': {
      const removed = event.m === 0
      return message(first, {
        id: wamid(`x${event.n}.${event.m}`),
        timestamp: seconds(event.n + event.m),
        type: 'reaction',
        reaction: {
          message_id: wamid(`e${event.n % 4}`),
          ...(removed ? {} : { emoji: event.m === 1 ? '👍' : '❤️' }),
        },
      })
    }
    case 'moved':
      return messagesChange(sol, {
        messages: [
          {
            from: first.phone,
            id: wamid('s'),
            timestamp: seconds(10),
            type: 'system',
            system: {
              type: 'user_changed_number',
              body: 'moved',
              wa_id: moved.phone,
              user_id: moved.bsuid,
              previous_user_id: first.bsuid,
            },
          },
        ],
      })
    case 'history':
      return {
        field: 'history',
        value: {
          ...messagesChange(sol, {}).value,
          history: [
            {
              metadata: { phase: 0 },
              threads: [
                {
                  id: first.phone,
                  context: { wa_id: first.phone, user_id: first.bsuid },
                  messages: [
                    {
                      from: first.phone,
                      id: wamid(`t${event.n}`),
                      timestamp: seconds(event.n),
                      type: event.n % 2 ? 'media_placeholder' : 'text',
                      text: { body: `text ${event.n}` },
                    },
                  ],
                },
              ],
            },
          ],
        },
      }
    case 'stop':
      return {
        field: 'user_preferences',
        value: {
          ...messagesChange(sol, {}).value,
          contacts: [contactBlock(first)],
          user_preferences: [
            {
              wa_id: first.phone,
              user_id: first.bsuid,
              category: 'marketing_messages',
              value: event.value,
              timestamp: start + event.at,
            },
          ],
        },
      }
  }
}

/** Everything D1 knows of the conversation, opened, with ids replaced by what they stand for. */
async function readable(run: string): Promise<unknown> {
  const all = async <T>(query: string, ...args: unknown[]) =>
    (
      await env.DB.prepare(query)
        .bind(...args)
        .all<T>()
    ).results
  const open = async (table: string, rows: Record<string, unknown>[], column: string, id: string) =>
    openColumns(
      env.KEEPER,
      sol.accountId,
      rows.map((row) => ({ table, column, rowId: row[id] as string, sealed: row[column] as string | null })),
      Date.now(),
    )
  const contacts = await all<Record<string, unknown>>(`SELECT * FROM contacts ORDER BY id`)
  const phones = await open('contacts', contacts, 'phone', 'id')
  const bsuids = await open('contacts', contacts, 'bsuid', 'id')
  const names = await open('contacts', contacts, 'name', 'id')
  const mine = contacts.flatMap((row, i) =>
    `${phones[i]}${bsuids[i]}`.includes(run)
      ? [{ row, phone: phones[i], bsuid: bsuids[i], name: names[i] }]
      : [],
  )
  const people = []
  for (const { row, phone, bsuid, name } of mine) {
    const messages = await all<Record<string, unknown>>(
      `SELECT * FROM messages WHERE contact_id = ? ORDER BY at, ref`,
      row.id,
    )
    const contents = await open('messages', messages, 'content', 'id')
    const wamids = await open('messages', messages, 'wamid', 'id')
    const changes = await all<Record<string, unknown>>(
      `SELECT * FROM message_changes WHERE contact_id = ? ORDER BY ref`,
      row.id,
    )
    const changed = await open('message_changes', changes, 'content', 'ref')
    people.push({
      phone,
      bsuid,
      name,
      created: row.created_at,
      seen: row.last_seen_at,
      versions: [row.name_version, row.phone_version, row.bsuid_version],
      conversations: await all(
        `SELECT number_id, created_at, last_message_at, user_last_at FROM conversations WHERE contact_id = ?`,
        row.id,
      ),
      preferences: await all(
        `SELECT category, value, at FROM contact_preferences WHERE contact_id = ?`,
        row.id,
      ),
      messages: messages.map((m, i) => ({
        id: m.id,
        wamid: wamids[i],
        content: contents[i],
        direction: m.direction,
        origin: m.origin,
        type: m.type,
        at: m.at,
        status: m.status,
        statusAt: m.direction === 'out' ? m.status_at : null,
        error: m.error_code,
        edited: m.edited_at,
        revoked: m.revoked_at,
      })),
      changes: changes.map((c, i) => ({
        ref: c.ref,
        target: c.target_ref,
        kind: c.kind,
        at: c.at,
        content: changed[i],
      })),
    })
  }
  return people.sort((a, b) => `${a.bsuid}${a.phone}`.localeCompare(`${b.bsuid}${b.phone}`))
}

/** Feeds the changes in the given groups: a group is one body, a number the index of an event. */
async function feed(events: Event[], groups: number[][], run: string): Promise<void> {
  for (const group of groups) {
    const changes = group.map((i) => changeOf(events[i] as Event, run))
    const body = render(envelope({ id: sol.wabaId, changes }))
    const arrivals = splitBody(body).map((event, position) => ({ event, receivedAt: Date.now(), position }))
    await receive(env, '', arrivals, () => [], Date.now())
  }
}

async function wipe(): Promise<void> {
  await env.DB.batch(
    [
      'contacts',
      'conversations',
      'messages',
      'message_statuses',
      'message_changes',
      'contact_preferences',
      'raw_events',
      'intake_counts',
    ].map((t) => env.DB.prepare(`DELETE FROM ${t}`)),
  )
}

const scenario = fc.array(eventArbitrary, { minLength: 1, maxLength: 9 }).chain((events) => {
  const indexes = events.map((_, i) => i)
  const shuffled = fc
    .tuple(
      fc.shuffledSubarray(indexes, { minLength: indexes.length, maxLength: indexes.length }),
      fc.array(fc.nat(events.length - 1), { maxLength: 4 }),
      fc.array(fc.nat(3), { minLength: 14, maxLength: 14 }),
    )
    .map(([order, repeats, cuts]) => split([...order, ...repeats], cuts))
  return fc.record({ events: fc.constant(events), one: shuffled, other: shuffled })
})

function split(order: number[], cuts: number[]): number[][] {
  const groups: number[][] = [[]]
  order.forEach((index, i) => {
    if (cuts[i % cuts.length] === 0 && (groups.at(-1) as number[]).length > 0) groups.push([])
    ;(groups.at(-1) as number[]).push(index)
  })
  return groups
}

/** Found by this property: the live copy and the history's copy of one message name two people. */
const revokedUnderTwoNames = {
  events: [
    { kind: 'edit', n: 3, m: 0, at: 0 },
    { kind: 'text', n: 3, at: 0, shows: 'both' },
    { kind: 'history', n: 3, at: 0 },
    { kind: 'revoke', n: 3, at: 0 },
  ] satisfies Event[],
  one: [[0], [3], [2], [1]],
  other: [[1], [2], [0], [3]],
}

const runs = 2000

describe('the rows of a conversation', () => {
  it('are the same for any order, repetition and batching of its events', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ events, one, other }) => {
        const run = String(100_000 + serial++)
        await wipe()
        await feed(events, one, run)
        const first = await readable(run)
        // The same ids under the same pepper: only what the Keeper remembers of these people has to go.
        const again = run
        await wipe()
        await forgetPeople()
        await feed(events, other, again)
        expect(await readable(again)).toEqual(first)
      }),
      { numRuns: runs, examples: [[revokedUnderTwoNames]] },
    )
  })
})

/** The Keeper as it was before it met anybody: its tables and its memory. */
async function forgetPeople(): Promise<void> {
  const keeper = env.KEEPER.getByName(sol.accountId)
  await runInDurableObject(keeper, (_, state) => {
    state.storage.sql.exec(`DELETE FROM identities`)
    state.storage.sql.exec(`DELETE FROM merges`)
    state.storage.sql.exec(`DELETE FROM keys WHERE owner LIKE 'cnt_%'`)
  })
  await evictDurableObject(keeper)
}
