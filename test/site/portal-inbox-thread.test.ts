// A thread is the same whatever way its messages came: by page, live, again after a cut line, or as the answer to a send.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  becameMessage,
  began,
  caughtUp,
  discarded,
  emptyThread,
  firstUnread,
  itemsOf,
  leavesGap,
  type MessagePage,
  mergeMessages,
  openSendings,
  pagedBack,
  stayedUnanswered,
  type Thread,
  wasRefused,
  withNotes,
} from '../../site/portal/inbox/thread-store.ts'
import type { Message } from '../../site/portal/inbox/types.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 12) + second * 1000).toISOString()

const message = (n: number, more: Partial<Message> = {}): Message => ({
  id: `msg_${String(n).padStart(4, '0')}`,
  wamid: `wamid.${n}`,
  direction: 'in',
  type: 'text',
  text: `words ${n}`,
  status: null,
  at: at(n),
  sort: String(n).padStart(6, '0'),
  content: { body: `words ${n}` },
  replyTo: null,
  replyToId: null,
  reactions: [],
  editedAt: null,
  revokedAt: null,
  error: null,
  statuses: [],
  sentBy: null,
  failure: null,
  media: null,
  ...more,
})

const newestFirst = (all: Message[], size: number, before?: string): MessagePage => {
  const rows = [...all]
    .sort((a, b) => (a.sort < b.sort ? 1 : -1))
    .filter((one) => before === undefined || one.sort < before)
  return { data: rows.slice(0, size), next: rows.length > size ? (rows[size - 1] as Message).sort : null }
}

/** As the screen does: newest pages until they meet what is here. */
function catchUp(thread: Thread, all: Message[], size: number, most = 100): Thread {
  const pages: MessagePage[] = []
  let before: string | undefined
  for (let i = 0; i < most; i += 1) {
    const page = newestFirst(all, size, before)
    pages.push(page)
    if (!leavesGap(thread, page) || page.next === null) break
    before = page.next
  }
  return caughtUp(thread, pages)
}

const numbers = (thread: Thread) => thread.messages.map(({ sort }) => Number(sort))

describe('a thread', () => {
  it('has each message once and in order, in whatever order and how often they are told', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(40).keys()]), fc.array(fc.nat(39)), (first, again) => {
        const told = [...first, ...again].map((n) => message(n))
        let thread = emptyThread('cnv_1')
        for (const one of told) thread = mergeMessages(thread, [one])
        expect(numbers(thread)).toEqual([...new Set([...first, ...again])].sort((a, b) => a - b))
      }),
    )
  })

  it('misses nothing and doubles nothing when the line was cut, however much came meanwhile', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(120),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 100 }),
        (known, meanwhile, size, most) => {
          let all = Array.from({ length: known }, (_, n) => message(n))
          let thread = pagedBack(emptyThread('cnv_1'), newestFirst(all, size))
          all = [...all, ...Array.from({ length: meanwhile }, (_, n) => message(known + n))]
          thread = catchUp(thread, all, size, most)
          const shown = numbers(thread)
          // What is shown has no hole, and ends with the newest.
          expect(shown).toEqual(Array.from({ length: shown.length }, (_, i) => all.length - shown.length + i))
          // And going back from there reaches the beginning.
          while (thread.before) thread = pagedBack(thread, newestFirst(all, size, thread.before))
          expect(numbers(thread)).toEqual([...Array(all.length).keys()])
        },
      ),
    )
  })

  it('never takes a tick, an edit or a revoke back for an answer that comes late', () => {
    const sent = message(1, { direction: 'out', status: 'sent', statuses: [{ status: 'sent', at: at(1) }] })
    const read = {
      ...sent,
      status: 'read' as const,
      statuses: [...sent.statuses, { status: 'read', at: at(2) }],
    }
    const revoked = { ...read, revokedAt: at(3), content: null }
    let thread = mergeMessages(emptyThread('cnv_1'), [read])
    expect(mergeMessages(thread, [sent])).toBe(thread)
    thread = mergeMessages(thread, [revoked])
    expect(mergeMessages(thread, [read]).messages[0]?.revokedAt).toBe(at(3))
  })

  it('that hears nothing new is the same thread, so that nothing is drawn again', () => {
    const one = message(1)
    const thread = mergeMessages(emptyThread('cnv_1'), [one])
    expect(mergeMessages(thread, [one])).toBe(thread)
  })
})

