import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64url, utf8 } from '../../../worker/crypto/bytes.ts'
import { hmac } from '../../../worker/crypto/hmac.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { verifySignedRequest } from '../../../worker/meta/signed-request.ts'

const secret = 'test_app_secret'
/** What the vectors of the protocol reference were issued at. */
const issuedAt = 1_763_769_600_000
const verify = (text: string, secrets = [secret], now = issuedAt) => verifySignedRequest(text, secrets, now)

const payloadB =
  'eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2Mzc2OTYwMCwidXNlcl9pZCI6IjkwMDAwMDAwMDAwMDAwMTIifQ'
const vectors = {
  A: '9YmeglRm-Eb4FlulrWyWWa-huyYBpe5emDzpAwcfzoY.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2Mzc2OTYwMCwidXNlcl9pZCI6IjkwMDAwMDAwMDAwMDAwMSJ9',
  B: `ypr9VBjs-74QPP4TUkNF8SOSCp5wQLn6vhlnAyZjNS8.${payloadB}`,
  C: 'wj7GmOhbNdCJHpb2-_k6yRpC7Mvz_UB543_pRzTzPTs.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2Mzc2OTYwMCwidXNlcl9pZCI6IjkwMDAwMDAwMDAwMDAwMTMiLCJuIjoiw78-P8O_fn5-In0',
  D: '7ZR2pnYeygz7XjoewVyif7G082mx1PxR9kLsCR1TLhY.eyJhbGdvcml0aG0iOiJub25lIiwiaXNzdWVkX2F0IjoxNzYzNzY5NjAwLCJ1c2VyX2lkIjoiOTAwMDAwMDAwMDAwMDAxIn0',
  E: `uxI_Fo4X0SFNDia0J9XM1jFTT84XgeyWRKo1U60pL7Y.${payloadB}`,
}

const signed = (payload: unknown, key = secret) => {
  const encoded = base64url(utf8(typeof payload === 'string' ? payload : JSON.stringify(payload)))
  return `${base64url(hmac(key, encoded))}.${encoded}`
}
const claim = { algorithm: 'HMAC-SHA256', issued_at: issuedAt / 1000, user_id: '900000000000001' }
const refusedFor = (reason: string) => ({ ok: false, reason })

describe('a signed_request', () => {
  it.each([
    ['A', '900000000000001'],
    ['B', '9000000000000012'],
    ['C', '9000000000000013'],
  ] as const)('of the reference (%s) names its user', (name, userId) => {
    expect(verify(vectors[name])).toEqual({ ok: true, value: { userId, issuedAt } })
  })

  it.each([
    ['D', 'algorithm'],
    ['E', 'mismatch'],
  ] as const)('of the reference (%s) is refused', (name, reason) => {
    expect(verify(vectors[name])).toEqual(refusedFor(reason))
  })

  it('is accepted under any of the app secrets, and never under a blank one', () => {
    expect(verify(vectors.A, ['another_secret', secret])).toMatchObject({ ok: true })
    expect(verify(vectors.A, ['another_secret'])).toEqual(refusedFor('mismatch'))
    expect(verify(vectors.A, [])).toEqual(refusedFor('mismatch'))
    expect(verify(signed(claim, ''), [''])).toEqual(refusedFor('mismatch'))
  })

  it('is bounded in age on both sides', () => {
    const at = (now: number) => verify(vectors.A, [secret], now)
    expect(at(issuedAt + limits.signedRequestAgeMs)).toMatchObject({ ok: true })
    expect(at(issuedAt + limits.signedRequestAgeMs + 1)).toEqual(refusedFor('expired'))
    expect(at(issuedAt - limits.clockSkewMs)).toMatchObject({ ok: true })
    expect(at(issuedAt - limits.clockSkewMs - 1)).toEqual(refusedFor('from_future'))
  })

  it.each([undefined, 0, issuedAt / 1000 + 3600, 1])('is accepted whatever expires says: %s', (expires) => {
    const soon = issuedAt + limits.signedRequestAgeMs - 1
    expect(verify(signed({ ...claim, expires }), [secret], soon)).toMatchObject({ ok: true })
  })

  it('takes the algorithm in any case, and a user id that Meta wrote as a number, however long', () => {
    expect(verify(signed({ ...claim, algorithm: 'hmac-sha256' }))).toMatchObject({ ok: true })
    const long = `{"algorithm":"HMAC-SHA256","issued_at":${issuedAt / 1000},"user_id":90000000000000012345}`
    expect(verify(signed(long))).toMatchObject({ ok: true, value: { userId: '90000000000000012345' } })
  })

  it.each([
    [{ ...claim, algorithm: undefined }, 'algorithm'],
    [{ ...claim, algorithm: 'HMAC-SHA1' }, 'algorithm'],
    [{ ...claim, user_id: undefined }, 'malformed'],
    [{ ...claim, user_id: '' }, 'malformed'],
    [{ ...claim, user_id: '12a' }, 'malformed'],
    [{ ...claim, user_id: '9'.repeat(33) }, 'malformed'],
    [{ ...claim, user_id: { id: '1' } }, 'malformed'],
    [{ ...claim, user_id: 1e30 }, 'malformed'],
    [{ ...claim, issued_at: undefined }, 'malformed'],
    [{ ...claim, issued_at: 'yesterday' }, 'malformed'],
    ['not json', 'algorithm'],
    ['[]', 'algorithm'],
    ['null', 'algorithm'],
  ])('that is signed and says %j is refused', (payload, reason) => {
    expect(verify(signed(payload))).toEqual(refusedFor(reason))
  })

  it('fails with any one character altered, wherever it stands', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '
    for (const whole of [vectors.A, vectors.B, vectors.C])
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.constantFrom(...alphabet), (place, other) => {
          fc.pre(whole[place] !== other)
          expect(verify(whole.slice(0, place) + other + whole.slice(place + 1)).ok).toBe(false)
        }),
        { numRuns: 1_000 },
      )
    // The last character of the signature carries two bits that no decoder reads.
    for (const other of alphabet) {
      const altered = `${vectors.A.slice(0, 42)}${other}${vectors.A.slice(43)}`
      expect(verify(altered).ok).toBe(altered === vectors.A)
    }
  })

  it('that is junk is refused and never throws', () => {
    const junk = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
      fc.json().map((json) => signed(json)),
      fc.string({ unit: 'binary' }).map((text) => signed(text)),
    )
    fc.assert(
      fc.property(junk, (text) => {
        expect(verify(text).ok).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})
