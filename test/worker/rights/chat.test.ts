// What somebody asks for in the chat, the whole way: Meta's webhook, the row, the request, the answer through the Graph.

import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { database, schema } from '../../../db/client.ts'
import { operator } from '../../../db/operator.ts'
import { chatMessage } from '../../../worker/consent/keywords.ts'
import { keeperOf, openColumns } from '../../../worker/custody/sealing.ts'
import { settingsOf } from '../../../worker/env.ts'
import { handleErrands } from '../../../worker/errands.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { handsWith } from '../../../worker/hands.ts'
import { issueChatCode } from '../../../worker/proofs/codes.ts'
import { runErrands } from '../../../worker/rights/errands.ts'
import * as cast from '../../simulators/meta/cast.ts'
import { createMeta } from '../../simulators/meta/meta.ts'
import { type Business, monsoon, type Person, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, keyFor, read } from '../api/stage.ts'

type Someone = Required<Pick<Person, 'name' | 'phone' | 'bsuid'>> & { id: string }
const people: Someone[] = Array.from({ length: 24 }, (_, i) => ({
  id: `p${i}`,
  name: `Person ${i}`,
  phone: `3465560${1000 + i}`,
  bsuid: `ES.5560${1000 + i}`,
}))
const meta = createMeta({
  appSecret: cast.app.appSecret,
  businesses: [cast.panaderia, cast.monsoon],
  people: people.map(({ bsuid, ...person }) => ({
    ...person,
    country: 'ES',
    userIds: { [cast.panaderia.id]: bsuid, [cast.monsoon.id]: bsuid },
  })),
  settings: { autoStatuses: false, requireAppSecretProof: false, enforcePairRate: false },
  fetch: async () => {
    throw new Error('the simulator has nobody to call')
  },
})

const db = database(env.DB)
const settings = settingsOf(env)
const texts: { to: string; body: string }[] = []
/** What is looked at when a message is about to leave. */
let onSend: () => Promise<void> = async () => {}
let down = false
let at = 0
const clock = () => Date.now() + at

const fetch = async (input: string, init?: RequestInit): Promise<Response> => {
  if (new URL(input).origin !== 'https://graph.test') throw new Error('un-simulated network')
  if (down) throw new TypeError('Meta is down')
  await onSend()
  const answer = await meta.fetch(new Request(input, init))
  const { to, text } = JSON.parse(String(init?.body)) as { to: string; text: { body: string } }
  if (answer.ok) texts.push({ to, body: text.body })
  return answer
}
const hands = handsWith({ fetch, now: clock })
const run = (accountId?: string) => runErrands({ env, settings, now: clock() }, hands, accountId)

let next = 0
const somebody = (): Someone => {
  next += 1
  return people[next - 1] as Someone
}
let wamids = 0
/** As Meta tells it, signed; without `run`, nothing is done about it yet. */
async function tell(
  business: Business,
  person: Someone,
  text: string,
  more: { at?: number; id?: string } = {},
) {
  wamids += 1
  const { id = `wamid.C${wamids}`, at: when = Math.floor(Date.now() / 1000) } = more
  await meta.fetch(
    new Request('https://graph.test/_sim/messages', {
      method: 'POST',
      body: JSON.stringify({ phone_number_id: business.phoneNumberId, person: person.id }),
    }),
  )
  const change = messageChange(business, person, textMessage(id, text, when))
  expect((await postChanges(business, change)).status).toBe(200)
  await drain(business)
  return id
}
const asks = async (...given: Parameters<typeof tell>) => {
  await tell(...given)
  await run()
}
const said = (person: Someone) => texts.filter(({ to }) => to === `+${person.phone}`).map(({ body }) => body)
const linkIn = (text: string | undefined) => /https:\S+/.exec(text ?? '')?.[0] as string

async function contactOf(business: Business, person: Someone): Promise<string> {
  const query = { phone: person.phone, at: Date.now(), create: false }
  const [known] = (await keeperOf(env.KEEPER, business.accountId).resolve([query])).subjects
  return known?.state === 'known' ? known.contactId : 'nobody'
}
const of = async (table: string, business: Business) =>
  (await rowsOf(table, '1, 2')).filter(({ account_id }) => account_id === business.accountId)
