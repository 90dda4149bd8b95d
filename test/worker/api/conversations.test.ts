import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { ana, mei, monsoon, ravi, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'
import { seedConversation } from './seed.ts'
import { ask, keyFor, read } from './stage.ts'

const now = Date.now()
const hour = 3_600_000
let solKey: string
let monsoonKey: string
let withAna: { conversationId: string; contactId: string }
let atMonsoon: { conversationId: string; contactId: string }

beforeAll(async () => {
  await seedCast()
  ;[solKey, monsoonKey] = await Promise.all([keyFor(sol), keyFor(monsoon)])
  withAna = await seedConversation(
    sol,
    ana,
    [
      {
        wamid: 'wamid.A1',
        at: now - 5 * hour,
        content: { text: '¿Tenéis pan?', body: { body: '¿Tenéis pan?' } },
      },
      {
        wamid: 'wamid.A2',
        at: now - 4 * hour,
        direction: 'out',
        status: 'delivered',
        content: { text: 'Sí, de centeno', body: { body: 'Sí, de centeno' }, replyTo: 'wamid.A1' },
      },
      { wamid: 'wamid.A3', at: now - 3 * hour, direction: 'out', status: 'failed', errorCode: 131047 },
      { wamid: 'wamid.A4', at: now - 2 * hour, content: { text: 'secreto', body: { body: 'secreto' } } },
      { wamid: 'wamid.A5', at: now - hour, type: 'sticker', content: { body: { id: '901' } } },
      { wamid: 'wamid.A6', at: now - 61 * 60_000, direction: 'out', status: 'unknown' },
    ],
    [
      {
        wamid: 'wamid.E1',
        target: 'wamid.A1',
        kind: 'edit',
        text: '¿Tenéis pan hoy?',
        at: now - 280 * 60_000,
      },
      {
        wamid: 'wamid.E2',
        target: 'wamid.A1',
        kind: 'edit',
        text: '¿Tenéis pan integral?',
        at: now - 270 * 60_000,
      },
      {
        wamid: 'wamid.E3',
        target: 'wamid.A1',
        kind: 'edit',
        direction: 'out',
        text: 'not the author',
        at: now - 200 * 60_000,
      },
      { wamid: 'wamid.R1', target: 'wamid.A2', kind: 'reaction', text: '👍', at: now - 239 * 60_000 },
      { wamid: 'wamid.R2', target: 'wamid.A2', kind: 'reaction', text: '❤️', at: now - 238 * 60_000 },
      {
        wamid: 'wamid.R3',
        target: 'wamid.A1',
        kind: 'reaction',
        direction: 'out',
        text: '🍞',
        at: now - 237 * 60_000,
      },
      {
        wamid: 'wamid.R4',
        target: 'wamid.A5',
        kind: 'reaction',
        direction: 'out',
        text: '😀',
        at: now - 59 * 60_000,
      },
      {
        wamid: 'wamid.R5',
        target: 'wamid.A5',
        kind: 'reaction',
        direction: 'out',
        text: null,
        at: now - 58 * 60_000,
      },
      { wamid: 'wamid.X1', target: 'wamid.A4', kind: 'revoke', text: null, at: now - 100 * 60_000 },
    ],
  )
  await seedConversation(sol, ravi, [{ wamid: 'wamid.B1', at: now - 30 * hour }])
  await seedConversation(sol, mei, [{ wamid: 'wamid.C1', at: now - 6 * hour }])
  atMonsoon = await seedConversation(monsoon, ana, [{ wamid: 'wamid.M1', at: now - 10 * hour }])
})

describe('a page of people and messages', () => {
  // First in the file, while no key is held in memory.
  it('asks the Keeper once, and not again while the keys are held', async () => {
    let calls = 0
    const getByName = (name: string) => {
      calls++
      return env.KEEPER.getByName(name)
    }
    const counting = { ...env, KEEPER: { getByName } } as unknown as Env
    for (const path of [
      '/api/v1/conversations',
      '/api/v1/contacts',
      `/api/v1/conversations/${withAna.conversationId}/messages`,
    ]) {
      const { data } = await read(await ask(path, { key: solKey, env: counting }))
      expect(data.length).toBeGreaterThanOrEqual(3)
      expect(calls).toBe(1)
    }
  })
})

describe('conversations', () => {
  it('lists the newest first, each with its contact and the end of its window', async () => {
    const { data, next } = await read(await ask('/api/v1/conversations', { key: solKey }))
    expect(data.map(({ contact }) => (contact as { name: string }).name)).toEqual([
      'Ana Ruiz',
      'Mei Lin',
      'Ravi Menon',
    ])
    expect(data[0]).toEqual({
      id: withAna.conversationId,
      numberId: sol.numberId,
      contact: {
        id: withAna.contactId,
        name: 'Ana Ruiz',
        username: null,
        phone: ana.phone,
        bsuid: ana.bsuid,
      },
      createdAt: expect.any(String),
      lastMessageAt: new Date(now - hour).toISOString(),
      windowClosesAt: new Date(now - hour + limits.windowMs).toISOString(),
      unread: expect.any(Number),
      assigneeId: null,
      closedAt: null,
      labels: [],
      last: expect.objectContaining({ direction: 'in', type: 'sticker' }),
      hasDraft: false,
    })
    expect(data[1]).toMatchObject({ contact: { username: mei.username, phone: null, bsuid: mei.bsuid } })
    expect(data[2]?.windowClosesAt).toBeNull()
    expect(next).toBeNull()
  })

  it('shows a business only its own conversations, also of a person both know', async () => {
    const { data } = await read(await ask('/api/v1/conversations', { key: monsoonKey }))
    expect(data.map(({ id }) => id)).toEqual([atMonsoon.conversationId])
  })

  it('reads one as it stands in the list', async () => {
    const { data } = await read(await ask('/api/v1/conversations', { key: solKey }))
    expect(await read(await ask(`/api/v1/conversations/${withAna.conversationId}`, { key: solKey }))).toEqual(
      data[0],
    )
  })

  it('pages without a gap or a repeat', async () => {
    const seen: unknown[] = []
    let cursor: string | null = null
    do {
      const page = await read(
        await ask(`/api/v1/conversations?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`, {
          key: solKey,
        }),
      )
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(3)
    expect(seen).toHaveLength(3)
  })
})

describe('messages of a conversation', () => {
  const list = async (query = '') =>
    read(await ask(`/api/v1/conversations/${withAna.conversationId}/messages${query}`, { key: solKey }))

  it('come oldest first with what the contract names', async () => {
    const { data } = await list()
    const byWamid = new Map(data.map((message) => [message.wamid, message]))
    expect(data.map(({ at }) => at)).toEqual(data.map(({ at }) => at).toSorted())
    expect(byWamid.get('wamid.A2')).toEqual({
      id: expect.stringMatching(/^msg_/),
      wamid: 'wamid.A2',
      direction: 'out',
      type: 'text',
      text: 'Sí, de centeno',
      status: 'delivered',
      at: new Date(now - 4 * hour).toISOString(),
      content: { body: 'Sí, de centeno' },
      replyTo: 'wamid.A1',
      replyToId: byWamid.get('wamid.A1')?.id,
      reactions: [{ emoji: '❤️', from: 'contact', at: expect.any(String) }],
      editedAt: null,
      revokedAt: null,
      error: null,
      failure: null,
      statuses: [],
      sentBy: null,
      sort: expect.any(String),
      media: null,
    })
    expect(byWamid.get('wamid.A3')).toMatchObject({ status: 'failed', error: { code: 131047 } })
    expect(byWamid.get('wamid.A6')).toMatchObject({ status: 'unknown' })
    expect(byWamid.get('wamid.A5')).toMatchObject({
      direction: 'in',
      status: null,
      type: 'sticker',
      text: null,
      content: { id: '901' },
    })
  })

  it('show the latest edit by the author and nobody else’s', async () => {
    const { data } = await list()
    expect(data[0]).toMatchObject({
      text: '¿Tenéis pan integral?',
      content: { body: '¿Tenéis pan integral?' },
      editedAt: new Date(now - 270 * 60_000).toISOString(),
    })
    expect(data[0]?.reactions).toEqual([{ emoji: '🍞', from: 'business', at: expect.any(String) }])
  })

  it('show no reaction that was taken back', async () => {
    const { data } = await list()
    expect(data.find(({ wamid }) => wamid === 'wamid.A5')?.reactions).toEqual([])
  })

  it('show nothing of what was revoked but that it was', async () => {
    const { data } = await list()
    expect(data.find(({ wamid }) => wamid === 'wamid.A4')).toMatchObject({
      text: null,
      content: null,
      revokedAt: expect.any(String),
    })
    expect(JSON.stringify(data)).not.toContain('secreto')
  })

  it('page forward from the oldest, backward from the newest', async () => {
    const first = await list('?limit=4')
    const second = await list(`?limit=4&cursor=${first.next}`)
    const all = await list()
    expect([...first.data, ...second.data]).toEqual(all.data)
    expect(second.next).toBeNull()
    const newest = await list('?limit=6&order=newest')
    expect(newest.data).toEqual(all.data.toReversed())
  })
})

describe('contacts', () => {
  it('are listed by when they were last heard of, opened', async () => {
    const { data } = await read(await ask('/api/v1/contacts', { key: solKey }))
    expect(data.map(({ name }) => name)).toEqual(['Ana Ruiz', 'Mei Lin', 'Ravi Menon'])
    const { marketing, ...common } = data[0] as Record<string, unknown>
    const one = await read(await ask(`/api/v1/contacts/${withAna.contactId}`, { key: solKey }))
    expect(one).toMatchObject(common)
    expect(one.consents).toMatchObject({ marketing: { state: marketing } })
  })
})

describe('the neighbour', () => {
  it('answers for another business’s things with the bytes of a thing that is not there', async () => {
    const paths: [string, string][] = [
      [`/api/v1/conversations/${withAna.conversationId}`, '/api/v1/conversations/cnv_nothing'],
      [
        `/api/v1/conversations/${withAna.conversationId}/messages`,
        '/api/v1/conversations/cnv_nothing/messages',
      ],
      [`/api/v1/contacts/${withAna.contactId}`, '/api/v1/contacts/cnt_nothing'],
      [`/api/v1/numbers/${sol.numberId}`, '/api/v1/numbers/num_nothing'],
    ]
    for (const [theirs, nowhere] of paths) {
      const [foreign, absent] = await Promise.all([
        ask(theirs, { key: monsoonKey }),
        ask(nowhere, { key: monsoonKey }),
      ])
      expect(foreign.status).toBe(404)
      expect([...foreign.headers]).toEqual([...absent.headers])
      expect(await foreign.text()).toBe(await absent.text())
    }
  })
})
