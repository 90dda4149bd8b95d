// What two workspaces have to do with belongs to neither alone, and stays while one of them has.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { database } from '../../../db/client.ts'
import { countRows } from '../../../db/reach.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { signInAs } from '../../support/session.ts'
import { seedCast } from '../../support/world.ts'

const reached = (accountId: string) => countRows(database(env.DB), { scope: 'workspace', accountId })

beforeAll(seedCast)

describe('a workspace', () => {
  it('reaches the counts of a number that it alone has had, and not those of one that is somebody else’s by now', async () => {
    await env.DB.prepare(
      `INSERT INTO intake_counts (counter_key, day, last_event_at) VALUES (?, '2026-11-28', 1), (?, '2026-11-28', 1)`,
    )
      .bind(sol.phoneNumberId, monsoon.phoneNumberId)
      .run()
    expect([await reached(sol.accountId), await reached(monsoon.accountId)]).toMatchObject([
      { intake_counts: 1 },
      { intake_counts: 1 },
    ])
    await env.DB.batch([
      env.DB.prepare(`UPDATE numbers SET disconnected_at = 2 WHERE id = ?`).bind(sol.numberId),
      env.DB.prepare(
        `INSERT INTO numbers (id, account_id, waba_id, phone_number_id, display_phone_number, verified_name, connected_at)
         SELECT 'num_later', ?, waba_id, phone_number_id, display_phone_number, verified_name, 3 FROM numbers WHERE id = ?`,
      ).bind(monsoon.accountId, sol.numberId),
    ])
    expect(await reached(sol.accountId)).toMatchObject({ intake_counts: 0 })
  })

  it('reaches who signs in there and nowhere else, with every browser of theirs', async () => {
    await signInAs(sol, 'agent', { email: 'both@example.com' })
    await signInAs(sol, 'admin', { email: 'here@example.com' })
    expect(await reached(sol.accountId)).toMatchObject({ users: 2, sessions: 2 })
    await signInAs(monsoon, 'agent', { email: 'both@example.com' })
    expect(await reached(sol.accountId)).toMatchObject({ users: 1, sessions: 1 })
    expect(await reached(monsoon.accountId)).toMatchObject({ users: 0, sessions: 0 })
  })
})
