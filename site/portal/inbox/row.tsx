// One conversation in a list: who, the last word, when, and what the team did with it. Part of list.tsx and results.tsx.

import { fullTime, shortTime } from '../format.ts'
import { Avatar } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { open } from './acting.ts'
import { Mark } from './icons.tsx'
import { plainOf } from './markup.ts'
import { memo } from './memo.ts'
import { labels, nameOfColleague } from './state.ts'
import { Ticks } from './ticks.tsx'
import type { Conversation, LastWord, Person } from './types.ts'

export const nameOf = ({ name, username, phone }: Person): string => {
  const shown = name ?? (username === null ? null : `@${username}`) ?? phone
  return shown ?? words.inbox.unnamed
}

/** One line, whatever it was. */
export function lastText({ type, text, revoked }: Pick<LastWord, 'type' | 'text' | 'revoked'>): string {
  if (revoked) return words.revokedLast
  const kind = words.last[type]
  if (type === 'text' || type === 'button' || type === 'interactive' || type === 'system')
    return text === null ? (kind ?? words.otherType(type)) : plainOf(text)
  const what = kind ?? words.otherType(type)
  return text === null ? what : `${what}: ${plainOf(text)}`
}

type Props = {
  conversation: Conversation
  top: number
  position: number
  count: number
  isOpen: boolean
  isCursor: boolean
}

export const ConversationRow = memo(({ conversation, top, position, count, isOpen, isCursor }: Props) => {
  const { id, contact, last, unread, closedAt } = conversation
  const looks = [
    'row',
    isOpen && 'open',
    isCursor && 'cursor',
    unread > 0 && 'unread',
    closedAt !== null && 'closed',
  ]
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the listbox around it.
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox around it has the focus.
    <div
      id={`row-${id}`}
      class={looks.filter(Boolean).join(' ')}
      role="option"
      aria-selected={isOpen}
      aria-setsize={count}
      aria-posinset={position}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => open(id)}
    >
      <Avatar name={contact.name ?? contact.username} id={contact.id} />
      <span class="person">
        <bdi>{nameOf(contact)}</bdi>
      </span>
      <time dateTime={conversation.lastMessageAt} title={fullTime(conversation.lastMessageAt)}>
        {shortTime(conversation.lastMessageAt)}
      </time>
      <LastLine conversation={conversation} last={last} />
      <Marks conversation={conversation} />
    </div>
  )
})

function LastLine({ conversation, last }: { conversation: Conversation; last: LastWord | null }) {
  if (conversation.hasDraft)
    return (
      <span class="last">
        <span class="draft">{words.row.draft}</span>
      </span>
    )
  if (!last) return <span class="last">{words.row.nothing}</span>
  return (
    <span class="last">
      {last.direction === 'out' && last.status && <Ticks status={last.status} />}
      <span dir="auto">{lastText(last)}</span>
    </span>
  )
}

function Marks({ conversation }: { conversation: Conversation }) {
  const { unread, assigneeId, closedAt } = conversation
  const own = labels.value.filter(({ id }) => conversation.labels.includes(id))
  const name = assigneeId === null ? undefined : nameOfColleague(assigneeId)
  return (
    <span class="marks">
      {own.slice(0, 3).map(({ id, name: label, colour }) => (
        <span key={id} class={`dot ${colour}`} title={label}>
          <span class="unseen">{label}</span>
        </span>
      ))}
      {closedAt !== null && <span class="small">{words.row.closed}</span>}
      {assigneeId !== null && (
        <span class="assignee" title={name && words.row.assigned(name)}>
          <Mark name="person" size={14} />
          <span class="unseen">{name && words.row.assigned(name)}</span>
        </span>
      )}
      {unread > 0 && (
        <span class="count">
          <span aria-hidden="true">{words.row.unreadShort(unread)}</span>
          <span class="unseen">{words.row.unread(unread)}</span>
        </span>
      )}
    </span>
  )
}
