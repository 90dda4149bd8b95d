// Two contacts turn out to be one person: everything that names the loser names the winner afterwards, in whatever table it stands.

import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema, writeBatch } from '../../../db/client.ts'
import { loadMerge, mergeStatements } from '../../../worker/conversations/merge.ts'
import { conversationId } from '../../../worker/conversations/record.ts'
import { monsoon, type Person, sol } from '../../support/cast.ts'
import { type Filled, fill } from '../../support/filler.ts'
import { rowsOf } from '../../support/intake.ts'
import { ownerOf, seedCast } from '../../support/world.ts'
import { db, dumpOf } from '../api/stage.ts'

const { accountId } = sol
const one: Person = { name: 'Ana Una', phone: '34655777001', bsuid: 'ES.80808001' }
const other: Person = { name: 'Ana Otra', phone: '34655777002', bsuid: 'ES.80808002' }

/** Every table that names a contact or a conversation, read from the schema. */
const personal = Object.values(schema).flatMap((table) => {
  if (!is(table, SQLiteTable)) return []
  const columns = Object.values(getTableColumns(table)).map(({ name }) => name)
  const own = columns.filter((name) => name === 'contact_id' || name === 'conversation_id')
  return own.length > 0 ? [{ table: getTableName(table), columns: own }] : []
})

async function naming(...ids: string[]): Promise<string[]> {
  const found: string[] = []
  for (const { table, columns } of personal)
    for (const row of await rowsOf(table))
      if (columns.some((column) => ids.includes(row[column] as string))) found.push(table)
  return [...new Set(found)].sort()
}

const merge = async (winner: string, loser: string) =>
  writeBatch(db, mergeStatements(db, await loadMerge(db, { accountId, winner, losers: [loser] })))

let winner: Filled
let loser: Filled
let theirs: string
let before: string[]
beforeAll(async () => {
  await seedCast()
  winner = await fill(sol, one, ownerOf(sol))
  loser = await fill(sol, other, ownerOf(sol))
  theirs = await dumpOf(monsoon.accountId)
  before = await naming(loser.contactId)
  await merge(winner.contactId, loser.contactId)
})

describe('a merge of contacts', () => {
  it('finds the loser in every table that names a contact', () => {
    const named = personal.filter(({ columns }) => columns.includes('contact_id')).map(({ table }) => table)
    expect(before).toEqual(expect.arrayContaining(named))
  })

  it('leaves the loser and its conversations nowhere', async () => {
    const real = conversationId(sol.numberId, loser.contactId)
    expect(await naming(loser.contactId, `conversations-${loser.tag}`, real)).toEqual([])
  })

  it('moves messages, notes and what the team did under the conversation of the winner on the same number', async () => {
    const to = conversationId(`numberId-${loser.tag}`, winner.contactId)
    for (const table of ['messages', 'notes', 'conversation_states', 'conversation_labels', 'drafts']) {
      const rows = (await rowsOf(table)).filter((row) => row.conversation_id === to)
      expect(
        rows.map((row) => row.contact_id),
        table,
      ).toEqual([winner.contactId])
    }
  })

  it('is the same when it is walked again, and touches no neighbour', async () => {
    const tables = async () =>
      JSON.stringify(await Promise.all(personal.map(async ({ table }) => [table, await rowsOf(table)])))
    const once = await tables()
    await merge(winner.contactId, loser.contactId)
    expect(await tables()).toBe(once)
    expect(await dumpOf(monsoon.accountId)).toBe(theirs)
  })

  it('keeps a conversation open and unread when one half was', async () => {
    const [mine, hers] = [conversationId('num_x', 'cnt_w'), conversationId('num_x', 'cnt_l')]
    const at = 1_795_305_600_000
    const conversation = { accountId, numberId: 'num_x', createdAt: at, lastMessageAt: at, userLastAt: at }
    const state = { accountId, readHeardAt: at, updatedAt: at }
    await writeBatch(db, [
      db.insert(schema.conversations).values([
        { id: mine, contactId: 'cnt_w', ...conversation },
        { id: hers, contactId: 'cnt_l', ...conversation },
      ]),
      db.insert(schema.conversationStates).values([
        { conversationId: mine, contactId: 'cnt_w', ...state, readKey: '2', assigneeId: 'mem_1' },
        { conversationId: hers, contactId: 'cnt_l', ...state, readKey: '1', closedAt: at, closedHeardAt: at },
      ]),
    ])
    await merge('cnt_w', 'cnt_l')
    const [row] = (await rowsOf('conversation_states')).filter((one) => one.conversation_id === mine)
    expect(row).toMatchObject({ read_key: '1', closed_at: null, assignee_id: 'mem_1', contact_id: 'cnt_w' })
  })
})
