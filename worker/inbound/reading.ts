// What an event means to us, before anything is looked up about people. Pure. Called by receive.ts and plan.ts.

import type { SubjectQuery } from '../custody/keeper.ts'
import { limits } from '../ground/limits.ts'
import { type HoldChange, holdOf } from '../meta/account-update.ts'
import type { MetaContact, MetaEvent } from '../meta/event.ts'
import { instant, text } from '../meta/json.ts'
import {
  type ParsedMessage,
  type ParsedPreference,
  type ParsedStatus,
  parseMessage,
  parsePreference,
  parseStatus,
} from '../meta/message.ts'
import { type TemplateChange, templateChangeOf } from '../meta/template-update.ts'

/** What becomes of an event; every one gets exactly one of these, and every one is counted. */
export const outcomes = [
  'handled',
  'duplicate',
  'ignored',
  'erased',
  'unknown',
  'malformed',
  'retry',
  'dead',
] as const
export type Outcome = (typeof outcomes)[number]

/** An event on its way, as the journal or a letter gives it. */
export type Arrival = {
  event: MetaEvent
  receivedAt: number
  /** Which of its body's events it was; decides the order of what shares a second. */
  position: number
  /** Set when it comes back from raw_events for another try. */
  letter?: { id: string; attempts: number; outcome: 'retry' | 'dead' }
}

export type Owner = { accountId: string; numberId: string; phoneNumberId: string }

/** Which numbers and WABAs are connected, and to whom. */
export type Directory = {
  number(phoneNumberId: string): Owner | undefined
  account(wabaId: string): string | undefined
}

export type Reading =
  | { as: 'message'; owner: Owner; at: number; message: ParsedMessage }
  | { as: 'status'; owner: Owner; at: number; status: ParsedStatus; contact: MetaContact | undefined }
  | { as: 'preference'; owner: Owner; at: number; preference: ParsedPreference; contact: MetaContact }
  | { as: 'call'; owner: Owner; at: number; contact: MetaContact }
  | { as: 'hold'; accountId: string; at: number; hold: HoldChange }
  | { as: 'template'; accountId: string; at: number; template: TemplateChange }
  | { as: 'raw'; accountId: string | undefined; outcome: 'ignored' | 'unknown' | 'malformed'; reason: string }

export function readEvent({ event, receivedAt }: Arrival, directory: Directory, appId: string): Reading {
  const owner = event.phoneNumberId === undefined ? undefined : directory.number(event.phoneNumberId)
  const accountId = owner?.accountId ?? directory.account(event.entryId)
  const raw = (outcome: 'ignored' | 'unknown' | 'malformed', reason: string): Reading => ({
    as: 'raw',
    accountId,
    outcome,
    reason,
  })
  switch (event.kind) {
    case 'malformed':
    case 'unknown':
      return raw(event.kind, event.reason ?? 'unspecified')
    case 'account': {
      const template = accountId === undefined ? undefined : templateChangeOf(event)
      if (accountId !== undefined && template)
        return { as: 'template', accountId, at: happenedAt(event.at, receivedAt), template }
      const hold = holdOf(event, appId)
      const held = hold && (directory.account(hold.wabaId) ?? accountId)
      return hold && held
        ? { as: 'hold', accountId: held, at: happenedAt(event.at, receivedAt), hold }
        : raw('ignored', 'account')
    }
    case 'empty':
    case 'error':
    case 'user_action':
    case 'contact_sync':
      return raw('ignored', event.kind)
    default:
      return owner ? readPerson(event, owner, receivedAt, raw) : raw('unknown', 'number')
  }
}

/** Nothing happens tomorrow: an instant far ahead of our clock would hold the window and the list for years. */
const happenedAt = (at: number | undefined, receivedAt: number): number =>
  at === undefined || at > receivedAt + limits.clockSkewMs ? receivedAt : at

type Raw = (outcome: 'ignored' | 'unknown' | 'malformed', reason: string) => Reading

function readPerson(event: MetaEvent, owner: Owner, receivedAt: number, raw: Raw): Reading {
  switch (event.kind) {
    case 'status': {
      const status = parseStatus(event.item)
      if (!status)
        return text(event.item.status) === undefined ? raw('malformed', 'status') : raw('unknown', 'status')
      const contact = status.group ? undefined : event.contact
      return { as: 'status', owner, at: happenedAt(status.at, receivedAt), status, contact }
    }
    case 'preference': {
      const preference = parsePreference(event.item)
      if (!preference || !event.contact) return raw('malformed', 'preference')
      return {
        as: 'preference',
        owner,
        at: happenedAt(preference.at, receivedAt),
        preference,
        contact: event.contact,
      }
    }
    case 'call': {
      const ofUser = event.item.direction === 'USER_INITIATED' && event.item.event === 'connect'
      if (!ofUser || !event.contact) return raw('ignored', 'call')
      return {
        as: 'call',
        owner,
        at: happenedAt(instant(event.item.timestamp), receivedAt),
        contact: event.contact,
      }
    }
    default: {
      const message = parseMessage(event)
      if (!message) return raw('malformed', 'message')
      return message.group
        ? raw('ignored', 'group')
        : { as: 'message', owner, at: happenedAt(message.at, receivedAt), message }
    }
  }
}

/** Who this is about, as a question to the Keeper; undefined when it is about nobody. */
export function subjectOf(reading: Reading): SubjectQuery | undefined {
  if (reading.as === 'hold' || reading.as === 'template' || reading.as === 'raw') return undefined
  const contact = reading.as === 'message' ? reading.message.contact : reading.contact
  if (!contact || (contact.phone === undefined && contact.bsuid === undefined)) return undefined
  const before = reading.as === 'message' ? reading.message.before : undefined
  const { phone, bsuid } = contact
  const query = { phone, bsuid, at: reading.at, create: true, afresh: reading.as !== 'status' }
  return before ? { ...query, before: { phone: before.phone, bsuid: before.bsuid } } : query
}

export const accountOf = (reading: Reading): string | undefined =>
  'owner' in reading ? reading.owner.accountId : reading.accountId

/** Where this event is counted: its number, else its WABA, else nowhere in particular. At most 64 characters. */
export function counterKey(event: MetaEvent): string {
  return plainId(event.phoneNumberId) ?? (plainId(event.entryId) ? `waba:${event.entryId}` : 'none')
}

/** Ids of Meta are digits; a counter is not the place for anything else. */
const plainId = (id: string | undefined): string | undefined => (/^\d{1,32}$/.test(id ?? '') ? id : undefined)
