// What the inbox remembers is the same in whatever order, how late and how often it heard of it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Book,
  changed,
  contactGone,
  emptyBook,
  filtered,
  fits,
  heard,
  paged,
  retold,
} from '../../site/portal/inbox/store.ts'
import type { Conversation } from '../../site/portal/inbox/types.ts'
import { scrollTo, spanAt } from '../../site/portal/inbox/virtual.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()

const conversation = (n: number, more: Partial<Conversation> = {}): Conversation => ({
  id: `cnv_${String(n).padStart(5, '0')}`,
  numberId: 'num_sol',
  contact: { id: `cnt_${n}`, name: `Person ${n}`, username: null, phone: null, bsuid: null },
  createdAt: at(0),
  lastMessageAt: at(n),
  windowClosesAt: null,
  unread: 0,
  assigneeId: null,
  closedAt: null,
  labels: [],
  last: null,
  hasDraft: false,
  ...more,
})

const sorted = (all: Conversation[]) =>
  [...all].sort((a, b) =>
    a.lastMessageAt === b.lastMessageAt ? (a.id < b.id ? 1 : -1) : a.lastMessageAt < b.lastMessageAt ? 1 : -1,
  )

/** A server: pages of `size` after the last one that was given. */
function server(all: Map<string, Conversation>, size: number) {
  return (book: Book): { data: Conversation[]; next: string | null } => {
    const rows = sorted([...all.values()].filter((one) => fits(one, book.list.filter, 'mem_me')))
    const after = book.list.next
    const from = after ? rows.filter((one) => `${one.lastMessageAt}/${one.id}` < after) : rows
    const data = from.slice(0, size)
    const last = data.at(-1)
    return { data, next: from.length > size && last ? `${last.lastMessageAt}/${last.id}` : null }
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('page' as const) }),
  fc.record({ kind: fc.constant('message' as const), n: fc.nat(30), at: fc.integer({ min: 31, max: 90 }) }),
  fc.record({ kind: fc.constant('close' as const), n: fc.nat(30) }),
  fc.record({ kind: fc.constant('retell' as const) }),
)

describe('a list of conversations', () => {
  it('shows, however pages and live words mix, all that fits once and in order, without a hole', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (steps, size) => {
        const all = new Map(
          Array.from({ length: 31 }, (_, n) => [`cnv_${String(n).padStart(5, '0')}`, conversation(n)]),
        )
        const page = server(all, size)
        let book = emptyBook({ state: 'open' })
        book = paged(book, page(book))
        for (const one of steps) {
          if (one.kind === 'page' && book.list.next) book = paged(book, page(book))
          if (one.kind === 'retell') book = retold(book, page(emptyBook({ state: 'open' })))
          if (one.kind === 'message' || one.kind === 'close') {
            const id = `cnv_${String(one.n).padStart(5, '0')}`
            const known = all.get(id) as Conversation
            const now =
              one.kind === 'close'
                ? { ...known, closedAt: at(100) }
                : { ...known, lastMessageAt: at(one.at), unread: known.unread + 1, closedAt: null }
            all.set(id, now)
            book = heard(book, now, 'mem_me')
            // Twice is once.
            book = heard(book, now, 'mem_me')
          }
          const shown = book.list.ids
          const right = sorted([...all.values()].filter((two) => two.closedAt === null)).map(({ id }) => id)
          expect(shown).toEqual(right.slice(0, shown.length))
        }
        while (book.list.next) book = paged(book, page(book))
        expect(book.list.ids).toEqual(
          sorted([...all.values()].filter((two) => two.closedAt === null)).map(({ id }) => id),
        )
      }),
      {
        numRuns: 2000,
        examples: [
          // The only row that is loaded moves up; the last one that is loaded leaves, and one from below comes to its place.
          [[{ kind: 'message', n: 30, at: 31 }], 1],
          [
            [
              { kind: 'close', n: 29 },
              { kind: 'close', n: 30 },
              { kind: 'message', n: 3, at: 31 },
            ],
            2,
          ],
        ],
      },
    )
  })

  it.each([
    [{ state: 'open' as const, assignee: 'me' }, { assigneeId: 'mem_me' }, true],
    [{ state: 'open' as const, assignee: 'me' }, { assigneeId: 'mem_you' }, false],
    [{ state: 'open' as const, assignee: 'none' }, {}, true],
    [{ state: 'all' as const, label: 'lab_1' }, { labels: ['lab_2', 'lab_1'], closedAt: at(1) }, true],
    [{ state: 'closed' as const }, {}, false],
    [{ state: 'all' as const, unread: true }, { unread: 3 }, true],
    [{ state: 'all' as const, unread: true }, {}, false],
  ])('of %j says of %j: %s', (filter, more, expected) => {
    expect(fits(conversation(1, more), filter, 'mem_me')).toBe(expected)
  })

  it('forgets a contact at once and for good, whatever still arrives', () => {
    let book = paged(emptyBook({ state: 'all' }), { data: [conversation(2), conversation(1)], next: null })
    book = contactGone(book, 'cnt_2')
    book = heard(book, conversation(2, { unread: 1 }), undefined)
    book = paged(book, { data: [conversation(2)], next: null })
    book = changed(book, 'cnv_00002', { unread: 0 }, undefined)
    expect(book.list.ids).toEqual(['cnv_00001'])
    expect(book.byId.has('cnv_00002')).toBe(false)
    expect(filtered(book, { state: 'open' }).byId.has('cnv_00002')).toBe(false)
  })
})

describe('a long list', () => {
  it('keeps in the page what is seen, and never more than that and its margin', () => {
    fc.assert(
      fc.property(
        fc.record({
          top: fc.integer({ min: -500, max: 900_000 }),
          height: fc.integer({ min: 0, max: 2_000 }),
          count: fc.nat(10_000),
        }),
        ({ top, height, count }) => {
          const { from, to } = spanAt(top, height, 72, count, 5)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(count)
          expect(from).toBeLessThanOrEqual(to)
          expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 72) + 11)
          const place = Math.max(0, Math.min(top, count * 72 - height))
          if (count > 0 && height > 0) {
            expect(from * 72).toBeLessThanOrEqual(place)
            expect(to * 72).toBeGreaterThanOrEqual(Math.min(count * 72, place + height))
          }
        },
      ),
    )
  })

  it('scrolls no further than it takes to see a row whole', () => {
    expect(scrollTo(0, 300, 72, 2)).toBe(0)
    expect(scrollTo(0, 300, 72, 10)).toBe(11 * 72 - 300)
    expect(scrollTo(720, 300, 72, 3)).toBe(216)
  })
})
