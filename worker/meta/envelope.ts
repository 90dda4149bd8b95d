// A webhook body, taken apart: entry × change × item → MetaEvent. Pure and total: whatever is in there comes out as
// something that can be counted, and nothing throws. Source: webhooks overview and reference (Meta’s documentation).

import { limits } from '../ground/limits.ts'
import type { MetaContact, MetaEvent } from './event.ts'
import { fields, instant, items, type Loose, nestsDeeper, parseJson, text } from './json.ts'

type Frame = Pick<MetaEvent, 'entryId' | 'field' | 'at' | 'phoneNumberId' | 'displayPhoneNumber'>

/** All events of a body. Never empty: a body without anything in it is one event of kind `empty` or `malformed`. */
export function splitBody(body: string): MetaEvent[] {
  const deep = nestsDeeper(body, limits.jsonDepth)
  const parsed = deep ? undefined : parseJson(body)
  const lost = { entryId: '', field: '', item: { body } }
  if (!parsed) return [{ ...lost, kind: 'malformed', reason: deep ? 'too_deep' : 'not_json' }]
  const root = fields(parsed.value)
  if (root.object !== 'whatsapp_business_account') return [{ ...lost, kind: 'unknown', reason: 'object' }]
  if (!Array.isArray(root.entry)) return [{ ...lost, kind: 'malformed', reason: 'no_entries' }]
  const events = root.entry.flatMap(splitEntry)
  return events.length > 0 ? events : [{ entryId: '', field: '', kind: 'empty', item: {} }]
}

function splitEntry(entry: unknown): MetaEvent[] {
  const part = fields(entry)
  const entryId = text(part.id) ?? ''
  const frame = { entryId, field: text(part.field) ?? '' }
  if (!Array.isArray(part.changes)) {
    return [{ ...frame, kind: 'malformed', reason: 'no_changes', item: { entry } }]
  }
  if (part.changes.length === 0) return [{ ...frame, kind: 'empty', item: {} }]
  return part.changes.flatMap((change) => splitChange(entryId, instant(part.time), fields(change)))
}

function splitChange(entryId: string, at: number | undefined, change: Loose): MetaEvent[] {
  const value = fields(change.value)
  const metadata = fields(value.metadata)
  const field = text(change.field) ?? text(value.field) ?? ''
  const frame: Frame = {
    entryId,
    field,
    at,
    phoneNumberId: text(metadata.phone_number_id),
    displayPhoneNumber: text(metadata.display_phone_number),
  }
  const split = splitters.get(field) ?? splitUnknown
  const events = split(frame, value)
  return events.length > 0 ? events : [{ ...frame, kind: 'unknown', reason: 'no_items', item: value }]
}

type Splitter = (frame: Frame, value: Loose) => MetaEvent[]

function each(
  frame: Frame,
  kind: MetaEvent['kind'],
  list: unknown,
  contacts: readonly MetaContact[] = [],
): MetaEvent[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return [{ ...frame, kind: 'malformed', reason: 'not_a_list', item: { list } }]
  return list.map((item) => {
    const part = fields(item)
    if (part !== item)
      return { ...frame, kind: 'malformed' as const, reason: 'not_an_object', item: { item } }
    return { ...frame, kind, item: part, contact: otherParty(kind, part, contacts) }
  })
}

const known = [
  'messaging_product',
  'metadata',
  'contacts',
  'messages',
  'statuses',
  'errors',
  'user_actions',
  'field',
]

/** Keys we have never heard of beside the lists we know: kept as one event of their own. */
function leftover(frame: Frame, value: Loose): MetaEvent[] {
  const keys = Object.keys(value).filter((key) => !known.includes(key))
  if (keys.length === 0) return []
  const item = Object.fromEntries(keys.map((key) => [key, value[key]]))
  return [{ ...frame, kind: 'unknown', reason: 'value_keys', item }]
}

const splitMessages: Splitter = (frame, value) => {
  const contacts = items(value.contacts).map(parseContact)
  return [
    ...each(frame, 'message', value.messages, contacts),
    ...each(frame, 'status', value.statuses, contacts),
    ...each(frame, 'error', value.errors),
    ...each(frame, 'user_action', value.user_actions),
    ...leftover(frame, value),
  ]
}

const splitEchoes: Splitter = (frame, value) =>
  each(frame, 'echo', value.message_echoes, items(value.contacts).map(parseContact))

