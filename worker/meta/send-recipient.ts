// To whom a message goes, told apart by shape, because Meta does not: a BSUID in `to` is answered 200 and dropped.
// Pure. Called by send-message.ts. Source: business-scoped user ids, send messages (Meta).

export type Recipient =
  /** `digits` with country code, no plus; `given` as the caller spelt it. */
  | { kind: 'phone'; digits: string; given: string }
  | { kind: 'user'; bsuid: string }
  | { kind: 'group'; id: string }
  | {
      kind: 'malformed'
      parameter: 'to' | 'recipient'
      reason: 'missing' | 'bsuid_in_to' | 'not_a_phone' | 'not_a_bsuid'
    }

export const bsuidShape = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
const phoneShape = /^\+?[0-9]{6,15}$/

const given = (value: unknown): string =>
  typeof value === 'string'
    ? value.trim()
    : typeof value === 'number' && Number.isSafeInteger(value)
      ? String(value)
      : ''

/** With both, `to` wins, as at Meta. Spaces, dots, dashes and brackets in a phone number are dropped. */
export function parseRecipient(body: Record<string, unknown>): Recipient {
  const to = given(body.to)
  if (body.recipient_type === 'group') {
    return to === '' ? { kind: 'malformed', parameter: 'to', reason: 'missing' } : { kind: 'group', id: to }
  }
  if (to !== '') {
    if (bsuidShape.test(to)) return { kind: 'malformed', parameter: 'to', reason: 'bsuid_in_to' }
    const phone = to.replace(/[\s().-]/g, '')
    if (!phoneShape.test(phone)) return { kind: 'malformed', parameter: 'to', reason: 'not_a_phone' }
    return { kind: 'phone', digits: phone.replace('+', ''), given: String(body.to) }
  }
  const bsuid = given(body.recipient)
  if (bsuid === '') return { kind: 'malformed', parameter: 'to', reason: 'missing' }
  return bsuidShape.test(bsuid)
    ? { kind: 'user', bsuid }
    : { kind: 'malformed', parameter: 'recipient', reason: 'not_a_bsuid' }
}

/** Country, national prefix that one spelling has and the other lacks, and the rest of the number. */
const spellings: readonly [without: RegExp, withIt: RegExp, mark: string][] = [
  // Brazil: mobiles gained a ninth digit; landlines (2 to 5) never have it.
  [/^(55\d\d)([6-9]\d{7})$/, /^(55\d\d)9([6-9]\d{7})$/, '9'],
  [/^(52)(\d{10})$/, /^(52)1(\d{10})$/, '1'],
  [/^(54)(\d{10})$/, /^(54)9(\d{10})$/, '9'],
]

/** How else Meta may know the same phone in Brazil, Mexico and Argentina: its `wa_id` keeps the older form. */
export function otherSpellings(digits: string): string[] {
  return spellings.flatMap(([without, withIt, mark]) => {
    if (withIt.test(digits)) return [digits.replace(withIt, '$1$2')]
    return without.test(digits) ? [digits.replace(without, `$1${mark}$2`)] : []
  })
}
