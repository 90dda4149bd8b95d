// What the doctor says of a finding: a sentence, what to press, and which repair that is. Pure. Called by the doors.

import type { CheckName, CheckState, Facts } from './doctor-decide.ts'

export const repairs = [
  'reconnect',
  'token',
  'subscription',
  'callback',
  'registration',
  'pin',
  'history',
] as const
/** `reconnect` is done in Meta's window or with a new token; everything else by POST /numbers/{id}/repairs. */
export type Repair = (typeof repairs)[number]
export type Said = { sentence: string; press: string | null; repair: Repair | null }
type Found = { check: CheckName; state: CheckState; facts: Facts }

const say = (sentence: string, press: string | null = null, repair: Repair | null = null): Said => ({
  sentence,
  press,
  repair,
})
const again = (sentence: string): Said => say(sentence, 'Connect again', 'reconnect')

export function sayFinding({ check, state, facts }: Found): Said {
  if (state === 'unknown') return unknown(check)
  return words[check](state, facts)
}

function unknown(check: CheckName): Said {
  if (check === 'scopes') return say('Nobody can tell what a token may do that Meta does not accept.')
  if (check === 'limit') return say('Meta does not say how many people this number may write to first.')
  return say('Meta gave no clear answer about this. The doctor asks again.')
}

const words: Record<CheckName, (state: CheckState, facts: Facts) => Said> = {
  token: sayToken,
  scopes: (state, { lacking }) =>
    state === 'ok'
      ? say('The token may do everything that is needed.')
      : again(`The token lacks the permission ${list(lacking)}.`),
  subscription: (state) =>
    state === 'ok'
      ? say('Meta sends the messages of this account to this gateway.')
      : say(
          'Meta sends the messages of this account nowhere, or elsewhere.',
          'Send messages here',
          'subscription',
        ),
  phantom: sayPhantom,
  callback: (state, { at }) =>
    state === 'ok'
      ? say('No other address takes the messages of this number.')
      : say(
          `Messages go to another address, which is set ${at === 'account' ? 'at the account' : 'at the number'}.`,
          'Remove the other address',
          'callback',
        ),
  registration: sayRegistration,
  pin: sayPin,
  history: (_, { why }) =>
    why === 'open'
      ? say(
          'Contacts and history of the WhatsApp Business app have not been asked for. Meta gives them once, within a day.',
          'Ask for them',
          'history',
        )
      : say(
          why === 'late'
            ? 'What was said in the app before stays there: Meta gives it only within a day of connecting.'
            : 'Contacts and history of the app were asked for.',
        ),
  display_name: (state, { nameStatus }) => sayName(state, String(nameStatus)),
  quality: (state, { quality }) => sayQuality(state, String(quality)),
  limit: (state, { limit }) => sayLimit(state, String(limit)),
  payment: (state) =>
    state === 'ok'
      ? say('A payment method is there.')
      : say(
          'There is no payment method: Meta sends no templates that cost something. Add one in WhatsApp Manager, under billing.',
        ),
  templates: (state, { paused, disabled }) =>
    state === 'ok'
      ? say('No template is paused or disabled.')
      : say(
          `${count(Number(paused) + Number(disabled), 'template is', 'templates are')} paused or disabled by Meta, because people blocked or reported them. The list of templates says which.`,
        ),
  sending: (state, { codes }) => saySending(state, String(codes ?? '')),
}

function sayToken(state: CheckState, { why, expiresAt }: Facts): Said {
  if (why === 'missing') return again('No token is kept for this account.')
  if (why === 'dead')
    return again('Meta does not accept the token any more: it ended or was revoked. Messages to people wait.')
  if (why === 'other_app') return again('The token belongs to another app than the one of this gateway.')
  if (typeof expiresAt !== 'number') return say('Meta accepts the token, and it does not end.')
  const day = new Date(expiresAt).toISOString().slice(0, 10)
  return state === 'ok'
    ? say(`Meta accepts the token until ${day}. It is renewed before.`)
    : say(`The token ends on ${day}, and Meta has not given a new one.`, 'Renew it', 'token')
}