const requestsOf = async (business: Business, person: Someone) => {
  const contactId = await contactOf(business, person)
  return (await of('requests', business)).filter(({ subject_id }) => subject_id === contactId)
}
const dump = async (business: Business) =>
  JSON.stringify(
    await Promise.all(
      [
        'contacts',
        'conversations',
        'messages',
        'wishes',
        'requests',
        'deletions',
        'holds',
        'audit_entries',
      ].map((table) => of(table, business)),
    ),
  )

beforeAll(async () => {
  await seedCast()
  await db
    .insert(schema.requestRules)
    .values({ accountId: sol.accountId, letThrough: 'at_once', updatedAt: 1 })
})
beforeEach(() => {
  down = false
  at = 0
  onSend = async () => {}
})

describe('“delete my data”, to a business that lets requests through', () => {
  it('becomes a request, is answered with its page and its day, and only then begins', async () => {
    const person = somebody()
    const neighbour = await dump(monsoon)
    let begun: unknown[] | undefined
    onSend = async () => {
      begun ??= await of('deletions', sol)
    }
    await asks(sol, person, 'Delete my data')
    const contactId = await contactOf(sol, person)
    const [request] = await requestsOf(sol, person)
    expect(request).toMatchObject({
      type: 'delete',
      door: 'chat',
      subject_kind: 'contact',
      state: 'granted',
      language: 'en',
    })
    expect(begun).toEqual([])
    expect(await of('deletions', sol)).toMatchObject([
      { id: request?.deletion_id, scope: 'contact', subject_id: contactId, door: 'chat' },
    ])
    const [answer] = said(person)
    expect(answer).toMatch(
      /^Request received: “Delete my data”\. See where it stands: https:\/\/gateway\.test\/data-deletion\/[0-9a-z]{26}\n/,
    )
    expect(answer).toContain(operator.contact)
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(
      request?.due_at as number,
    )
    expect(answer).toContain(day)
    expect(await dump(monsoon)).toBe(neighbour)
    // The neighbour at the same business, too: nobody else there was touched.
    expect((await of('holds', sol)).map(({ subject_id }) => subject_id)).toEqual([contactId])
  })

  it('stands in the conversation as a message of the system, without the code that is the person’s', async () => {
    const person = somebody()
    await asks(sol, person, 'borren mis datos')
    const contactId = await contactOf(sol, person)
    const [row] = (await of('messages', sol)).filter(
      ({ direction, contact_id }) => direction === 'out' && contact_id === contactId,
    )
    const sealed = {
      table: 'messages',
      column: 'content',
      rowId: row?.id as string,
      sealed: row?.content as string,
    }
    const [content] = await openColumns(env.KEEPER, sol.accountId, [sealed], Date.now())
    const kept = (said(person)[0] as string).replace(/(?<=\/data-deletion\/)[0-9a-z]{26}/, '…')
    expect(kept).not.toBe(said(person)[0])
    expect((JSON.parse(content as string) as { text: string }).text).toBe(kept)
    expect(said(person)[0]).toContain('Solicitud recibida: «Borren mis datos»')
  })

  it('sent twice, or worked on by two at once, is one request and one answer', async () => {
    const person = somebody()
    const id = await tell(sol, person, 'export my data')
    await Promise.all([run(sol.accountId), run()])
    await tell(sol, person, 'export my data', { id })
    await run()
    expect(await requestsOf(sol, person)).toHaveLength(1)
    expect(said(person)).toHaveLength(1)
    expect((await of('wishes', sol)).filter(({ next_at }) => next_at !== null)).toEqual([])
  })

  it('waits for Meta while it is down: the answer comes first, then the deletion begins', async () => {
    const person = somebody()
    const before = (await of('deletions', sol)).length
    down = true
    await asks(sol, person, 'erase my data')
    expect(await requestsOf(sol, person)).toMatchObject([{ state: 'granted', deletion_id: null }])
    at = limits.sayAgainMs + limits.wishRetryMs[0] + 1_000
    down = false
    await run()
    expect(said(person)).toHaveLength(1)
    expect((await of('deletions', sol)).length).toBe(before + 1)
    at += 24 * 3_600_000
    await run()
    expect(said(person)).toHaveLength(1)
  })

  it('begins without the answer when Meta stays down too long, and is not said to somebody who is being erased', async () => {
    const person = somebody()
    down = true
    await asks(sol, person, 'erase my data')
    at = limits.answerFirstMs + 1_000
    await run()
    const [request] = await requestsOf(sol, person)
    expect(request?.deletion_id).toMatch(/^del_/)
    down = false
    at += limits.answerFirstMs
    await run()
    expect(said(person)).toEqual([])
  })

  it('of somebody who is being erased, or was, is dropped', async () => {
    const person = somebody()
    await asks(sol, person, 'delete my data')
    await asks(sol, person, 'export my data')
    expect((await requestsOf(sol, person)).map(({ type }) => type)).toEqual(['delete'])
    const other = somebody()
    await tell(sol, other, 'delete my data')
    await env.DB.prepare('DELETE FROM contacts WHERE id = ?')
      .bind(await contactOf(sol, other))
      .run()
    await run()
    expect(said(other)).toEqual([])
    expect((await of('wishes', sol)).filter(({ next_at }) => next_at !== null)).toEqual([])
  })
})

