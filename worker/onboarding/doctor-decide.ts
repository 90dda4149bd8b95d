// The doctor's judgement: facts of Meta and of ours become findings. Pure. Called by doctor.ts. Each finding keeps the few
// facts that its sentence is made of (doctor-words.ts), nothing about people.
// Source: phone number and WhatsApp Business Account fields, subscribed_apps, webhook overrides (Meta).

import { limits } from '../ground/limits.ts'

export const checks = [
  'token',
  'scopes',
  'subscription',
  'phantom',
  'callback',
  'registration',
  'pin',
  'history',
  'display_name',
  'quality',
  'limit',
  'payment',
  'templates',
  'sending',
] as const
export type CheckName = (typeof checks)[number]
export type CheckState = 'ok' | 'warning' | 'broken' | 'unknown'
export type Facts = Readonly<Record<string, string | number | boolean | null>>
export type Finding = { about: 'account' | 'number'; check: CheckName; state: CheckState; facts: Facts }

/** Undefined: Meta gave no clear answer, or refused this one question. */
export type Heard<T> = T | undefined

export type TokenHeard = {
  valid: boolean
  ownApp: boolean
  lacking: string[]
  expiresAt: number | null
}
export type AccountHeard = { paid: boolean }
export type SubscribedHeard = { ours: boolean; others: number }
export type AppHeard = { callback: string | null; active: boolean; lacking: string[] }
export type NumberHeard = {
  status: string
  verified: boolean
  shared: boolean
  pinSet: boolean | undefined
  nameStatus: string
  quality: string
  limit: string
  sending: string
  codes: number[]
  /** Callbacks of the number and of its account that are not ours. */
  overrides: ('number' | 'account')[]
}

export type AccountFacts = {
  now: number
  /** The callback that the app must have. */
  callback: string
  tokenKept: boolean
  token: Heard<TokenHeard>
  account: Heard<AccountHeard>
  subscribed: Heard<SubscribedHeard>
  app: Heard<AppHeard>
  templates: Heard<{ paused: number; disabled: number }>
}
export type NumberFacts = {
  now: number
  number: Heard<NumberHeard>
  pinKept: boolean
  connectedAt: number
  synced: boolean
}

type Judged = [CheckState, Facts?]

const finding = (about: Finding['about'], check: CheckName, [state, facts = {}]: Judged): Finding => ({
  about,
  check,
  state,
  facts,
})

/** Every check of the account, once and always in this order. */
export function decideAccount(facts: AccountFacts): Finding[] {
  const judged: [CheckName, Judged][] = [
    ['token', judgeToken(facts)],
    ['scopes', judgeScopes(facts)],
    ['subscription', judgeSubscription(facts)],
    ['phantom', judgePhantom(facts)],
    ['payment', facts.account ? (facts.account.paid ? ['ok'] : ['warning']) : ['unknown']],
    ['templates', judgeTemplates(facts)],
  ]
  return judged.map(([check, one]) => finding('account', check, one))
}

/** Every check of the number, once and always in this order; `history` only where there is one. */
export function decideNumber(facts: NumberFacts): Finding[] {
  const { number } = facts
  const judged: [CheckName, Judged][] = [
    ['callback', number ? judgeOverrides(number) : ['unknown']],
    ['registration', number ? judgeRegistration(number) : ['unknown']],
    ['pin', number ? judgePin(number, facts.pinKept) : ['unknown']],
    ['display_name', number ? judgeName(number.nameStatus) : ['unknown']],
    ['quality', number ? judgeQuality(number.quality) : ['unknown']],
    ['limit', number ? judgeLimit(number.limit) : ['unknown']],
    ['sending', number ? judgeSending(number) : ['unknown']],
  ]
  if (number?.shared) judged.splice(3, 0, ['history', judgeHistory(facts)])
  return judged.map(([check, one]) => finding('number', check, one))
}

function judgeToken({ now, tokenKept, token }: AccountFacts): Judged {
  if (!tokenKept) return ['broken', { why: 'missing' }]
  if (!token) return ['unknown']
  if (!token.valid) return ['broken', { why: 'dead' }]
  if (!token.ownApp) return ['broken', { why: 'other_app' }]
  const { expiresAt } = token
  return [expiresAt !== null && expiresAt <= now + limits.tokenRenewMs ? 'warning' : 'ok', { expiresAt }]
}

