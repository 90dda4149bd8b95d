import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { keeperOf, messageRef } from '../../../worker/custody/sealing.ts'
import { parseCallbackData } from '../../../worker/meta/send-callback.ts'
import {
  ana,
  auditRows,
  db,
  dump,
  holdRows,
  mei,
  messageById,
  messageRows,
  messagesPath,
  monsoon,
  newestMessage,
  opened,
  openStage,
  ravi,
  type Stage,
  schema,
  sol,
  templateTo,
  textTo,
  wrote,
} from './stage.ts'

let stage: Stage
let heardFromAna: string

beforeAll(async () => {
  stage = await openStage()
  heardFromAna = await wrote(stage, sol, 'ana')
  await wrote(stage, sol, 'mei')
})

const sentAtMeta = () => [...stage.meta.world.state.sent.values()].at(-1)

describe('a message within the window', () => {
  it('reaches Meta with the token of the business, and the answer is the one Meta gave', async () => {
    const answer = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    expect(answer.status).toBe(200)
    expect(answer.json.messages?.[0]?.id).toBe(sentAtMeta()?.id)
    expect(answer.json.contacts).toEqual([{ input: ana.phone, wa_id: ana.phone }])
    expect(stage.requests.at(-1)?.authorization).toBe(`Bearer ${sol.token}`)
    expect(stage.requests.at(-1)?.url).not.toContain(sol.token)
  })

  it('is recorded sealed, accepted, and findable by its wamid', async () => {
    const answer = await stage.call('POST', messagesPath(sol), {
      body: { ...textTo(ana.phone, 'Hasta mañana 👋'), context: { message_id: heardFromAna } },
    })
    await stage.later()
    const row = await messageById(
      parseCallbackData(String(sentAtMeta()?.payload.biz_opaque_callback_data)).messageId as string,
    )
    const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
    const wamid = answer.json.messages?.[0]?.id as string
    expect(row).toMatchObject({
      direction: 'out',
      origin: 'api',
      precedence: 9,
      type: 'text',
      status: 'accepted',
      numberId: sol.numberId,
    })
    expect(row.ref).toBe(messageRef(account, sol.phoneNumberId, wamid))
    expect(await opened(sol, 'messages', 'wamid', row.id, row.wamid)).toBe(wamid)
    expect(JSON.parse((await opened(sol, 'messages', 'content', row.id, row.content)) as string)).toEqual({
      text: 'Hasta mañana 👋',
      body: { body: 'Hasta mañana 👋' },
      replyTo: heardFromAna,
    })
    expect(JSON.stringify(row)).not.toContain('mañana')
  })

  it('gets a plus before the number, so that Meta adds no country code', async () => {
    await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    expect(sentAtMeta()?.to).toBe(`+${ana.phone}`)
    const spaced = await stage.call('POST', messagesPath(sol), { body: textTo('+34 600-111-222') })
    expect(sentAtMeta()?.to).toBe(`+${ana.phone}`)
    expect(spaced.json.contacts?.[0]?.input).toBe('+34 600-111-222')
  })

  it('carries the callback data of the business behind our id', async () => {
    await stage.call('POST', messagesPath(sol), {
      body: { ...textTo(ana.phone), biz_opaque_callback_data: 'order 77' },
    })
    expect(parseCallbackData(String(sentAtMeta()?.payload.biz_opaque_callback_data))).toEqual({
      messageId: expect.stringMatching(/^msg_[0-9a-z]{26}$/) as string,
      theirs: 'order 77',
    })
  })

  it('goes to a person without a phone number by their business-scoped id in recipient', async () => {
    const { to: _, ...body } = textTo('')
    const answer = await stage.call('POST', messagesPath(sol), { body: { ...body, recipient: mei.bsuid } })
    expect(answer.status).toBe(200)
    expect(sentAtMeta()).toMatchObject({ via: 'user', recipient: mei.bsuid })
    expect(answer.json.contacts?.[0]?.user_id).toBe(mei.bsuid)
  })

  it('prefers to when both are given, as Meta does', async () => {
    const answer = await stage.call('POST', messagesPath(sol), {
      body: { ...textTo(ana.phone), recipient: mei.bsuid },
    })
    expect(answer.status).toBe(200)
    expect(sentAtMeta()).toMatchObject({ via: 'phone', personId: 'ana' })
  })

  it('never passes on what would turn the call into another one', async () => {
    await stage.call('POST', messagesPath(sol), {
      body: { ...textTo(ana.phone), method: 'delete', access_token: 'x', batch: '[]', ids: '1' },
    })
    expect(Object.keys(sentAtMeta()?.payload ?? {})).toEqual([
      'messaging_product',
      'to',
      'type',
      'text',
      'biz_opaque_callback_data',
    ])
  })

  it('stands beside the message it reacts to', async () => {
    const body = {
      messaging_product: 'whatsapp',
      to: ana.phone,
      type: 'reaction',
      reaction: { message_id: heardFromAna, emoji: '👍' },
    }
    expect((await stage.call('POST', messagesPath(sol), { body })).status).toBe(200)
    await stage.later()
    const { account } = await keeperOf(env.KEEPER, sol.accountId).resolve([])
    const targetRef = messageRef(account, sol.phoneNumberId, heardFromAna)
    const change = await db.query.messageChanges.findFirst({
      where: eq(schema.messageChanges.targetRef, targetRef),
    })
    expect(change).toMatchObject({ kind: 'reaction', direction: 'out', accountId: sol.accountId })
  })

  it('marks as read and types without leaving a message', async () => {
    const before = (await messageRows(sol)).length
    const body = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: heardFromAna,
      typing_indicator: { type: 'text' },
    }
    const answer = await stage.call('POST', messagesPath(sol), { body })
    expect([answer.status, answer.text]).toEqual([200, '{"success":true}'])
    expect((await messageRows(sol)).length).toBe(before)
  })

  it('passes a type on that only Meta knows, and gives back what Meta says', async () => {
    const answer = await stage.call('POST', messagesPath(sol), {
      body: { messaging_product: 'whatsapp', to: ana.phone, type: 'hologram', hologram: {} },
    })
    expect(answer.status).toBe(400)
    expect(answer.json.error).toMatchObject({ code: sentCode(), gate: 'meta' })
    const row = await newestMessage(sol)
    expect(row.type).toBe('hologram')
  })

  it('names media that is not there with the error of Meta, and the record says failed', async () => {
    const body = {
      messaging_product: 'whatsapp',
      to: ana.phone,
      type: 'image',
      image: { id: '9010000000000001' },
    }
    const answer = await stage.call('POST', messagesPath(sol), { body })
    await stage.later()
    expect(answer.status).toBe(400)
    const row = await messageById(answer.json.error?.message_id as string)
    expect(row).toMatchObject({ status: 'failed', errorCode: answer.json.error?.code })
  })
})

