// The explanation of a message repeats what the gates decided, and never contradicts them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ExplainFacts, explain } from '../../../worker/sending/explain.ts'
import { decide, type GateFacts, type HoldKind } from '../../../worker/sending/gates.ts'
import { groundOf } from '../../../worker/sending/ground-of.ts'

const now = 1_795_305_600_000
const kinds: HoldKind[] = [
  'suspended',
  'frozen',
  'banned',
  'disconnected',
  'reconnect',
  'restricted',
  'objected',
]

const gateFacts: fc.Arbitrary<GateFacts> = fc
  .record({
    kind: fc.constantFrom('text', 'template'),
    edge: fc.constantFrom('messages' as const, 'marketing_messages' as const),
    holds: fc.subarray(kinds),
    open: fc.boolean(),
    answersRequest: fc.boolean(),
    unwanted: fc.boolean(),
    erased: fc.boolean(),
    consent: fc.constantFrom(undefined, 'withdrawn' as const, 'missing' as const),
  })
  .map(({ kind, edge, holds, open, answersRequest, unwanted, erased, consent }) => ({
    phoneNumberId: '301',
    numberOwned: true,
    numberConnected: true,
    holds,
    recipient: { kind: 'phone' as const, digits: '34600111222', given: '34600111222' },
    erasedAt: erased ? now : undefined,
    heardAt: undefined,
    window: open
      ? { state: 'open' as const, until: now + 1000 }
      : { state: 'closed' as const, since: undefined },
    needsWindow: kind === 'text',
    begins: kind === 'template' || edge === 'marketing_messages',
    edge,
    unwanted: unwanted && edge === 'marketing_messages',
    answersRequest,
    consent,
    fault: undefined,
  }))

const about: fc.Arbitrary<Omit<ExplainFacts, 'ground'>> = fc.record({
  direction: fc.constant('out' as const),
  origin: fc.constant('api' as const),
  type: fc.constantFrom('text', 'template'),
  at: fc.constant(now),
  status: fc.constantFrom('waiting', 'unknown', 'accepted', 'failed', 'read'),
  failure: fc.constantFrom(null, { code: 131026, title: 't', meaning: 'm', remedy: 'r' }),
  heardBefore: fc.option(fc.integer({ min: 0, max: now })),
  templateCategory: fc.constantFrom(null, 'marketing', 'utility', 'authentication'),
  consents: fc.array(
    fc.record({
      purpose: fc.constantFrom('marketing' as const, 'utility' as const),
      state: fc.constantFrom('given' as const, 'withdrawn' as const),
      at: fc.constant(now - 1),
      source: fc.constant('form'),
    }),
    { maxLength: 1 },
  ),
  retentionDays: fc.option(fc.integer({ min: 1, max: 3650 })),
})

describe('the explanation of a message that the gates let pass', () => {
  it('says of every gate what the gate said, whatever the facts', () => {
    fc.assert(
      fc.property(gateFacts, about, (gates, rest) => {
        fc.pre(decide(gates).ok)
        const told = explain({ ...rest, ground: groundOf(gates) })
        const state = new Map(told.gates.map(({ gate, state }) => [gate, state]))
        // A window that was needed was open; one that was closed is never called passed.
        expect(told.window?.state).toBe(gates.window.state)
        expect(state.get('window')).toBe(gates.window.state === 'open' ? 'passed' : 'not needed')
        if (gates.needsWindow) expect(state.get('window')).toBe('passed')
        // A person who is to be left alone is only answered about their own request.
        if (gates.holds.includes('restricted')) {
          expect(told.basis.kind).toBe('request')
          expect(state.get('restricted')).toBe('not needed')
        }
        if (told.basis.kind === 'answer') {
          expect(gates.begins).toBe(false)
          expect(told.window?.state).toBe('open')
        }
        // Consent is named where it stood, and nowhere else.
        if (told.basis.kind === 'consent')
          expect(rest.consents.some((consent) => consent.state === 'given')).toBe(true)
        for (const gate of state.keys()) expect(state.get(gate)).toMatch(/^(passed|not needed)$/)
      }),
    )
  })

  it('names every gate that refuses', () => {
    const named = explain({
      ...(fc.sample(about, 1)[0] as Omit<ExplainFacts, 'ground'>),
      ground: { basis: 'answer', windowUntil: now + 1 },
    }).gates.map(({ gate }) => gate)
    const refused = new Set<string>()
    fc.assert(
      fc.property(gateFacts, (gates) => {
        const decision = decide(gates)
        if (!decision.ok) refused.add(decision.refusal.gate)
      }),
    )
    expect(named).toEqual(expect.arrayContaining([...refused]))
  })
})

describe('the explanation of any other message', () => {
  it('claims no gate for what did not go through them', () => {
    for (const origin of ['echo', 'history', 'live'] as const) {
      const facts = fc.sample(about, 1)[0] as Omit<ExplainFacts, 'ground'>
      const told = explain({ ...facts, origin, ground: null })
      expect(told.gates).toEqual([])
      expect(['elsewhere', 'unknown']).toContain(told.basis.kind)
    }
    const facts = fc.sample(about, 1)[0] as Omit<ExplainFacts, 'ground'>
    const heard = explain({ ...facts, direction: 'in', ground: null })
    expect([heard.basis.kind, heard.window, heard.attempts]).toEqual(['asked', null, []])
  })
})
