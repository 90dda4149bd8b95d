import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { walkTo } from '../../support/deletion.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

let key = ''

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
  await postChanges(sol, messageChange(sol, ana, textMessage('wamid.A1', 'hola desde casa', 1795305600)))
  await postChanges(sol, messageChange(sol, ravi, textMessage('wamid.R1', 'good evening', 1795305601)))
  await postChanges(monsoon, messageChange(monsoon, ana, textMessage('wamid.A2', 'a book please', 1795305602)))
  await drain()
})

describe('a contact that is erased', () => {
  it('is gone from every place, with one receipt', async () => {
    const { data } = await read(await ask('/api/v1/contacts', { key }))
    const her = data.find((row) => row.phone === ana.phone)
    const asked = await ask(`/api/v1/contacts/${her?.id}/deletion`, { key, method: 'POST' })
    expect(asked.status).toBe(202)
    const opened = await read(asked)
    await walkTo(sol.accountId, opened.id as string, 'erased')
    const status = await read(await ask(`/api/v1/public/deletions/${opened.code}`))
    console.log(JSON.stringify(status, null, 1))
    expect((await rowsOf('contacts')).length).toBe(2)
    expect((await rowsOf('receipts')).length).toBe(1)
    const jws = String((status.receipts as { jws: string }[])[0]?.jws)
    console.log(atob((jws.split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')))
    await walkTo(sol.accountId, opened.id as string, 'completed')
    expect((await rowsOf('receipts')).length).toBe(2)
    expect(await env.DB.prepare('SELECT 1').first()).toBeTruthy()
  })
})
