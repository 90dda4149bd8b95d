import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AccountFacts,
  checks,
  decideAccount,
  decideLife,
  decideNumber,
  type NumberFacts,
} from '../../../worker/onboarding/doctor-decide.ts'
import { sayFinding } from '../../../worker/onboarding/doctor-words.ts'

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const day = 86_400_000
const now = 1_795_305_600_000
const callback = 'https://gateway.test/webhooks/meta'
const word = fc.constantFrom(
  '',
  'GREEN',
  'YELLOW',
  'RED',
  'APPROVED',
  'DECLINED',
  'TIER_250',
  'TIER_2K',
  'X_NEW',
)

const account: fc.Arbitrary<AccountFacts> = fc.record({
  now: fc.constant(now),
  callback: fc.constant(callback),
  tokenKept: fc.boolean(),
  token: maybe(
    fc.record({
      valid: fc.boolean(),
      ownApp: fc.boolean(),
      lacking: fc.subarray(['whatsapp_business_management', 'whatsapp_business_messaging']),
      expiresAt: fc.option(fc.integer({ min: now - 90 * day, max: now + 90 * day })),
    }),
  ),
  account: maybe(fc.record({ paid: fc.boolean() })),
  subscribed: maybe(fc.record({ ours: fc.boolean(), others: fc.nat(3) })),
  app: maybe(
    fc.record({
      callback: fc.constantFrom(null, callback, 'https://elsewhere.example/hook'),
      active: fc.boolean(),
      lacking: fc.subarray(['messages', 'account_update']),
    }),
  ),
  templates: maybe(fc.record({ paused: fc.nat(5), disabled: fc.nat(5) })),
})

const number: fc.Arbitrary<NumberFacts> = fc.record({
  now: fc.constant(now),
  number: maybe(
    fc.record({
      status: fc.constantFrom('CONNECTED', 'PENDING', 'BANNED', 'FLAGGED', 'DISCONNECTED', ''),
      verified: fc.boolean(),
      shared: fc.boolean(),
      pinSet: maybe(fc.boolean()),
      nameStatus: word,
      quality: word,
      limit: word,
      sending: fc.constantFrom('AVAILABLE', 'LIMITED', 'BLOCKED', ''),
      codes: fc.array(fc.nat(200_000), { maxLength: 3 }),
      overrides: fc.subarray(['number', 'account'] as ('number' | 'account')[]),
    }),
  ),
  pinKept: fc.boolean(),
  connectedAt: fc.integer({ min: now - 30 * day, max: now }),
  synced: fc.boolean(),
})

describe('whatever Meta answers, the doctor', () => {
  it('finds something about each check once, and says it in a sentence', () => {
    fc.assert(
      fc.property(account, number, (ofAccount, ofNumber) => {
        const findings = [...decideAccount(ofAccount), ...decideNumber(ofNumber)]
        const found = findings.map(({ check }) => check)
        const shared = ofNumber.number?.shared === true
        expect([...found].sort()).toEqual(checks.filter((check) => shared || check !== 'history').sort())
        for (const finding of findings) {
          const said = sayFinding(finding)
          expect(said.sentence).toMatch(/^[A-Z0-9].*\.$/)
          expect(said.sentence).not.toMatch(/undefined|null|NaN|\[object/)
          expect(said.press === null).toBe(said.repair === null)
        }
      }),
    )
  })

  it('offers nothing to press where all is well or nobody can tell, and never claims health from silence', () => {
    fc.assert(
      fc.property(account, number, (ofAccount, ofNumber) => {
        for (const finding of [...decideAccount(ofAccount), ...decideNumber(ofNumber)])
          if (finding.state === 'ok' || finding.state === 'unknown')
            expect(sayFinding(finding).press).toBeNull()
        const silent = { ...ofAccount, tokenKept: true, token: undefined, account: undefined }
        const nothing = { subscribed: undefined, app: undefined, templates: undefined }
        for (const { state } of decideAccount({ ...silent, ...nothing })) expect(state).toBe('unknown')
        for (const { state } of decideNumber({ ...ofNumber, number: undefined }))
          expect(state).toBe('unknown')
      }),
    )
  })

  it('calls a connection dead only by what Meta says of the token, and alive only when everything answered', () => {
    fc.assert(
      fc.property(account, fc.array(number, { maxLength: 3 }), (ofAccount, numbers) => {
        const life = decideLife(ofAccount, numbers)
        const { token, tokenKept } = ofAccount
        const good = token?.valid === true && token.ownApp && token.lacking.length === 0
        if (life === 'dead') expect(!tokenKept || (token !== undefined && !good)).toBe(true)
        if (life === 'alive') {
          expect(good && tokenKept && ofAccount.account !== undefined).toBe(true)
          expect(numbers.every((one) => one.number !== undefined)).toBe(true)
        }
      }),
    )
  })
})