const sentCode = () => stage.meta.world.state.requests.at(-1)?.code

describe('gates', () => {
  const refused = async (body: unknown, path = messagesPath(sol)) => {
    const asked = stage.requests.length
    const answer = await stage.call('POST', path, { body })
    expect(stage.requests.length, 'nothing went to Meta').toBe(asked)
    return answer.json.error as unknown as {
      code: number
      gate: string
      remedy: string
      error_data?: { details: string }
    }
  }

  it('refuse free text when the person has not written for 24 hours, with 131047, gate and remedy', async () => {
    const error = await refused(textTo(ravi.phone))
    expect(error).toMatchObject({ code: 131047, gate: 'window', type: 'OAuthException' })
    expect(error.remedy).toContain('template')
    expect(
      (await auditRows(sol)).filter(
        (row) => row.action === 'send.refuse' && row.reason === 'window' && row.subject === sol.numberId,
      ).length,
    ).toBe(1)
  })

  it('let a template pass outside the window, and open the contact and conversation with it', async () => {
    const answer = await stage.call('POST', messagesPath(sol), { body: templateTo(ravi.phone) })
    expect(answer.status).toBe(200)
    await stage.later()
    const row = await newestMessage(sol)
    const contact = await db.query.contacts.findFirst({ where: eq(schema.contacts.id, row.contactId) })
    expect(await opened(sol, 'contacts', 'phone', row.contactId, contact?.phone ?? null)).toBe(ravi.phone)
    const conversation = await db.query.conversations.findFirst({
      where: eq(schema.conversations.id, row.conversationId),
    })
    expect(conversation).toMatchObject({ userLastAt: null, numberId: sol.numberId, contactId: row.contactId })
  })

  it('keep the window shut after our own template', async () => {
    expect(await refused(textTo(ravi.phone))).toMatchObject({ code: 131047, gate: 'window' })
  })

  it('refuse a business-scoped id in to, which Meta would silently drop', async () => {
    const error = await refused(textTo(ana.bsuid))
    expect(error).toMatchObject({ code: 131009, gate: 'recipient' })
    expect(error.remedy).toContain('recipient')
  })

  it('name the parameter of an oversized text', async () => {
    const error = await refused(textTo(ana.phone, 'x'.repeat(4097)))
    expect(error).toMatchObject({ code: 100, gate: 'content' })
    expect(error.error_data?.details).toContain("text['body']")
  })

  it('refuse callback data for which there is no room beside our id', async () => {
    expect(await refused({ ...textTo(ana.phone), biz_opaque_callback_data: 'x'.repeat(478) })).toMatchObject({
      code: 100,
      gate: 'content',
    })
  })

  it('answer the same bytes for a number of another tenant and for one that does not exist', async () => {
    const foreign = await stage.call('POST', messagesPath(monsoon), { body: textTo(ana.phone) })
    const missing = await stage.call('POST', '/301600700800111/messages', { body: textTo(ana.phone) })
    expect(foreign.status).toBe(400)
    expect(foreign.json.error).toMatchObject({ code: 100, error_subcode: 33 })
    expect(foreign.text).toBe(missing.text.replaceAll('301600700800111', monsoon.phoneNumberId))
  })

  it('refuse while the workspace is suspended or frozen, or its WhatsApp account banned or disconnected', async () => {
    const cases = [
      [sol.accountId, 'suspended', 'account', 131031],
      [sol.accountId, 'frozen', 'frozen', 131031],
      [sol.wabaId, 'banned', 'number', 131031],
      [sol.wabaId, 'disconnected', 'number', 133010],
    ] as const
    for (const [subjectId, kind, gate, code] of cases) {
      await db
        .insert(schema.holds)
        .values({ accountId: sol.accountId, subjectId, kind, reason: 'test', at: 5 })
      expect(await refused(templateTo(ana.phone))).toMatchObject({ gate, code })
      await db.update(schema.holds).set({ liftedAt: 6 }).where(eq(schema.holds.kind, kind))
      expect((await stage.call('POST', messagesPath(sol), { body: templateTo(ana.phone) })).status).toBe(200)
    }
  })

  it('leave the neighbour untouched', async () => {
    const before = await dump(monsoon)
    await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    await stage.call('POST', messagesPath(monsoon), { body: textTo(ana.phone) })
    await stage.later()
    expect(await dump(monsoon)).toBe(before)
  })
})