describe('to a business that decides', () => {
  it('waits for it, and asked again has the same page', async () => {
    const person = somebody()
    const neighbour = await dump(sol)
    await asks(monsoon, person, 'मेरा डेटा हटा दो')
    await asks(monsoon, person, 'please delete my data')
    const rows = await requestsOf(monsoon, person)
    expect(rows).toMatchObject([{ state: 'waiting', language: 'hi', deletion_id: null }])
    const [first, second] = said(person)
    expect(first).toContain('मेरा डेटा हटाएं')
    expect(second).toContain('You have asked for this already')
    expect(linkIn(second)).toBe(linkIn(first))
    expect(await of('deletions', monsoon)).toEqual([])
    expect(await dump(sol)).toBe(neighbour)
  })

  it('is told by whom it was woken, one workspace alone, and nonsense in the queue wakes nobody', async () => {
    const [one, other] = [somebody(), somebody()]
    await tell(monsoon, one, 'export my data')
    await tell(sol, other, 'export my data')
    const messages = [{ body: 'nonsense' }, { body: { of: 'wishes', accountId: monsoon.accountId } }]
    await handleErrands(messages, env, hands, clock())
    expect([said(one).length, said(other).length]).toEqual([1, 0])
    await run()
    expect(said(other)).toHaveLength(1)
  })
})

