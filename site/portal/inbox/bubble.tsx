// One message in a thread: what it says, what it answers, how far it came, and why it did not. Part of thread.tsx.

import { fullTime, time } from '../format.ts'
import { LinkButton } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { Contents } from './contents.tsx'
import { memo } from './memo.ts'
import { lastText } from './row.tsx'
import { nameOfColleague } from './state.ts'
import { Ticks } from './ticks.tsx'
import type { Message } from './types.ts'

type Props = {
  message: Message
  conversationId: string
  numberId: string | undefined
  /** The message before is of the same side and of the same moment. */
  isFollowing: boolean
  /** What it answers, when it is here. */
  quoted: Message | undefined
  isMarked: boolean
  onJump: (id: string) => void
  onActions: (message: Message, beside: HTMLElement) => void
}

export const Bubble = memo((props: Props) => {
  const { message, isFollowing, isMarked, onActions, conversationId } = props
  const side = message.type === 'system' ? 'system' : message.direction
  const looks = ['item', side, isFollowing && 'following', isMarked && 'marked'].filter(Boolean).join(' ')
  return (
    <li id={message.id} class={looks} tabIndex={-1}>
      <article class="bubble">
        <span class="unseen">{authorOf(message)}</span>
        <Quote {...props} />
        <Contents message={message} conversationId={conversationId} />
        <footer>
          <SentBy message={message} />
          {message.editedAt !== null && message.revokedAt === null && (
            <span title={fullTime(message.editedAt)}>{words.bubble.edited}</span>
          )}
          <time dateTime={message.at} title={fullTime(message.at)}>
            {time(message.at)}
          </time>
          {message.direction === 'out' && message.status && (
            <Ticks status={message.status} statuses={message.statuses} />
          )}
        </footer>
        <Trouble {...props} />
        <Reactions message={message} />
      </article>
      {side !== 'system' && (
        <button
          type="button"
          class="more"
          aria-label={words.bubble.actions}
          aria-haspopup="dialog"
          onClick={(event) => onActions(message, event.currentTarget)}
        >
          ⋯
        </button>
      )}
    </li>
  )
})

const authorOf = (message: Message): string =>
  message.direction === 'in'
    ? `${words.bubble.from.in}:`
    : `${nameOfColleague(message.sentBy) ?? words.bubble.from.out}:`

function SentBy({ message }: { message: Message }) {
  const { sentBy } = message
  if (message.direction === 'in' || sentBy === null) return null
  if (sentBy === 'system') return <span>{words.bubble.bySystem}</span>
  if (sentBy.startsWith('key:')) return <span>{words.bubble.byKey}</span>
  const name = nameOfColleague(sentBy)
  return name ? <bdi>{name}</bdi> : null
}

function Quote({ message, quoted, onJump }: Props) {
  if (message.replyTo === null && message.replyToId === null) return null
  const id = message.replyToId ?? quoted?.id
  const text = quoted ? lastText({ ...quoted, revoked: quoted.revokedAt !== null }) : words.bubble.quoteGone
  const inside = (
    <>
      <span class="unseen">{words.bubble.quote} </span>
      <span dir="auto">{id && !quoted ? '…' : text}</span>
    </>
  )
  return id ? (
    <button type="button" class={`quote ${quoted?.direction ?? ''}`} onClick={() => onJump(id)}>
      {inside}
    </button>
  ) : (
    <p class="quote">{inside}</p>
  )
}

/** Why it waits, or what went wrong and what to do. */
function Trouble({ message, numberId }: Props) {
  if (message.status === 'waiting')
    return (
      <div class="trouble waiting">
        <p>{words.bubble.waitingWhy}</p>
        <LinkButton href={`/portal/numbers${numberId ? `/number?n=${numberId}` : ''}`}>
          {words.bubble.waitingLink}
        </LinkButton>
      </div>
    )
  if (message.status === 'unknown') return <p class="trouble waiting">{words.bubble.unknownWhy}</p>
  if (message.status !== 'failed') return null
  const { failure } = message
  return (
    <div class="trouble failed">
      <p>
        <strong>{failure?.title ?? words.bubble.failed}</strong>
      </p>
      {failure && <p>{failure.meaning}</p>}
      {failure && <p>{failure.remedy}</p>}
    </div>
  )
}

const Reactions = ({ message }: { message: Message }) =>
  message.reactions.length === 0 ? null : (
    <ul class="reactions">
      {message.reactions.map(({ emoji, from, at }) => (
        <li key={`${from} ${at}`} title={`${words.bubble.reactionOf[from](emoji)} ${fullTime(at)}`}>
          <span aria-hidden="true">{emoji}</span>
          <span class="unseen">{words.bubble.reactionOf[from](emoji)}</span>
        </li>
      ))}
    </ul>
  )