describe('a forgotten person', () => {
  it('gets neither text nor template', async () => {
    await wrote(stage, sol, 'ravi', Date.now() - 1000)
    const keeper = keeperOf(env.KEEPER, sol.accountId)
    const { subjects } = await keeper.resolve([{ phone: ravi.phone, at: Date.now(), create: false }])
    const known = subjects[0]
    if (known?.state !== 'known') throw new Error('not known')
    await keeper.forget([known.contactId], Date.now() + 60_000)
    const asked = stage.requests.length
    for (const body of [textTo(ravi.phone), templateTo(ravi.phone)]) {
      const answer = await stage.call('POST', messagesPath(sol), { body })
      expect(answer.json.error).toMatchObject({ code: 131026, gate: 'erased' })
    }
    expect(stage.requests.length).toBe(asked)
  })
})

describe('a phone that Meta spells differently', () => {
  it('is the same person: the window their reply opened is open for the spelling of the business', async () => {
    const keeper = keeperOf(env.KEEPER, sol.accountId)
    const at = Date.now()
    const wrote = { phone: '551187654321', bsuid: 'BR.55', at, create: true }
    const known = (await keeper.resolve([wrote])).subjects[0]
    if (known?.state !== 'known') throw new Error('not known')
    const { contactId } = known
    const talk = {
      id: 'cnv_br',
      accountId: sol.accountId,
      numberId: sol.numberId,
      contactId,
      createdAt: at,
      lastMessageAt: at,
      userLastAt: at,
    }
    await db.insert(schema.conversations).values(talk)
    stage.meta.world.personByPhone('551187654321').aliases.push('5511987654321')
    stage.meta.world.state.personByPhone.set('5511987654321', '551187654321')
    await stage.sim('/messages', { phone_number_id: sol.phoneNumberId, from: '551187654321' })
    const answer = await stage.call('POST', messagesPath(sol), { body: textTo('+5511987654321') })
    expect(answer.json.contacts?.[0]).toEqual({ input: '+5511987654321', wa_id: '551187654321' })
    await stage.later()
    expect((await newestMessage(sol)).contactId).toBe(contactId)
    const linked = (await keeper.resolve([{ phone: '5511987654321', at: Date.now(), create: false }]))
      .subjects[0]
    expect(linked).toMatchObject({ state: 'known', contactId })
  })
})

