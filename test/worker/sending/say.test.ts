// What the gateway itself says in the chat: as any message, once, and never to somebody who cannot be there.

import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contactPreferences } from '../../../db/schema.ts'
import { holdInsert } from '../../../worker/audit/holds.ts'
import { keeperOf, sealColumn } from '../../../worker/custody/sealing.ts'
import { limits } from '../../../worker/ground/limits.ts'
import type { Injected } from '../../../worker/sending/outside.ts'
import { sayWith } from '../../../worker/sending/say.ts'
import {
  ana,
  auditRows,
  db,
  dump,
  mei,
  messageRows,
  messagesPath,
  monsoon,
  opened,
  openStage,
  ravi,
  type Stage,
  schema,
  settings,
  sol,
  templateTo,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage
let broken: (() => Promise<Response>) | undefined
let clock = Date.now()
let asked = 0
const contactIds: Record<string, string> = {}

const fetch: Injected['fetch'] = async (input, init) => {
  asked += 1
  return broken ? broken() : stage.meta.fetch(new Request(input, init))
}
const says = sayWith({ fetch, now: () => clock })
const world = { env, settings, now: Date.now() }
const say = (who: string, text: string, key: string, number = sol) =>
  says(
    world,
    { accountId: sol.accountId, numberId: number.numberId, contactId: contactIds[who] as string },
    text,
    key,
  )

/** The row that inbound would have written. */
async function meet(person: 'ana' | 'ravi' | 'mei', at = Date.now()) {
  await wrote(stage, sol, person, at)
  const { phone, bsuid } = { ana, ravi, mei: { ...mei, phone: undefined } }[person]
  const query = { ...(phone ? { phone } : { bsuid: bsuid as string }), at, create: false }
  const [known] = (await keeperOf(env.KEEPER, sol.accountId).resolve([query])).subjects
  if (known?.state !== 'known') throw new Error('not met')
  const { contactId: id, key } = known
  const column = phone ? 'phone' : 'bsuid'
  const sealed = await sealColumn(key, 'contacts', column, id, (phone ?? bsuid) as string)
  await db
    .update(schema.contacts)
    .set({ [column]: sealed })
    .where(eq(schema.contacts.id, id))
  contactIds[person] = id
}

beforeAll(async () => {
  stage = await openStage()
  await meet('ana')
  await meet('mei')
  await meet('ravi', Date.now() - limits.windowMs - 1_000)
})
beforeEach(() => {
  asked = 0
})
afterEach(async () => {
  broken = undefined
  clock = Date.now()
  await db.delete(schema.holds)
  await db.delete(contactPreferences)
})

const lay = (subjectId: string, kind: 'restricted' | 'objected' | 'frozen' | 'suspended') =>
  db.batch([holdInsert(db, { accountId: sol.accountId, subjectId, kind, reason: 'test', at: 5 }) as never])
const sentTo = () => [...stage.meta.world.state.sent.values()].at(-1)
const refuses =
  (code: number, status = 400) =>
  async () =>
    Response.json({ error: { message: 'x', type: 'OAuthException', code } }, { status })

describe('something said in the chat', () => {
  it('reaches the person, and stands in the conversation like any other message, sealed', async () => {
    const before = await dump(monsoon)
    expect(await say('ana', 'Request received.', 'k1')).toBe('said')
    expect(sentTo()).toMatchObject({ to: `+${ana.phone}` })
    const row = (await messageRows(sol)).at(-1)
    expect(row).toMatchObject({
      direction: 'out',
      origin: 'api',
      type: 'text',
      status: 'accepted',
      contactId: contactIds.ana,
    })
    const content = await opened(sol, 'messages', 'content', row?.id as string, row?.content as string)
    expect(JSON.parse(content as string)).toMatchObject({ text: 'Request received.' })
    expect(await dump(monsoon)).toBe(before)
  })

  it('reaches a person who shows no phone number', async () => {
    expect(await say('mei', 'Request received.', 'k2')).toBe('said')
    expect(sentTo()).toMatchObject({ via: 'user', recipient: mei.bsuid })
  })

  it('is said once for one key, however often it is called, side by side too, and whatever the text', async () => {
    const before = (await messageRows(sol)).length
    const answers = [
      ...(await Promise.all([say('ana', 'once', 'k3'), say('ana', 'once', 'k3')])),
      await say('ana', 'other words', 'k3'),
    ]
    expect(answers).toContain('said')
    expect(answers.at(-1)).toBe('said')
    expect((await messageRows(sol)).length).toBe(before + 1)
    expect(asked).toBe(1)
  })

  it('shares no key with what a business sends', async () => {
    const headers = { 'idempotency-key': 'say-0-k1' }
    const answer = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone), headers })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('idempotency-replayed')).toBeNull()
  })

  it('waits while Meta asks to go slower, and goes out when it does not any more', async () => {
    broken = refuses(130429)
    expect(await say('ana', 'slowly', 'k4')).toBe('later')
    broken = undefined
    expect(await say('ana', 'slowly', 'k4')).toBe('said')
    expect(await say('ana', 'slowly', 'k4')).toBe('said')
  })

  it('is not said again while it may be on its way, and then only when no status has told of it', async () => {
    broken = () => Promise.reject(new TypeError('nobody there'))
    expect(await say('ana', 'unclear', 'k5')).toBe('later')
    broken = undefined
    asked = 0
    expect(await say('ana', 'unclear', 'k5')).toBe('later')
    expect(asked).toBe(0)
    clock += limits.sayAgainMs + 1
    expect(await say('ana', 'unclear', 'k5')).toBe('said')
    expect(asked).toBe(1)
  })

  it('is taken for said when a status tells of the message that nobody answered for', async () => {
    broken = () => Promise.reject(new TypeError('nobody there'))
    expect(await say('ana', 'told', 'k6')).toBe('later')
    broken = undefined
    asked = 0
    const [row] = (await messageRows(sol))
      .filter(({ status }) => status === 'unknown')
      .sort((a, b) => b.at - a.at)
    await db
      .update(schema.messages)
      .set({ status: 'delivered' })
      .where(eq(schema.messages.id, row?.id as string))
    clock += limits.sayAgainMs + 1
    expect(await say('ana', 'told', 'k6')).toBe('said')
    expect(asked).toBe(0)
  })

  it('is given up after some tries', async () => {
    broken = refuses(131000, 500)
    const answers: string[] = []
    for (let i = 0; i <= limits.sayTries; i++) {
      answers.push(await say('ana', 'in vain', 'k7'))
      clock += limits.sayAgainMs + 1
    }
    expect(answers).toEqual([...Array(limits.sayTries).fill('later'), 'never'])
  })

  it('is never said when Meta says it cannot be', async () => {
    broken = refuses(131026)
    expect(await say('ana', 'unreachable', 'k8')).toBe('never')
  })

  it('is never said outside the window, on a number of another workspace, or to somebody unknown', async () => {
    expect(await say('ravi', 'late', 'k9')).toBe('never')
    expect(await say('ana', 'astray', 'k10', monsoon)).toBe('never')
    contactIds.nobody = 'cnt_nobody'
    expect(await say('nobody', 'hello?', 'k11')).toBe('never')
    expect(asked).toBe(0)
    const refusals = (await auditRows(sol)).filter(({ action }) => action === 'send.refuse')
    expect(refusals.at(-1)).toMatchObject({ actor: 'system', reason: 'window' })
  })

  it.each(['restricted', 'objected'] as const)(
    'reaches somebody %s: it answers what they asked',
    async (kind) => {
      await lay(contactIds.ana as string, kind)
      expect(await say('ana', `to one ${kind}`, `k12-${kind}`)).toBe('said')
    },
  )

  it.each(['frozen', 'suspended'] as const)('leaves no %s workspace', async (kind) => {
    await lay(sol.accountId, kind)
    expect(await say('ana', `from one ${kind}`, `k13-${kind}`)).toBe('never')
    expect(asked).toBe(0)
  })
})

