// Every call that an Eraser makes to something outside of it, counted, and one of them failing. For the tests that kill a
// deletion at each of its calls.

import { runInDurableObject } from 'cloudflare:test'
import { eraserOf } from './deletion.ts'

/** `refused`: it fails. `lost`: it happens, and fails. `killed`: it happens, and nothing ever happens after it. */
export type Way = 'refused' | 'lost' | 'killed'
export type Fault = { at: number; way: Way; calls: string[]; fired: boolean; dead: boolean }
export const fault = (at: number, way: Way): Fault => ({ at, way, calls: [], fired: false, dead: false })

type Loose = Record<string | symbol, (...given: unknown[]) => unknown>

async function counted(plan: Fault, name: string, call: () => unknown): Promise<unknown> {
  if (plan.dead) throw new Error('the process is dead')
  plan.calls.push(name)
  const here = plan.calls.length === plan.at
  if (here) plan.fired = true
  if (here && plan.way === 'refused') throw new Error('a call failed')
  const answer = await call()
  if (here && plan.way === 'killed') plan.dead = true
  if (here || plan.dead) throw new Error('an answer was lost')
  return answer
}

/** Named methods of the target are counted, the rest is its own. */
const through = (plan: Fault, name: string, target: object, methods: readonly string[]): object =>
  new Proxy(target, {
    get(_, method) {
      const own = (target as Loose)[method]
      if (typeof own !== 'function') return own
      if (!methods.includes(String(method))) return own.bind(target)
      return (...given: unknown[]) =>
        counted(plan, `${name}.${String(method)}`, () => (target as Loose)[method]?.(...given))
    },
  })

/** Statements are made here and run there: a batch wants the real ones. */
function countedD1(plan: Fault, db: D1Database): object {
  const real = new WeakMap<object, D1PreparedStatement>()
  const wrap = (made: D1PreparedStatement): object => {
    const proxy = new Proxy(made, {
      get(_, method) {
        const own = (made as unknown as Loose)[method]
        if (method === 'bind') return (...values: unknown[]) => wrap(made.bind(...values))
        if (['all', 'run', 'raw', 'first'].includes(String(method)))
          return (...given: unknown[]) =>
            counted(plan, `DB.${String(method)}`, () => (made as unknown as Loose)[method]?.(...given))
        return typeof own === 'function' ? own.bind(made) : own
      },
    })
    real.set(proxy, made)
    return proxy
  }
  return {
    prepare: (query: string) => wrap(db.prepare(query)),
    batch: (list: object[]) =>
      counted(plan, 'DB.batch', () => db.batch(list.map((one) => real.get(one) as D1PreparedStatement))),
  }
}

const countedSpace = (plan: Fault, name: string, space: DurableObjectNamespace): object => ({
  getByName: (id: string) => {
    const stub = space.getByName(id)
    return new Proxy(stub, {
      get: (_, method) =>
        method === 'then'
          ? undefined
          : (...given: unknown[]) =>
              counted(plan, `${name}.${String(method)}`, () =>
                (stub as unknown as Loose)[method]?.(...given),
              ),
    })
  },
})

const stores = ['get', 'put', 'delete', 'list', 'head'] as const

/** This life of the Eraser makes its calls through here; the next one is as always. */
export const breakEraser = (accountId: string, plan: Fault): Promise<void> =>
  runInDurableObject(eraserOf(accountId), (instance, { storage }) => {
    const held = instance as unknown as { env: Env }
    const { env } = held
    const broken = {
      ...env,
      DB: countedD1(plan, env.DB),
      KEYS: through(plan, 'KEYS', env.KEYS, stores),
      FILES: through(plan, 'FILES', env.FILES, stores),
      ...Object.fromEntries(
        (['KEEPER', 'INTAKE', 'ERASER', 'TRANSPARENCY'] as const).map((name) => [
          name,
          countedSpace(plan, name, env[name] as DurableObjectNamespace),
        ]),
      ),
    }
    Object.assign(held, { env: broken })
    const own = storage.transactionSync.bind(storage)
    Object.assign(storage, {
      transactionSync: <T>(write: () => T): T => {
        if (plan.dead) throw new Error('the process is dead')
        return own(write)
      },
    })
  })

/** Meta's answers, as calls of the walk like any other. */
export const countedFetch = (plan: () => Fault | undefined, answer: () => Response) => async () => {
  const current = plan()
  return (current ? await counted(current, 'fetch', async () => answer()) : answer()) as Response
}