describe('a group', () => {
  it('gets its message without a window, and the ledger says so', async () => {
    await stage.sim('/messages', {
      phone_number_id: sol.phoneNumberId,
      person: 'ana',
      group_id: `group-${sol.numberId}`,
    })
    const before = (await messageRows(sol)).length
    const body = { ...textTo(`group-${sol.numberId}`), recipient_type: 'group' }
    const answer = await stage.call('POST', messagesPath(sol), { body })
    expect(answer.status).toBe(200)
    expect((await messageRows(sol)).length).toBe(before)
    expect(
      (await auditRows(sol)).at(-1) !== undefined &&
        (await auditRows(sol)).some((row) => row.action === 'send.group'),
    ).toBe(true)
  })
})

describe('a token that Meta no longer takes', () => {
  it('is shown as a hold, does not stop sending, and is lifted by the next success', async () => {
    await stage.sim('/faults', { kind: 'error', code: 190, path: '/messages' })
    const refused = await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })
    await stage.later()
    expect(refused.json.error).toMatchObject({ code: 190, gate: 'meta', action: 'reconnect' })
    expect((await holdRows(sol)).find((row) => row.kind === 'reconnect')).toMatchObject({
      subjectId: sol.wabaId,
      reason: 'meta:190',
      liftedAt: null,
    })
    expect((await stage.call('POST', messagesPath(sol), { body: textTo(ana.phone) })).status).toBe(200)
    await stage.later()
    expect((await holdRows(sol)).find((row) => row.kind === 'reconnect')?.liftedAt).not.toBeNull()
  })
})

describe('marketing messages', () => {
  it('go their own way with the same record', async () => {
    const promo = stage.meta.world.state.templates
    const template = [...promo.values()].find(
      (one) => one.category === 'MARKETING' && one.status === 'APPROVED' && one.wabaId === sol.wabaId,
    )
    expect(template).toBeDefined()
    const answer = await stage.call('POST', `/${sol.phoneNumberId}/marketing_messages`, {
      body: templateTo(ana.phone),
    })
    expect(answer.json.error).toMatchObject({ code: 131055, gate: 'meta' })
  })
})
