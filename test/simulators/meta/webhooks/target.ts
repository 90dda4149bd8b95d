// Which callback an update goes to. Called by the courier.
// Source: Meta’s documentation: number override, then account override, then the app; account and
// template fields never follow an override.

import type { Update } from '../state.ts'
import type { World } from '../world.ts'

const followsOverride = new Set([
  'messages',
  'message_echoes',
  'calls',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'history',
  'smb_app_state_sync',
  'smb_message_echoes',
])

export function callbackFor(world: World, update: Update): string | null {
  const { state } = world
  if (followsOverride.has(update.field)) {
    const number = update.numberId === null ? undefined : state.numbers.get(update.numberId)
    const waba = update.wabaId === null ? undefined : state.wabas.get(update.wabaId)
    const override = number?.override ?? waba?.override
    if (override) return override.url
  }
  return state.app.callbackUrl
}