function judgeScopes({ token }: AccountFacts): Judged {
  // Of a token that is dead Meta does not say what it could do.
  if (!token?.valid) return ['unknown']
  return token.lacking.length > 0 ? ['broken', { lacking: token.lacking.join(' ') }] : ['ok']
}

function judgeSubscription({ subscribed }: AccountFacts): Judged {
  if (!subscribed) return ['unknown']
  return subscribed.ours ? ['ok'] : ['broken']
}

/** It looks subscribed, and the messages go elsewhere. */
function judgePhantom({ subscribed, app, callback }: AccountFacts): Judged {
  if (subscribed && !subscribed.ours && subscribed.others > 0) return ['broken', { why: 'other_app' }]
  if (!app) return ['unknown']
  if (app.callback === null) return ['broken', { why: 'no_callback' }]
  if (app.callback !== callback) return ['broken', { why: 'other_callback' }]
  if (!app.active) return ['broken', { why: 'inactive' }]
  return app.lacking.length > 0 ? ['broken', { why: 'fields', lacking: app.lacking.join(' ') }] : ['ok']
}

function judgeTemplates({ templates }: AccountFacts): Judged {
  if (!templates) return ['unknown']
  return [templates.paused + templates.disabled > 0 ? 'warning' : 'ok', templates]
}

const judgeOverrides = ({ overrides }: NumberHeard): Judged =>
  overrides.length > 0 ? ['broken', { at: overrides.join(' ') }] : ['ok']

function judgeRegistration({ status, shared, verified }: NumberHeard): Judged {
  const facts = { status, shared, verified }
  if (status === 'CONNECTED') return ['ok', facts]
  if (['FLAGGED', 'RESTRICTED', 'RATE_LIMITED'].includes(status)) return ['warning', facts]
  return ['broken', facts]
}

function judgePin({ shared, pinSet }: NumberHeard, pinKept: boolean): Judged {
  if (shared || pinKept) return ['ok', { shared }]
  return pinSet === undefined ? ['unknown'] : ['warning', { set: pinSet }]
}

function judgeHistory({ now, connectedAt, synced }: NumberFacts): Judged {
  if (synced) return ['ok', { why: 'asked' }]
  return now > connectedAt + limits.historySyncMs ? ['ok', { why: 'late' }] : ['warning', { why: 'open' }]
}

function judgeName(nameStatus: string): Judged {
  const facts = { nameStatus }
  if (['APPROVED', 'AVAILABLE_WITHOUT_REVIEW'].includes(nameStatus)) return ['ok', facts]
  if (['DECLINED', 'EXPIRED', 'NON_EXISTS'].includes(nameStatus)) return ['broken', facts]
  return [nameStatus === '' ? 'unknown' : 'warning', facts]
}

function judgeQuality(quality: string): Judged {
  const state = ({ GREEN: 'ok', YELLOW: 'warning', RED: 'broken', UNKNOWN: 'ok', NA: 'ok' } as const)[quality]
  return [state ?? 'unknown', { quality }]
}

function judgeLimit(limit: string): Judged {
  if (limit === '') return ['unknown']
  return [['TIER_50', 'TIER_250'].includes(limit) ? 'warning' : 'ok', { limit }]
}

function judgeSending({ sending, codes }: NumberHeard): Judged {
  const state = ({ AVAILABLE: 'ok', LIMITED: 'warning', BLOCKED: 'broken' } as const)[sending]
  return [state ?? 'unknown', { codes: codes.join(' ') }]
}

/** The connection is dead, or lives, or nobody can tell. */
export function decideLife(
  facts: AccountFacts,
  numbers: readonly NumberFacts[],
): 'dead' | 'alive' | 'unknown' {
  const { tokenKept, token, account } = facts
  if (!tokenKept || (token && (!token.valid || !token.ownApp || token.lacking.length > 0))) return 'dead'
  const connected = numbers.every(({ number }) => number !== undefined && number.status !== 'DISCONNECTED')
  return token && account && connected ? 'alive' : 'unknown'
}
