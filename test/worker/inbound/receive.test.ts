// What becomes of a message, of what lands on it and of its statuses, read the way a business reads it: through the API.

import { beforeAll, describe, expect, it } from 'vitest'
import { ana, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { conversations, nowSeconds, receive, seedThreads, stranger, threadOf } from '../../support/thread.ts'
import {
  messageChange,
  messagesChange,
  postChanges,
  statusChange,
  textMessage,
} from '../../support/webhooks.ts'

beforeAll(seedThreads)

describe('a message', () => {
  it('is read back as it was written, and opens the customer service window', async () => {
    await receive(
      messageChange(sol, ana, textMessage('wamid.M1', '¿Tenéis pan? 👋 https://x.test', nowSeconds)),
    )
    const [message] = await threadOf(sol, ana.bsuid)
    expect(message).toMatchObject({
      wamid: 'wamid.M1',
      direction: 'in',
      type: 'text',
      text: '¿Tenéis pan? 👋 https://x.test',
      status: null,
    })
    const [conversation] = await conversations(sol)
    expect(conversation?.contact).toMatchObject({ name: ana.name, phone: ana.phone, bsuid: ana.bsuid })
    expect(Date.parse(conversation?.windowClosesAt as string)).toBe((nowSeconds + 86_400) * 1000)
    expect(await conversations(monsoon)).toEqual([])
  })

  it('of somebody who shows no phone number is first-class', async () => {
    await receive(messageChange(sol, mei, textMessage('wamid.MEI', 'hi', nowSeconds)))
    expect(
      (await conversations(sol)).find(({ contact }) => contact.bsuid === mei.bsuid)?.contact,
    ).toMatchObject({ name: mei.name, phone: null })
    expect(await threadOf(sol, mei.bsuid)).toMatchObject([{ text: 'hi' }])
  })

  it('of two people without phone numbers never makes them one', async () => {
    const [one, other] = [stranger(), stranger()]
    await receive(
      messageChange(sol, { bsuid: one.bsuid }, textMessage('wamid.NP1', 'one', nowSeconds)),
      messageChange(sol, { bsuid: other.bsuid }, textMessage('wamid.NP2', 'other', nowSeconds)),
    )
    expect(await threadOf(sol, one.bsuid)).toMatchObject([{ text: 'one' }])
    expect(await threadOf(sol, other.bsuid)).toMatchObject([{ text: 'other' }])
  })

  it.each<[string, Record<string, unknown>, string | null]>([
    ['image', { image: { id: '901', mime_type: 'image/jpeg', sha256: 'x', caption: 'look' } }, 'look'],
    [
      'document',
      { document: { id: '902', mime_type: 'application/pdf', sha256: 'x', filename: 'bill.pdf' } },
      'bill.pdf',
    ],
    ['sticker', { sticker: { id: '903', mime_type: 'image/webp', sha256: 'x', animated: false } }, null],
    ['location', { location: { latitude: 40.4, longitude: -3.7, name: 'Sol' } }, 'Sol'],
    ['contacts', { contacts: [{ phones: [{ phone: '+34600' }], origin: 'contact_request' }] }, null],
    [
      'interactive',
      { interactive: { type: 'button_reply', button_reply: { id: 'b1', title: 'Yes' } } },
      'Yes',
    ],
    ['button', { button: { payload: 'STOP', text: 'Stop' } }, 'Stop'],
    ['order', { order: { catalog_id: '1', text: 'two loaves', product_items: [] } }, 'two loaves'],
    [
      'unsupported',
      { errors: [{ code: 131051, title: 'Message type unknown' }], unsupported: { type: 'poll_creation' } },
      null,
    ],
  ])('of type %s keeps its payload and what a person would read of it', async (type, payload, text) => {
    const person = stranger()
    await receive(
      messageChange(sol, person, { id: `wamid.T.${type}`, timestamp: String(nowSeconds), type, ...payload }),
    )
    expect(await threadOf(sol, person.bsuid)).toMatchObject([{ type, text, content: payload[type] }])
  })

  it('of a type Meta has not told us of is kept, shown and counted as unknown', async () => {
    const person = stranger()
    const before = (await rowsOf('intake_counts'))[0]?.unknown as number
    await receive(
      messageChange(sol, person, {
        id: 'wamid.FUT',
        timestamp: String(nowSeconds),
        type: 'hologram',
        hologram: { beams: 3 },
      }),
    )
    expect(await threadOf(sol, person.bsuid)).toMatchObject([{ type: 'hologram', content: { beams: 3 } }])
    expect((await rowsOf('intake_counts'))[0]?.unknown).toBe(before + 1)
  })

  it('keeps fields Meta has not told us of', async () => {
    const person = stranger()
    await receive(
      messageChange(sol, person, {
        ...textMessage('wamid.NF', 'x', nowSeconds),
        context: { from: '1', id: 'wamid.Q', from_user_id: 'ES.1' },
        brand_new: { a: 1 },
      }),
    )
    expect(await threadOf(sol, person.bsuid)).toMatchObject([{ replyTo: 'wamid.Q' }])
  })

  it('is the same message in another business only by name: neither sees the other', async () => {
    await postChanges(
      monsoon,
      messageChange(monsoon, ravi, textMessage('wamid.M1', 'the same wamid', nowSeconds)),
    )
    await drain(monsoon)
    expect(await threadOf(monsoon, ravi.bsuid)).toMatchObject([{ wamid: 'wamid.M1', text: 'the same wamid' }])
    expect((await threadOf(sol, ana.bsuid))[0]?.text).toBe('¿Tenéis pan? 👋 https://x.test')
  })
})

describe('what lands on a message', () => {
  it('is the newest edit, the standing reaction, and nothing of a removed one', async () => {
    const person = stranger()
    const edit = (id: string, body: string, at: number) =>
      messageChange(sol, person, {
        id,
        timestamp: String(at),
        type: 'edit',
        edit: { original_message_id: 'wamid.E1', message: { type: 'text', text: { body } } },
      })
    const react = (id: string, at: number, emoji?: string) =>
      messageChange(sol, person, {
        id,
        timestamp: String(at),
        type: 'reaction',
        reaction: { message_id: 'wamid.E1', ...(emoji ? { emoji } : {}) },
      })
    await receive(edit('wamid.E3', 'second edit', nowSeconds + 2), react('wamid.R1', nowSeconds + 1, '👍'))
    await receive(
      messageChange(sol, person, textMessage('wamid.E1', 'as written', nowSeconds)),
      edit('wamid.E2', 'first edit', nowSeconds + 1),
    )
    expect(await threadOf(sol, person.bsuid)).toMatchObject([
      { wamid: 'wamid.E1', text: 'second edit', reactions: [{ emoji: '👍' }] },
    ])
    await receive(react('wamid.R2', nowSeconds + 3))
    expect(await threadOf(sol, person.bsuid)).toMatchObject([{ reactions: [] }])
  })

  it('is a revoke that takes the words away, and those of its edits, in any order', async () => {
    const person = stranger()
    const revoke = messageChange(sol, person, {
      id: 'wamid.RV',
      timestamp: String(nowSeconds + 5),
      type: 'revoke',
      revoke: { original_message_id: 'wamid.V1' },
    })
    await receive(revoke)
    await receive(messageChange(sol, person, textMessage('wamid.V1', 'regretted', nowSeconds)))
    const [message] = await threadOf(sol, person.bsuid)
    expect(message).toMatchObject({ wamid: 'wamid.V1', text: null })
    expect(message?.revokedAt).not.toBeNull()
    const kept = (await rowsOf('messages')).filter((row) => row.id === message?.id)
    expect(kept).toMatchObject([{ content: null }])
  })

  it('is not an edit or a revoke by somebody else', async () => {
    const [author, other] = [stranger(), stranger()]
    await receive(messageChange(sol, author, textMessage('wamid.OWN', 'mine', nowSeconds)))
    await receive(
      messageChange(sol, other, {
        id: 'wamid.OTH1',
        timestamp: String(nowSeconds + 1),
        type: 'edit',
        edit: { original_message_id: 'wamid.OWN', message: { type: 'text', text: { body: 'forged' } } },
      }),
      messageChange(sol, other, {
        id: 'wamid.OTH2',
        timestamp: String(nowSeconds + 1),
        type: 'revoke',
        revoke: { original_message_id: 'wamid.OWN' },
      }),
    )
    expect(await threadOf(sol, author.bsuid)).toMatchObject([
      { text: 'mine', revokedAt: null, editedAt: null },
    ])
  })

  it('moves neither the window nor the conversation when it is a reaction or an edit', async () => {
    const person = stranger()
    await receive(messageChange(sol, person, textMessage('wamid.W1', 'x', nowSeconds - 1000)))
    const before = (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)
    await receive(
      messageChange(sol, person, {
        id: 'wamid.W2',
        timestamp: String(nowSeconds),
        type: 'reaction',
        reaction: { message_id: 'wamid.W1', emoji: '👍' },
      }),
    )
    const after = (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)
    expect(after).toMatchObject({
      windowClosesAt: before?.windowClosesAt,
      lastMessageAt: before?.lastMessageAt,
    })
  })
})

describe('a status', () => {
  const echo = (person: Person, id: string) => ({
    field: 'smb_message_echoes',
    value: {
      ...messagesChange(sol, {}).value,
      message_echoes: [
        {
          from: sol.displayPhoneNumber,
          to: person.phone,
          to_user_id: person.bsuid,
          id,
          timestamp: String(nowSeconds),
          type: 'text',
          text: { body: 'from the app' },
        },
      ],
    },
  })
  const status = (person: Person, id: string, name: string, at: number, rest: Record<string, unknown> = {}) =>
    statusChange(sol, person, { id, status: name, timestamp: String(at), ...rest })

  it('waits for its message, and a message of the business opens no window', async () => {
    const person = stranger()
    await receive(status(person, 'wamid.ST1', 'delivered', nowSeconds + 1))
    expect(await threadOf(sol, person.bsuid)).toEqual([])
    await receive(echo(person, 'wamid.ST1'))
    expect(await threadOf(sol, person.bsuid)).toMatchObject([
      { direction: 'out', text: 'from the app', status: 'delivered' },
    ])
    expect(
      (await conversations(sol)).find(({ contact }) => contact.bsuid === person.bsuid)?.windowClosesAt,
    ).toBeNull()
  })

  it.each([
    [['read', 'delivered', 'sent'], 'read'],
    [['sent', 'failed'], 'failed'],
    [['failed', 'sent'], 'failed'],
    [['failed', 'delivered'], 'delivered'],
    [['delivered', 'failed'], 'delivered'],
    [['played', 'read'], 'played'],
  ])('never moves back: %j ends as %s', async (names, final) => {
    const person = stranger()
    const id = `wamid.L.${names.join('.')}`
    await receive(echo(person, id))
    for (const [i, name] of names.entries())
      await receive(
        status(person, id, name, nowSeconds + i, name === 'failed' ? { errors: [{ code: 131026 }] } : {}),
      )
    expect(await threadOf(sol, person.bsuid)).toMatchObject([
      { status: final, error: final === 'failed' ? { code: 131026 } : null },
    ])
  })
})

describe('what shares a second', () => {
  it('is read in the order it was written', async () => {
    const person = stranger()
    const changes = Array.from({ length: 20 }, (_, i) =>
      messageChange(sol, person, textMessage(`wamid.SEC${i}`, `line ${i}`, nowSeconds)),
    )
    await receive(...changes.slice(0, 10))
    await receive(...changes.slice(10))
    const texts = (await threadOf(sol, person.bsuid)).map(({ text }) => text)
    expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i}`))
  })

  it('ends with the last edit and without a reaction that was taken back', async () => {
    const person = stranger()
    const at = String(nowSeconds)
    const edit = (id: string, body: string) =>
      messageChange(sol, person, {
        id,
        timestamp: at,
        type: 'edit',
        edit: { original_message_id: 'wamid.SEC.E', message: { type: 'text', text: { body } } },
      })
    const react = (id: string, emoji?: string) =>
      messageChange(sol, person, {
        id,
        timestamp: at,
        type: 'reaction',
        reaction: { message_id: 'wamid.SEC.E', ...(emoji ? { emoji } : {}) },
      })
    await receive(messageChange(sol, person, textMessage('wamid.SEC.E', 'as written', nowSeconds)))
    for (const [i, word] of ['v1', 'v2', 'v3', 'v4', 'v5'].entries())
      await receive(edit(`wamid.SEC.V${i}`, word), react(`wamid.SEC.R${i}`, '👍'), react(`wamid.SEC.U${i}`))
    expect(await threadOf(sol, person.bsuid)).toMatchObject([{ text: 'v5', reactions: [] }])
  })

  it('or claims to come from another century is dated when it came', async () => {
    const person = stranger()
    await receive(
      messageChange(sol, person, textMessage('wamid.FUTURE', 'future', 4_000_000_000)),
      messageChange(sol, person, textMessage('wamid.PAST', 'past', 1)),
    )
    for (const { at } of await threadOf(sol, person.bsuid))
      expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
  })
})