describe('a code from the site', () => {
  const issue = async (purpose: 'export' | 'correct', business: Business) => {
    const issued = await issueChatCode(
      { env, settings, now: Date.now() - 2_000 },
      { purpose, number: business.displayPhoneNumber, language: 'fr' },
    )
    if (!issued.ok) throw new Error('no code')
    return issued.value.code
  }

  it('asks for what it was made for, once, whoever had it made', async () => {
    const [person, other] = [somebody(), somebody()]
    const text = chatMessage('export', await issue('export', monsoon), 'fr')
    await asks(monsoon, person, text)
    expect(await requestsOf(monsoon, person)).toMatchObject([{ type: 'export', language: 'fr' }])
    expect(said(person)[0]).toContain('Envoyez-moi mes données')
    await asks(monsoon, other, text)
    expect(await requestsOf(monsoon, other)).toEqual([])
    expect(said(other)[0]).toContain('Ce code est inconnu')
    expect(linkIn(said(other)[0])).toBe('https://gateway.test/data-deletion')
  })

  it('does nothing alone, and nothing in a sentence that asks for something else', async () => {
    const person = somebody()
    const code = await issue('correct', monsoon)
    await asks(monsoon, person, code)
    expect(said(person)).toEqual([])
    await asks(monsoon, person, chatMessage('delete', code, 'fr'))
    expect(await requestsOf(monsoon, person)).toEqual([])
    expect(said(person)[0]).toContain('Ce code est inconnu')
    await asks(monsoon, person, chatMessage('correct', code, 'fr'))
    expect(await requestsOf(monsoon, person)).toMatchObject([{ type: 'correct' }])
  })

  it('of the answer stays between us and the person: the business reads the answer without it', async () => {
    const person = somebody()
    await asks(sol, person, 'export my data')
    expect(linkIn(said(person)[0])).toMatch(/\/rights\/[0-9a-z]{26}$/)
    const key = await keyFor(sol)
    const talks = await read(await ask('/api/v1/conversations?limit=200', { key }))
    const contactId = await contactOf(sol, person)
    const talk = talks.data.find(({ contact }) => (contact as { id: string }).id === contactId)
    const messages = await (await ask(`/api/v1/conversations/${talk?.id}/messages`, { key })).text()
    expect(messages).toContain('/rights/…')
    const everything = messages + (await (await ask(`/api/v1/contacts/${contactId}/export`, { key })).text())
    expect(everything).not.toMatch(/\/(rights|data-deletion)\/[0-9a-z]{26}/)
  })
})

describe('“stop”', () => {
  const objection = async (business: Business, person: Someone) => {
    const contactId = await contactOf(business, person)
    const [hold] = (await of('holds', business)).filter(
      ({ subject_id, kind }) => subject_id === contactId && kind === 'objected',
    )
    return hold && (hold.lifted_at === null || (hold.lifted_at as number) < (hold.at as number))
  }
  const now = Math.floor(Date.now() / 1000) - 100

  it('is an objection, taken back by “start”; each is answered and on the ledger, said again it is not', async () => {
    const person = somebody()
    await asks(monsoon, person, 'STOP', { at: now })
    expect(await objection(monsoon, person)).toBe(true)
    await asks(monsoon, person, 'stop!', { at: now + 1 })
    await asks(monsoon, person, 'start', { at: now + 2 })
    expect(await objection(monsoon, person)).toBe(false)
    await asks(monsoon, person, 'start', { at: now + 3 })
    expect(said(person).map((text) => text.split('.')[1])).toEqual([
      ' This business will not start conversations with you',
      ' This business may start conversations with you again',
    ])
    const contactId = await contactOf(monsoon, person)
    const entries = (await of('audit_entries', monsoon)).filter(({ subject }) => subject === contactId)
    expect(entries.map(({ action, actor }) => [action, actor]).sort()).toEqual([
      ['hold.lift', 'person'],
      ['hold.place', 'person'],
    ])
    expect(await objection(sol, person)).toBeUndefined()
  })

  it('that comes after a newer “start” changes nothing, and nothing untrue is said', async () => {
    const person = somebody()
    await asks(monsoon, person, 'stop', { at: now })
    await asks(monsoon, person, 'start', { at: now + 20 })
    await asks(monsoon, person, 'stop', { at: now + 10 })
    expect(await objection(monsoon, person)).toBe(false)
    expect(said(person)).toHaveLength(2)
  })

  it('stands although the answer cannot be said for a day, and then no more is tried', async () => {
    const person = somebody()
    down = true
    await asks(monsoon, person, 'stop', { at: now })
    expect(await objection(monsoon, person)).toBe(true)
    at = limits.windowMs + 1_000
    await run()
    const contactId = await contactOf(monsoon, person)
    const mine = (await of('wishes', monsoon)).filter(({ contact_id }) => contact_id === contactId)
    expect(mine).toMatchObject([{ next_at: null }])
  })
})

describe('“start” of somebody who never objected', () => {
  it('is for the business, and nobody answers', async () => {
    const person = somebody()
    await asks(monsoon, person, 'start')
    expect(said(person)).toEqual([])
    expect(await of('holds', monsoon)).not.toContainEqual(
      expect.objectContaining({ subject_id: await contactOf(monsoon, person) }),
    )
  })
})
