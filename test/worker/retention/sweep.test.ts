import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { sweep } from '../../../worker/retention/sweep.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, statusChange, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'

const day = 86_400_000
beforeAll(seedCast)

it('deletes what is past its life and nothing else', async () => {
  await postChanges(sol, messageChange(sol, ana, textMessage('wamid.SW1', 'stays', 1795305600)), {
    field: 'never_heard_of',
    value: { a: 1 },
  })
  await postChanges(
    sol,
    statusChange(sol, ana, { id: 'wamid.ORPHAN', status: 'read', timestamp: '1795305600' }),
  )
  await postChanges(monsoon, messageChange(monsoon, ravi, textMessage('wamid.SW2', 'stays too', 1795305600)))
  await drain()
  const kept = { messages: await rowsOf('messages', 'id'), contacts: await rowsOf('contacts', 'id') }
  expect(await rowsOf('raw_events')).toHaveLength(1)
  expect(await rowsOf('message_statuses')).toHaveLength(1)

  await sweep(env, Date.now() + 6 * day)
  expect(await rowsOf('raw_events')).toHaveLength(1)
  expect(await rowsOf('message_statuses')).toHaveLength(1)

  const swept = await sweep(env, Date.now() + 8 * day)
  expect(swept).toContainEqual({ table: 'raw_events', rows: 1 })
  expect(swept).toContainEqual({ table: 'message_statuses', rows: 1 })
  expect(await rowsOf('raw_events')).toEqual([])
  expect({ messages: await rowsOf('messages', 'id'), contacts: await rowsOf('contacts', 'id') }).toEqual(kept)
})

it('keeps the statuses of a message that is here, however old', async () => {
  await postChanges(sol, messageChange(sol, ana, textMessage('wamid.SW3', 'hola', 1795305600)))
  await postChanges(sol, statusChange(sol, ana, { id: 'wamid.SW3', status: 'read', timestamp: '1795305600' }))
  await drain()
  await sweep(env, Date.now() + 300 * day)
  expect(await rowsOf('message_statuses')).toHaveLength(1)
})
