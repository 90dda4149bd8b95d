// What a search found, in the place of the list: people first, then words with where they were said. Part of inbox.tsx.

import { shortTime } from '../format.ts'
import { Avatar, Button, Empty, Failed, Skeleton } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { open } from './acting.ts'
import type { Found } from './api.ts'
import { hear } from './loading.ts'
import { lastText, nameOf } from './row.tsx'
import { found, next, problem, run, state } from './searching.ts'
import { deskOf, openId } from './state.ts'

export function Results() {
  const all = found.value
  if (state.value === 'failed' && problem.value)
    return <Failed problem={problem.value} onRetry={() => void run()} />
  if (state.value === 'loading' && all.length === 0) return <Skeleton rows={5} />
  return (
    <section class="results" aria-label={words.search.results}>
      <p class="small" role="status">
        {words.search.count(all.length)}
      </p>
      {all.length === 0 ? (
        <Empty title={words.search.count(0)} text={words.search.noneText} />
      ) : (
        <ul>
          {all.map((one) => (
            <Result key={one.message?.id ?? one.conversation.id} found={one} />
          ))}
        </ul>
      )}
      {next.value !== null && (
        <Button onClick={() => void run(next.value ?? undefined)}>{words.search.more}</Button>
      )}
    </section>
  )
}

function Result({ found: { conversation, message } }: { found: Found }) {
  const { contact, id } = conversation
  const shown = message ? { ...message, revoked: message.revokedAt !== null } : conversation.last
  const show = () => {
    hear(conversation)
    if (message) deskOf(id).wanted.value = message.id
    open(id)
  }
  return (
    <li>
      <button type="button" class={`row ${id === openId.value ? 'open' : ''}`} onClick={show}>
        <Avatar name={contact.name ?? contact.username} id={contact.id} />
        <span class="person">
          <bdi>{nameOf(contact)}</bdi>
        </span>
        <time dateTime={shown?.at ?? conversation.lastMessageAt}>
          {shortTime(shown?.at ?? conversation.lastMessageAt)}
        </time>
        <span class="last" dir="auto">
          {shown ? lastText(shown) : ''}
        </span>
      </button>
    </li>
  )
}