describe('a send', () => {
  const outgoing = { type: 'text', payload: { body: 'hola' } }
  const begin = (thread: Thread, key: string) => began(thread, { key, outgoing, text: 'hola', at: at(50) })
  const became = (n: number) => message(n, { direction: 'out', text: 'hola', status: 'accepted' })

  it('is one bubble, whether the live line or the answer comes first', () => {
    const sending = begin(emptyThread('cnv_1'), 'k1')
    expect(openSendings(sending)).toHaveLength(1)
    const heardFirst = mergeMessages(sending, [became(1)])
    expect(openSendings(heardFirst)).toHaveLength(0)
    const answered = becameMessage(heardFirst, 'k1', became(1))
    const answeredFirst = mergeMessages(becameMessage(sending, 'k1', became(1)), [became(1)])
    for (const thread of [answered, answeredFirst]) {
      expect(thread.messages).toHaveLength(1)
      expect(thread.sendings).toHaveLength(0)
    }
  })

  it('of the same words as an older message is not taken for it, and two alike are two', () => {
    let thread = mergeMessages(emptyThread('cnv_1'), [became(1)])
    thread = begin(begin(thread, 'k1'), 'k2')
    expect(openSendings(thread)).toHaveLength(2)
    thread = mergeMessages(thread, [became(2)])
    expect(openSendings(thread)).toHaveLength(1)
    thread = becameMessage(thread, 'k1', became(2))
    thread = becameMessage(thread, 'k2', became(3))
    expect(numbers(thread)).toEqual([1, 2, 3])
    expect(openSendings(thread)).toEqual([])
  })

  it('of a template is known by its name, whatever its words are', () => {
    const payload = { name: 'order_ready', language: { code: 'en_US' } }
    const outgoing = { type: 'template', payload }
    const sending = began(emptyThread('cnv_1'), { key: 'k1', outgoing, text: 'order_ready', at: at(50) })
    const told = message(1, {
      direction: 'out',
      type: 'template',
      text: 'Order A-77 is ready.',
      content: payload,
    })
    expect(openSendings(mergeMessages(sending, [told]))).toEqual([])
    const other = { ...told, content: { ...payload, name: 'hello_world' } }
    expect(openSendings(mergeMessages(sending, [other]))).toHaveLength(1)
  })

  it('that got no answer stays, says so, and is tried again under the same key', () => {
    const lost = stayedUnanswered(begin(emptyThread('cnv_1'), 'k1'), 'k1')
    expect(openSendings(lost)).toMatchObject([{ key: 'k1', state: 'unanswered' }])
    const again = begin(lost, 'k1')
    expect(again.sendings).toMatchObject([{ key: 'k1', state: 'sending', at: at(50) }])
  })

  it('that was refused keeps gate and remedy until it is discarded', () => {
    const refused = { title: 'Refused', remedy: 'Use a template.', gate: 'window' }
    const thread = wasRefused(begin(emptyThread('cnv_1'), 'k1'), 'k1', refused)
    expect(openSendings(thread)).toMatchObject([{ state: 'refused', refused }])
    expect(discarded(thread, 'k1').sendings).toEqual([])
  })
})

describe('what is read', () => {
  it('has a line for each day, notes at their time, and one line before what is unread', () => {
    let thread = pagedBack(emptyThread('cnv_1'), {
      data: [
        message(1),
        message(2, { at: at(90_000), sort: '090000' }),
        message(3, { at: at(90_001), sort: '090001' }),
      ],
      next: null,
    })
    thread = withNotes(thread, [{ id: 'not_1', author: 'member:mem_1', text: 'call back', at: at(40) }])
    const kinds = itemsOf(thread, firstUnread(thread, 2)).map(({ kind }) => kind)
    expect(kinds).toEqual(['day', 'message', 'note', 'day', 'unread', 'message', 'message'])
  })

  it('shows a reaction of ours at its message and not as one, unless it was refused', () => {
    const told = [
      message(1),
      message(2, { type: 'reaction', direction: 'out', status: 'sent' }),
      message(3, { type: 'reaction', direction: 'out', status: 'failed' }),
    ]
    const ids = itemsOf(mergeMessages(emptyThread('cnv_1'), told), undefined).flatMap((item) =>
      item.kind === 'message' ? [item.message.id] : [],
    )
    expect(ids).toEqual([told[0]?.id, told[2]?.id])
  })

  it('shows no note before the page it belongs to is here', () => {
    let thread = pagedBack(emptyThread('cnv_1'), { data: [message(100)], next: 'older' })
    thread = withNotes(thread, [
      { id: 'not_1', author: 'member:mem_1', text: 'old', at: at(1) },
      { id: 'not_2', author: 'member:mem_1', text: 'new', at: at(101) },
    ])
    expect(itemsOf(thread, undefined).map(({ id }) => id)).toEqual([expect.any(String), 'msg_0100', 'not_2'])
  })
})