function sayPhantom(state: CheckState, { why, lacking }: Facts): Said {
  if (state === 'ok') return say('The app’s webhooks come to this gateway.')
  if (why === 'other_app')
    return say(
      'Only another app is subscribed: its provider gets the messages.',
      'Send messages here',
      'subscription',
    )
  const operator = 'Tell the operator of this gateway.'
  if (why === 'fields') return say(`The app does not listen to ${list(lacking)}. ${operator}`)
  if (why === 'inactive') return say(`The app’s webhooks are switched off. ${operator}`)
  if (why === 'no_callback') return say(`The app has no address for webhooks. ${operator}`)
  return say(`It looks subscribed, but the app’s webhooks go to another address. ${operator}`)
}

function sayRegistration(state: CheckState, { status, shared, verified }: Facts): Said {
  if (state === 'ok')
    return say(
      shared === true ? 'It is registered, with the WhatsApp Business app beside.' : 'It is registered.',
    )
  if (status === 'BANNED') return say('Meta banned this number. Appeal in WhatsApp Manager.')
  if (state === 'warning')
    return say('Meta holds this number back, because people blocked or reported it. Send less, and better.')
  if (shared === true)
    return say(
      'The WhatsApp Business app lost its connection. Open the app on the phone, under linked devices.',
    )
  if (verified === false)
    return say(
      'The number is not verified yet. Verify it in WhatsApp Manager, then register it.',
      'Register',
      'registration',
    )
  return say('The number is not registered: it neither sends nor gets messages.', 'Register', 'registration')
}

function sayPin(state: CheckState, { shared, set }: Facts): Said {
  if (state === 'ok')
    return say(
      shared === true
        ? 'The PIN is a matter of the WhatsApp Business app.'
        : 'A two-step PIN is set, and kept sealed here.',
    )
  return set === true
    ? say(
        'A two-step PIN is set that this gateway does not know; without it the number cannot be registered again.',
        'Set a new PIN',
        'pin',
      )
    : say('There is no two-step PIN: whoever takes the number over can register it.', 'Set a PIN', 'pin')
}

function sayName(state: CheckState, status: string): Said {
  if (state === 'ok') return say('Meta approved the display name.')
  return state === 'warning'
    ? say('Meta is looking at the display name. Until it is approved, fewer messages may be sent.')
    : say(
        status === 'DECLINED'
          ? 'Meta declined the display name. Choose another in WhatsApp Manager.'
          : 'The display name is not valid any more. Set it in WhatsApp Manager.',
      )
}

function sayQuality(state: CheckState, quality: string): Said {
  if (state === 'warning')
    return say('The quality is medium: some people blocked or reported this number lately.')
  if (state === 'broken')
    return say('The quality is low. Meta may hold the number back: write only to people who want it.')
  return say(quality === 'GREEN' ? 'The quality is high.' : 'Meta has not rated it yet.')
}

function sayLimit(state: CheckState, limit: string): Said {
  const people = /^TIER_(\d+)(K?)$/.exec(limit)
  const many = people ? `${people[1]}${people[2] === 'K' ? ',000' : ''} people` : 'everybody'
  const sentence = `It may write first to ${many} in 24 hours.`
  return state === 'ok' ? say(sentence) : say(`${sentence} Meta allows more once the business is verified.`)
}

function saySending(state: CheckState, codes: string): Said {
  if (state === 'ok') return say('Meta says that it can send.')
  const named =
    codes === '' ? '' : ` Meta names ${codes.includes(' ') ? 'the errors' : 'the error'} ${list(codes)}.`
  return say(
    state === 'warning'
      ? `Meta says that it can send only in part.${named}`
      : `Meta says that it cannot send.${named}`,
  )
}

const list = (words: unknown): string =>
  String(words ?? '')
    .split(' ')
    .join(' and ')
const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`
