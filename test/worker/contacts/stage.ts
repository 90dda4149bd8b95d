// People for the tests of contacts: members who are signed in, contacts as the walks make them. Called by the tests here.

import { env } from 'cloudflare:workers'
import { type Business, type Person, sol } from '../../support/cast.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, read } from '../api/stage.ts'

export const at = Date.now() - 3_600_000

export const contactOf = async (business: Business, person: Person): Promise<string> =>
  (await seedConversation(business, person, [{ wamid: `wamid.${person.phone ?? person.bsuid}`, at }]))
    .contactId

type Rows = Record<string, unknown>[]

export const rowsOf = async (table: string, accountId = sol.accountId): Promise<Rows> =>
  (await env.DB.prepare(`SELECT * FROM ${table} WHERE account_id = ? ORDER BY rowid`).bind(accountId).all())
    .results

export const entriesOf = async (action: string, accountId = sol.accountId): Promise<Rows> =>
  (
    await env.DB.prepare(`SELECT * FROM audit_entries WHERE account_id = ? AND action = ? ORDER BY rowid`)
      .bind(accountId, action)
      .all()
  ).results

export { ask, read }