const splitPreferences: Splitter = (frame, value) =>
  each(frame, 'preference', value.user_preferences, items(value.contacts).map(parseContact))

/** Chunks of threads of messages; media of history comes as plain messages in the same field. */
const splitHistory: Splitter = (frame, value) => {
  const contacts = items(value.contacts).map(parseContact)
  const chunks = items(value.history).flatMap((chunk) => {
    const part = fields(chunk)
    const messages = items(part.threads).flatMap((thread) => splitThread(frame, fields(thread)))
    const errors = each(frame, 'error', part.errors)
    return messages.length + errors.length > 0
      ? [...messages, ...errors]
      : [{ ...frame, kind: 'empty' as const, item: {} }]
  })
  return [
    ...chunks,
    ...each(frame, 'history', value.messages, contacts),
    ...each(frame, 'history', value.message_echoes, contacts),
  ]
}

function splitThread(frame: Frame, thread: Loose): MetaEvent[] {
  const context = fields(thread.context)
  const contact = { phone: text(context.wa_id) ?? text(thread.id), bsuid: text(context.user_id) }
  return each(frame, 'history', thread.messages).map((event) => ({ ...event, contact }))
}

const splitCalls: Splitter = (frame, value) => {
  const contacts = items(value.contacts).map(parseContact)
  return [...each(frame, 'call', value.calls, contacts), ...each(frame, 'call', value.statuses)]
}

const splitSync: Splitter = (frame, value) => each(frame, 'contact_sync', value.state_sync)

const splitAccount: Splitter = (frame, value) => [{ ...frame, kind: 'account', item: value }]

/** Detected by what it holds, because Meta's own samples mislabel some fields. */
const splitUnknown: Splitter = (frame, value) => {
  if (Array.isArray(value.messages) || Array.isArray(value.statuses)) return splitMessages(frame, value)
  if (text(value.event) !== undefined) return splitAccount(frame, value)
  return [{ ...frame, kind: 'unknown', reason: 'field', item: value }]
}

const accountFields = [
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'automatic_events',
  'business_capability_update',
  'business_status_update',
  'business_username_updates',
  'business_username_update',
  'flows',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'messaging_handovers',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'standby',
  'template_category_update',
  'template_correct_category_detection',
  'tracking_events',
  'user_id_update',
]

const splitters = new Map<string, Splitter>([
  ...accountFields.map((field): [string, Splitter] => [field, splitAccount]),
  ['messages', splitMessages],
  ['smb_message_echoes', splitEchoes],
  ['message_echoes', splitEchoes],
  ['user_preferences', splitPreferences],
  ['history', splitHistory],
  ['calls', splitCalls],
  ['smb_app_state_sync', splitSync],
])

function parseContact(contact: unknown): MetaContact {
  const part = fields(contact)
  const profile = fields(part.profile)
  return {
    name: text(profile.name),
    username: text(profile.username)?.replace(/^@/, ''),
    phone: text(part.wa_id),
    bsuid: text(part.user_id),
  }
}

/** The person on the other side, paired with the contacts block by id and never by position. */
function otherParty(
  kind: MetaEvent['kind'],
  item: Loose,
  contacts: readonly MetaContact[],
): MetaContact | undefined {
  const outward = kind === 'echo' || (kind === 'history' && text(item.to) !== undefined)
  const ids =
    kind === 'status'
      ? { phone: text(item.recipient_id), bsuid: text(item.recipient_user_id) }
      : kind === 'preference'
        ? { phone: text(item.wa_id), bsuid: text(item.user_id) }
        : outward
          ? { phone: text(item.to), bsuid: text(item.to_user_id) }
          : { phone: text(item.from), bsuid: text(item.from_user_id) }
  const alone = contacts.length === 1 && ids.phone === undefined && ids.bsuid === undefined
  const paired = alone
    ? contacts[0]
    : contacts.find(
        (contact) =>
          (ids.bsuid !== undefined && contact.bsuid === ids.bsuid) ||
          (ids.phone !== undefined && contact.phone === ids.phone),
      )
  const phone = ids.phone ?? paired?.phone
  const bsuid = ids.bsuid ?? paired?.bsuid
  if (phone === undefined && bsuid === undefined) return undefined
  return { name: paired?.name, username: paired?.username, phone, bsuid }
}
