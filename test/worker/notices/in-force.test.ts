import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { loadInForce } from '../../../worker/notices/in-force.ts'
import { noticeMs } from '../../../worker/notices/versions.ts'
import { seedCast } from '../../support/world.ts'
import { emptyTables, minute, start, version } from './stage.ts'

const documents = [
  version('terms', 1),
  version('privacy', 1),
  version('privacy', 2, { material: false }),
  version('privacy', 3),
]
const never = () => new Promise(() => undefined)

/** An isolate of its own: what it remembers belongs to its bindings. */
function isolate(db: Partial<D1Database> = env.DB) {
  const asked = { times: 0 }
  const DB = {
    prepare: (query: string) => {
      asked.times++
      return (db as D1Database).prepare(query)
    },
  }
  const world = { ...env, DB } as unknown as Env
  const later: Promise<unknown>[] = []
  const shown = (
    now: number,
    patience: () => Promise<unknown> = never,
    of: 'privacy' | 'terms' = 'privacy',
  ) => loadInForce(world, documents, of, { now, patience, later: (work) => void later.push(work) })
  return { shown, asked, world, settled: () => Promise.all(later) }
}
const broken = {
  prepare: () => {
    throw new Error('no database')
  },
}

beforeEach(async () => {
  for (const table of emptyTables) await env.DB.exec(`DELETE FROM ${table}`)
  await seedCast()
})

describe('the version that a page shows', () => {
  it('is the one that is recorded as in force, and the other document’s its own', async () => {
    await minute(documents, start)
    await minute(documents, start + 1)
    expect(await isolate().shown(start + 1)).toBe('2')
    await minute(documents, start + 1 + noticeMs)
    const { shown } = isolate()
    expect(await shown(start + 1 + noticeMs)).toBe('3')
    expect(await shown(start + 1 + noticeMs, never, 'terms')).toBe('1')
  })

  it('is asked for once a minute', async () => {
    await minute(documents, start)
    const { shown, asked } = isolate()
    for (const now of [0, 1, limits.inForceCacheMs - 1]) expect(await shown(start + now)).toBe('2')
    expect(asked.times).toBe(1)
    await shown(start + limits.inForceCacheMs)
    expect(asked.times).toBe(2)
  })

  it('is the newest that needs no notice while nothing is recorded, and the first before its date', async () => {
    expect(await isolate().shown(start)).toBe('2')
    expect(await isolate().shown(start - 1)).toBe('1')
  })

  it.each<[string, Partial<D1Database>]>([
    ['fails', broken],
    ['answers with an error', { prepare: (() => env.DB.prepare('SELECT * FROM nothing')) as never }],
  ])('is the newest that needs no notice when the database %s', async (_, db) => {
    await minute(documents, start)
    await minute(documents, start + 1)
    await minute(documents, start + 1 + noticeMs)
    expect(await isolate(db).shown(start + 1 + noticeMs)).toBe('2')
  })

  it('is the one that was known before when the database fails afterwards', async () => {
    await minute(documents, start)
    await minute(documents, start + 1)
    const end = start + 1 + noticeMs
    await minute(documents, end)
    const down = { is: false }
    const db = { prepare: ((query: string) => (down.is ? broken.prepare() : env.DB.prepare(query))) as never }
    const { shown } = isolate(db)
    expect(await shown(end)).toBe('3')
    down.is = true
    expect(await shown(end + limits.inForceCacheMs)).toBe('3')
    expect(await shown(end + 10 * limits.inForceCacheMs)).toBe('3')
  })

  it('does not wait for a database that hangs, and is the recorded one as soon as it has answered', async () => {
    await minute(documents, start)
    await minute(documents, start + 1)
    const end = start + 1 + noticeMs
    await minute(documents, end)
    let answer: () => void = () => undefined
    const hangs = new Promise<void>((resolve) => (answer = resolve))
    const slow = (made: D1PreparedStatement): D1PreparedStatement =>
      new Proxy(made, {
        get(_, method) {
          const own = Reflect.get(made, method) as (...given: unknown[]) => unknown
          if (method === 'bind') return (...values: unknown[]) => slow(made.bind(...values))
          return async (...given: unknown[]) => {
            await hangs
            return own.apply(made, given)
          }
        },
      })
    const { shown, settled } = isolate({ prepare: ((query: string) => slow(env.DB.prepare(query))) as never })
    expect(await shown(end, async () => undefined)).toBe('2')
    answer()
    await settled()
    expect(await shown(end + 1)).toBe('3')
  })
})
