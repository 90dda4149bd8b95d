// One thing that Meta told us. Every message, status, error … of a webhook body becomes exactly one of these.

import type { Loose } from './json.ts'

export type EventKind =
  | 'message'
  | 'echo'
  | 'history'
  | 'status'
  | 'preference'
  | 'user_action'
  | 'error'
  | 'call'
  | 'contact_sync'
  | 'account'
  | 'empty'
  | 'unknown'
  | 'malformed'

export type MetaContact = {
  name?: string | undefined
  username?: string | undefined
  phone?: string | undefined
  bsuid?: string | undefined
}

/** Plain data: it is sealed as JSON when it has to wait. */
export type MetaEvent = {
  kind: EventKind
  /** WABA id, or a portfolio id for partner events; empty when Meta gave none. */
  entryId: string
  field: string
  /** When Meta says it happened, where the entry says so (account fields do; messages carry their own). */
  at?: number | undefined
  /** Why it is unknown or malformed. */
  reason?: string | undefined
  phoneNumberId?: string | undefined
  displayPhoneNumber?: string | undefined
  /** The other person, as far as the payload shows them. */
  contact?: MetaContact | undefined
  item: Loose
}
