// Puts updates together into the bodies of POSTs: by callback, at most 1,000 updates and 3 MB each.
// Called by the courier. Source: Meta’s documentation.

import type { Json, Update } from '../state.ts'
import { renderBody } from './render.ts'

const bodyLimitBytes = 3 * 1024 * 1024
const listKeys = ['messages', 'statuses', 'errors', 'user_actions', 'message_echoes'] as const

type Change = { value: Json; field: string }
type Entry = { id: string; time?: number; changes: Change[] }

function numberOf(value: Json): string | undefined {
  return (value.metadata as { phone_number_id?: string } | undefined)?.phone_number_id
}

function withContacts(into: Json, from: Json): void {
  const contacts = [...((into.contacts ?? []) as Json[])]
  for (const contact of (from.contacts ?? []) as Json[]) {
    const at = contacts.findIndex(
      (other) => other.user_id === contact.user_id && other.wa_id === contact.wa_id,
    )
    if (at < 0) contacts.push(contact)
    // A contact of a `sent` status has no profile; the one that says more stays.
    else if (contact.profile !== undefined) contacts[at] = contact
  }
  if (contacts.length > 0) into.contacts = contacts
}

/** Joins the update to the change before it when both tell of the same number. */
function joined(last: Change | undefined, update: Update): boolean {
  if (!last || last.field !== update.field || update.field !== 'messages') return false
  // What has no contacts (failed statuses, system messages) must not borrow its neighbour's.
  if (update.value.contacts === undefined || last.value.contacts === undefined) return false
  const number = numberOf(update.value)
  if (number === undefined || numberOf(last.value) !== number) return false
  for (const key of listKeys) {
    const items = update.value[key]
    if (Array.isArray(items))
      last.value[key] = [...((last.value[key] as unknown[] | undefined) ?? []), ...items]
  }
  withContacts(last.value, update.value)
  return true
}

export function bodyOf(updates: Update[], merge: boolean): string {
  const entries: Entry[] = []
  for (const update of updates) {
    const time = update.timed ? Math.floor(update.dueAt / 1000) : undefined
    let entry = entries.find((one) => one.id === update.entryId && one.time === time)
    if (!entry) {
      entry = { id: update.entryId, ...(time === undefined ? {} : { time }), changes: [] }
      entries.push(entry)
    }
    if (merge && joined(entry.changes.at(-1), update)) continue
    entry.changes.push({ value: merge ? { ...update.value } : update.value, field: update.field })
  }
  return renderBody({ object: 'whatsapp_business_account', entry: entries })
}

/** Cuts a run of updates so that no body breaks Meta's own bounds. */
export function cut(updates: Update[], most: number): Update[][] {
  const runs: Update[][] = []
  let run: Update[] = []
  let bytes = 0
  for (const update of updates) {
    const size = renderBody(update.value).length + 120
    if (run.length > 0 && (run.length >= most || bytes + size > bodyLimitBytes - 1024)) {
      runs.push(run)
      run = []
      bytes = 0
    }
    run.push(update)
    bytes += size
  }
  if (run.length > 0) runs.push(run)
  return runs
}
