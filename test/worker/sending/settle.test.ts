import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { parseHistory, settle } from '../../../worker/sending/settle.ts'
import {
  ana,
  db,
  dump,
  messageRows,
  messagesPath,
  monsoon,
  newestMessage,
  openStage,
  type Stage,
  schema,
  settings,
  sol,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage
let wamid: string

beforeAll(async () => {
  stage = await openStage()
  await wrote(stage, sol, 'ana')
  const answer = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
  wamid = answer.json.messages?.[0]?.id as string
  await stage.later()
})

const run = (now: number) =>
  settle(env, settings, now, (input, init) => stage.meta.fetch(new Request(input, init)))

describe('settle', () => {
  it('leaves young messages to their statuses, and old ones in peace', async () => {
    await stage.sim('/statuses', { message_id: wamid, status: 'delivered' })
    expect(await run(Date.now())).toBe(0)
    expect(await run(Date.now() + limits.settleUntilMs + 60_000)).toBe(0)
    expect((await newestMessage(sol)).status).toBe('accepted')
  })

  it('learns from message_history what the webhooks did not bring, and changes nothing of the neighbour', async () => {
    const before = await dump(monsoon)
    expect(await run(Date.now() + limits.settleAfterMs + 1_000)).toBe(1)
    expect((await newestMessage(sol)).status).toBe('delivered')
    expect(await dump(monsoon)).toBe(before)
    expect(await run(Date.now() + limits.settleAfterMs + 1_000), 'asks no more').toBe(0)
  })

  it('survives a Graph that fails, and never sends', async () => {
    await db
      .update(schema.messages)
      .set({ status: 'unknown' })
      .where(eq(schema.messages.accountId, sol.accountId))
    const sent = stage.meta.world.state.sent.size
    await stage.sim('/faults', { kind: 'html', path: '/message_history' })
    expect(await run(Date.now() + limits.settleAfterMs + 1_000)).toBe(0)
    expect((await messageRows(sol)).map((row) => row.status)).toEqual(['unknown'])
    expect(stage.meta.world.state.sent.size).toBe(sent)
  })

  it('reads only the message it asked about, and only states it knows', () => {
    const events = {
      data: [
        { delivery_status: 'SENT', timestamp: '1795305600' },
        { delivery_status: 'PENDING', timestamp: 1 },
        { delivery_status: 'READ', timestamp: '2026-11-22T10:00:00+0000' },
      ],
    }
    expect(
      parseHistory(
        {
          data: [
            { message_id: 'a', events },
            { message_id: 'b', events },
          ],
        },
        'a',
      ),
    ).toEqual([
      { status: 'sent', at: 1795305600000 },
      { status: 'read', at: Date.parse('2026-11-22T10:00:00Z') },
    ])
    for (const odd of [
      null,
      [],
      {},
      { data: 5 },
      { data: [null] },
      { data: [{ message_id: 'a', events: [] }] },
    ])
      expect(parseHistory(odd, 'a')).toEqual([])
  })
})
