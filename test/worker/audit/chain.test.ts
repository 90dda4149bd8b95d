import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Chain,
  dayOf,
  type Entry,
  entryLine,
  noHead,
  type Seal,
  startOfDay,
  verifyChain,
} from '../../../worker/audit/chain.ts'
import { hex } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import { monsoon, sol } from '../../support/cast.ts'

const day = 86_400_000
const first = startOfDay('2026-05-04')

const entry = (accountId: string, n: number, recordedAt: number): Entry => ({
  id: `aud_${String(n).padStart(4, '0')}`,
  accountId,
  actor: 'key:key_x',
  action: 'send.refuse',
  subject: `cnt_${n}`,
  reason: n % 2 === 0 ? null : 'window_closed',
  at: recordedAt - 5,
  recordedAt,
})

/** `perDay[i]` entries on the i-th day. */
const entriesOf = (accountId: string, perDay: readonly number[]): Entry[] =>
  perDay.flatMap((count, i) =>
    Array.from({ length: count }, (_, j) => entry(accountId, i * 100 + j, first + i * day + j * 1_000)),
  )

function sealsOf(entries: Entry[]): Seal[] {
  const chain = new Chain(entries[0]?.accountId ?? '', noHead)
  const seals = entries.map((each) => chain.add(each))
  return [...seals, chain.close()].filter((seal) => seal !== undefined)
}

const perDay = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 8 })

describe('the head of a day', () => {
  it('is what a shell makes of the head before it and the lines of the day', () => {
    const entries = entriesOf(sol.accountId, [2, 0, 1])
    const [one, two] = sealsOf(entries) as [Seal, Seal]
    const lines = entries.map((each) => `${entryLine(each)}\n`)
    const head = hex(sha256(`${noHead}\n${lines[0]}${lines[1]}`))
    expect(one).toEqual({ accountId: sol.accountId, day: '2026-05-04', entries: 2, previous: noHead, head })
    expect(two).toEqual({
      accountId: sol.accountId,
      day: '2026-05-06',
      entries: 1,
      previous: head,
      head: hex(sha256(`${head}\n${lines[2]}`)),
    })
    expect(JSON.parse(lines[0] as string)).toEqual(entries[0])
  })
})

describe('a chain', () => {
  it('that nobody touched holds, in whatever order its parts are given', () => {
    fc.assert(
      fc.property(perDay, (counts) => {
        const entries = entriesOf(sol.accountId, counts)
        expect(verifyChain(entries.toReversed(), sealsOf(entries).toReversed())).toEqual([])
      }),
    )
  })

  it('holds before its present day is sealed', () => {
    const entries = entriesOf(sol.accountId, [3, 2, 4])
    expect(verifyChain(entries, sealsOf(entries).slice(0, 2))).toEqual([])
    expect(verifyChain(entries, [])).toEqual([])
  })

  it('names the day of an entry that was altered, in any of its fields', () => {
    fc.assert(
      fc.property(
        perDay.filter((counts) => counts.some((count) => count > 0)),
        fc.nat(),
        fc.constantFrom('id', 'actor', 'action', 'subject', 'reason', 'at', 'recordedAt'),
        (counts, n, field) => {
          const entries = entriesOf(sol.accountId, counts)
          const seals = sealsOf(entries)
          const at = n % entries.length
          const old = entries[at] as Entry
          const value =
            typeof old[field as 'at'] === 'number' ? old[field as 'at'] + 1 : `${old[field as 'id']}x`
          expect(verifyChain(entries.with(at, { ...old, [field]: value }), seals)).toEqual([
            { day: dayOf(old.recordedAt), reason: 'entry_altered' },
          ])
        },
      ),
    )
  })

  it('names the day of an entry that was removed, or put in', () => {
    const entries = entriesOf(sol.accountId, [3, 2, 4])
    const seals = sealsOf(entries)
    expect(verifyChain(entries.toSpliced(3, 1), seals)).toEqual([
      { day: '2026-05-05', reason: 'entry_removed' },
    ])
    const late = entry(sol.accountId, 999, first + day + 50)
    expect(verifyChain([...entries, late], seals)).toEqual([{ day: '2026-05-05', reason: 'entry_added' }])
    const between = entriesOf(sol.accountId, [3, 0, 4])
    expect(verifyChain([...between, late], sealsOf(between))).toEqual([
      { day: '2026-05-05', reason: 'day_not_sealed' },
    ])
  })

  it('names the day whose seal was altered, and the day after one that was taken out', () => {
    const entries = entriesOf(sol.accountId, [3, 2, 4])
    const seals = sealsOf(entries) as [Seal, Seal, Seal]
    const forged = { ...seals[1], head: 'f'.repeat(64) }
    expect(verifyChain(entries, seals.with(1, forged))).toEqual([
      { day: '2026-05-05', reason: 'entry_altered' },
      { day: '2026-05-06', reason: 'broken_link' },
    ])
    const without = entries.filter(({ recordedAt }) => dayOf(recordedAt) !== '2026-05-05')
    expect(verifyChain(without, seals.toSpliced(1, 1))).toEqual([
      { day: '2026-05-06', reason: 'broken_link' },
    ])
    const rest = entries.filter(({ recordedAt }) => recordedAt >= first + day)
    expect(verifyChain(rest, seals.slice(1))).toEqual([{ day: '2026-05-05', reason: 'broken_link' }])
    expect(verifyChain(rest, seals.slice(1), { previous: seals[0].head })).toEqual([])
  })

  it('goes on through days that retention has swept, whole or in part', () => {
    const entries = entriesOf(sol.accountId, [3, 4, 2])
    const seals = sealsOf(entries)
    const sweptBefore = first + day + 2_000
    const kept = entries.filter(({ recordedAt }) => recordedAt >= sweptBefore)
    expect(verifyChain(kept, seals, { sweptBefore })).toEqual([])
    expect(verifyChain(kept, seals).map(({ day: named }) => named)).toEqual(['2026-05-04', '2026-05-05'])
    const altered = kept.map((each) => (each.id === 'aud_0201' ? { ...each, subject: 'cnt_other' } : each))
    expect(verifyChain(altered, seals, { sweptBefore })).toEqual([
      { day: '2026-05-06', reason: 'entry_altered' },
    ])
    const broken = seals.map((seal, i) => (i === 0 ? { ...seal, head: 'f'.repeat(64) } : seal))
    expect(verifyChain(kept, broken, { sweptBefore })).toEqual([{ day: '2026-05-05', reason: 'broken_link' }])
  })

  it('of one account knows nothing of another', () => {
    const [his, hers] = [entriesOf(monsoon.accountId, [2, 2]), entriesOf(sol.accountId, [2, 2])]
    expect(sealsOf(his)[0]?.head).not.toBe(sealsOf(hers)[0]?.head)
    expect(verifyChain(his, sealsOf(hers))).not.toEqual([])
  })
})
