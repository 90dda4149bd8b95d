import { beforeEach, describe, expect, it } from 'vitest'
import { d1, type TableName } from '../../../db/catalog.ts'
import { ana, monsoon, ravi, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { seedConversation } from '../api/seed.ts'
import { ask, keyFor, type Row, read } from '../api/stage.ts'

const start = 1_795_305_600_000
beforeEach(seedCast)

const mapOf = async (key: string) =>
  (await read(await ask('/api/v1/data-map', { key }))) as unknown as { tables: Row[]; places: Row[] }

describe('the data map', () => {
  it('has every table that can hold something of a workspace, with every column', async () => {
    const { tables, places } = await mapOf(await keyFor(sol))
    const expected = (Object.keys(d1) as TableName[]).filter((name) => d1[name].reach.workspace !== null)
    expect(tables.map(({ table }) => table)).toEqual(expected)
    for (const { table, columns } of tables)
      expect(columns).toHaveLength(Object.keys(d1[table as TableName].columns).length)
    expect(places.length).toBeGreaterThan(10)
  })

  it('counts the rows of this workspace alone, and knows the oldest', async () => {
    await seedConversation(sol, ana, [
      { wamid: 'wamid.M1', at: start },
      { wamid: 'wamid.M2', at: start - 5000 },
    ])
    await seedConversation(monsoon, ravi, [{ wamid: 'wamid.M3', at: start - 90_000 }])
    const { tables } = await mapOf(await keyFor(sol))
    const one = (name: string) => tables.find(({ table }) => table === name)
    expect(one('messages')).toMatchObject({ rows: 2, oldestAt: new Date(start - 5000).toISOString() })
    expect(one('contacts')).toMatchObject({ rows: 1 })
    expect(one('notes')).toMatchObject({ rows: 0, oldestAt: null })
  })

  it('opens to nobody without the scope', async () => {
    expect((await ask('/api/v1/data-map', { key: await keyFor(sol, ['audit']) })).status).toBe(403)
  })
})
