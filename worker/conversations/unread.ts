// What counts as not read yet, and what opens a closed conversation again: something the person sent that was not here when
// the team last looked. Told by when it was heard, because Meta may deliver late what was said before. SQL over
// `conversations` joined with `conversation_states`. Called by list-conversations.ts, beside.ts and state.ts.

import { type SQL, sql } from 'drizzle-orm'
import { limits } from '../ground/limits.ts'

/** The sort key from which on a message may have come late: a day before `at`. */
const lateFrom = (at: SQL): SQL =>
  sql`printf('%010d', (${at} - ${sql.raw(String(limits.lateMessageMs))}) / 1000)`

/** What was taken over from the phone when the number was connected is nobody's to answer. */
const heard = (accountId: string): SQL =>
  sql`unheard.account_id = ${accountId} AND unheard.conversation_id = conversations.id
    AND unheard.direction = 'in' AND unheard.origin <> 'history'`

/** A subquery: one row for each unread message, at most `most`. */
export const unread = (accountId: string, most: number): SQL =>
  sql`(SELECT 1 FROM messages unheard WHERE ${heard(accountId)}
    AND unheard.sort_key > coalesce(min(conversation_states.read_key, ${lateFrom(sql`conversation_states.read_heard_at`)}), '')
    AND (unheard.sort_key > coalesce(conversation_states.read_key, '')
      OR unheard.received_at > conversation_states.read_heard_at)
    LIMIT ${sql.raw(String(most))})`

/** A condition: something came since the conversation was closed. */
export const reopened = (accountId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM messages unheard WHERE ${heard(accountId)}
    AND unheard.sort_key > ${lateFrom(sql`conversation_states.closed_heard_at`)}
    AND unheard.received_at > conversation_states.closed_heard_at)`