describe('a person who objected', () => {
  const marketing = `/${sol.phoneNumberId}/marketing_messages`
  const gate = async (path: string, body: unknown) => {
    const { status, json } = await stage.call('POST', path, { body })
    return status === 200 ? 'ok' : [json.error?.gate, json.error?.code]
  }

  it('is answered within the window, but no conversation begins, by template or marketing', async () => {
    await lay(contactIds.ana as string, 'objected')
    expect(await gate(messagesPath(sol), textTo(ana.phone))).toBe('ok')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toEqual(['objected', 131050])
    expect(await gate(marketing, templateTo(ana.phone))).toEqual(['objected', 131050])
    // Another person of the same business, and the same person at the neighbour's.
    expect(await gate(messagesPath(sol), templateTo(ravi.phone))).toBe('ok')
    const neighbour = await stage.call('POST', messagesPath(monsoon), {
      body: templateTo(ana.phone),
      key: stage.keys.monsoon,
    })
    expect(neighbour.status).toBe(200)
  })

  it('in WhatsApp’s own settings gets no marketing by the marketing edge until they resume', async () => {
    const row = {
      accountId: sol.accountId,
      contactId: contactIds.ana as string,
      category: 'marketing_messages',
    }
    await db.insert(contactPreferences).values({ ...row, value: 'stop', at: 1 })
    expect(await gate(marketing, templateTo(ana.phone))).toEqual(['objected', 131050])
    expect(await gate(messagesPath(sol), textTo(ana.phone))).toBe('ok')
    expect(await gate(marketing, templateTo(ravi.phone))).not.toEqual(['objected', 131050])
    await db.update(contactPreferences).set({ value: 'resume' })
    expect(await gate(marketing, templateTo(ana.phone))).not.toEqual(['objected', 131050])
  })
})
