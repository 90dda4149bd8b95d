// What stands between the messages of a thread: days, the unread line, notes of colleagues, and sends that are no message yet.
// Part of thread.tsx.

import { date, fullTime, time } from '../format.ts'
import { can, session } from '../session.ts'
import { Button } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { removeNote } from './acting.ts'
import { Mark } from './icons.tsx'
import { memo } from './memo.ts'
import { discard, retryAll, sendAgain } from './sending.ts'
import { compose, isNoteOf, nameOfColleague } from './state.ts'
import type { Sending } from './thread-store.ts'
import { Ticks } from './ticks.tsx'
import type { Note } from './types.ts'
import { Written } from './written.tsx'

const dayNames = new Intl.RelativeTimeFormat(navigator.languages, { numeric: 'auto' })
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** “Today” and “Yesterday” by name, the others by date. */
function nameOfDay(at: string): string {
  const ago = Math.round((midnight(Date.now()) - midnight(Date.parse(at))) / 86_400_000)
  if (ago !== 0 && ago !== 1) return date(at)
  const name = dayNames.format(-ago, 'day')
  return name.charAt(0).toLocaleUpperCase() + name.slice(1)
}

export const Day = ({ at }: { at: string }) => (
  <li class="day">
    <time dateTime={at.slice(0, 10)}>{nameOfDay(at)}</time>
  </li>
)

export const UnreadLine = () => (
  <li class="unread-line" id="unread-line">
    {words.inbox.unreadLine}
  </li>
)

export const NoteItem = memo(({ note, conversationId }: { note: Note; conversationId: string }) => (
  <li class="item note" id={note.id} tabIndex={-1}>
    <article class="bubble">
      <p class="what">
        <Mark name="note" size={16} /> {words.note.title}
      </p>
      <Written text={note.text} />
      <footer>
        <bdi>{words.note.by(nameOfColleague(note.author) ?? words.note.someone)}</bdi>
        <time dateTime={note.at} title={fullTime(note.at)}>
          {time(note.at)}
        </time>
      </footer>
    </article>
    {can('conversations:write') && isNoteOf(note, session.value?.member?.id) && (
      <Button
        kind="quiet"
        icon="trash"
        aria-label={words.note.remove}
        onClick={() => void removeNote(conversationId, note.id)}
      />
    )}
  </li>
))

/** Shown from the first moment; what became of it is said, and nothing is dropped in silence. */
export const SendingItem = memo(
  ({ sending, conversationId }: { sending: Sending; conversationId: string }) => {
    const { outgoing, state, text, key } = sending
    const kind = words.last[outgoing.type] ?? words.otherType(outgoing.type)
    return (
      <li class={`item out ${state}`}>
        <article class="bubble">
          {outgoing.type !== 'text' && <p class="what">{kind}</p>}
          {text && <Written text={text} />}
          <footer>
            <time dateTime={sending.at}>{time(sending.at)}</time>
            {state === 'sending' && <Ticks status="sending" />}
          </footer>
          {state === 'unanswered' && (
            <div class="trouble waiting" role="status">
              <p>{words.sending.unanswered}</p>
              <Button onClick={retryAll}>{words.sending.tryNow}</Button>
            </div>
          )}
          {state === 'refused' && <Refusal sending={sending} conversationId={conversationId} sendKey={key} />}
        </article>
      </li>
    )
  },
)

type RefusalProps = { sending: Sending; conversationId: string; sendKey: string }

function Refusal({ sending: { outgoing, refused }, conversationId, sendKey }: RefusalProps) {
  const edit = () => {
    discard(conversationId, sendKey)
    compose(conversationId, { mode: 'message', text: (outgoing.payload as { body: string }).body })
  }
  return (
    <div class="trouble failed">
      <p>
        <strong>{refused?.title ?? words.sending.refused}</strong>
      </p>
      {refused?.detail && <p>{refused.detail}</p>}
      {refused?.remedy && <p>{refused.remedy}</p>}
      {refused?.gate && <p class="small">{words.composer.refused(refused.gate)}</p>}
      <p class="actions">
        {outgoing.type === 'text' && <Button onClick={edit}>{words.composer.message}</Button>}
        <Button onClick={() => sendAgain(conversationId, sendKey, outgoing)}>{words.sending.again}</Button>
        <Button onClick={() => discard(conversationId, sendKey)}>{words.sending.discard}</Button>
      </p>
    </div>
  )
}
