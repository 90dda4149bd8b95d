// What an account event means for sending. Pure. Source: account_update reference (Meta’s documentation).

import type { MetaEvent } from './event.ts'
import { fields, items, text } from './json.ts'

export type HoldChange = {
  wabaId: string
  kind: 'banned' | 'disconnected' | 'reconnect'
  /** Meta's own word for it. */
  reason: string
  /** False lifts the hold. */
  stands: boolean
}

/** The hold that this event places on its WABA or lifts from it; undefined for everything that stops nothing. */
export function holdOf(event: MetaEvent, appId: string): HoldChange | undefined {
  const item = event.item
  const name = text(item.event)
  const info = fields(item.waba_info)
  // Partner events carry a portfolio id in the entry; the WABA is inside.
  const wabaId = text(info.waba_id) ?? event.entryId
  const change = (kind: HoldChange['kind'], stands: boolean, reason = name ?? ''): HoldChange => ({
    wabaId,
    kind,
    reason,
    stands,
  })
  switch (name) {
    case 'DISABLED_UPDATE': {
      const state = fields(item.ban_info).waba_ban_state
      const states = Array.isArray(state) ? items(state) : [state]
      if (states.includes('REINSTATE')) return change('banned', false)
      return states.includes('DISABLE') ? change('banned', true) : undefined
    }
    case 'ACCOUNT_DELETED':
      return change('disconnected', true)
    case 'PARTNER_APP_UNINSTALLED':
      return text(info.partner_app_id) === appId ? change('disconnected', true) : undefined
    case 'PARTNER_APP_INSTALLED':
      return text(info.partner_app_id) === appId ? change('disconnected', false) : undefined
    case 'PARTNER_REMOVED': {
      const reason = text(fields(item.disconnection_info).reason)
      return reason ? change('reconnect', true, reason) : change('disconnected', true)
    }
    case 'PARTNER_ADDED':
      return change('disconnected', false)
    case 'ACCOUNT_RECONNECTED':
      return change('reconnect', false)
    default:
      return undefined
  }
}
