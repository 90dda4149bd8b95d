// The inbox: list, thread, and the person beside them. On a phone one of the three at a time. Mounted by pages/portal/inbox.

import { useEffect, useState } from 'preact/hooks'
import { line } from '../live.ts'
import { can } from '../session.ts'
import { Empty, useChanges, useTitle } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { leave, open, seen } from './acting.ts'
import { Composer } from './composer.tsx'
import { flushDraft } from './drafts.ts'
import { Filters, SearchBox } from './filters.tsx'
import { Head } from './head.tsx'
import { useInboxKeys } from './keys.ts'
import { lazy } from './lazy.tsx'
import { List } from './list.tsx'
import { live, loadColleagues, loadLabels, loadMore, lookAtAll } from './loading.ts'
import { Results } from './results.tsx'
import { nameOf } from './row.tsx'
import { query } from './searching.ts'
import { hasUnsent, retryAll } from './sending.ts'
import { announced, explained, isPanelOpen, openConversation, openId, sheet, step } from './state.ts'
import { Thread } from './thread.tsx'
import { addFiles } from './uploads.ts'

const Sheets = lazy(async () => (await import('./sheets.tsx')).Sheets)
const Panel = lazy(async () => (await import('./panel.tsx')).Panel)

export function Inbox() {
  useStart()
  useLive()
  useInboxKeys()
  const conversation = openConversation.value
  const unread = conversation?.unread ?? 0
  useEffect(() => {
    if (conversation && unread > 0) seen(conversation.id)
  }, [conversation?.id, unread])
  useTitle(conversation ? nameOf(conversation.contact) : words.inbox.title)
  const isSearching = query.value.trim().length > 1
  return (
    <div class={`inbox ${step.value} ${isPanelOpen.value ? 'with-panel' : ''}`}>
      <h1 class="unseen">{words.inbox.title}</h1>
      <section class="side" aria-label={words.inbox.list}>
        <SearchBox />
        <Filters />
        {isSearching ? <Results /> : <List />}
      </section>
      <Main />
      {isPanelOpen.value && conversation && (
        <aside class="panel-side" aria-label={words.inbox.details}>
          <Panel contactId={conversation.contact.id} onGone={closePanel} />
        </aside>
      )}
      {(sheet.value || explained.value) && <Sheets />}
      <p class="unseen" role="status" aria-live="polite">
        {announced.value}
      </p>
    </div>
  )
}

const closePanel = () => {
  isPanelOpen.value = false
}

function Main() {
  const id = openId.value
  const conversation = openConversation.value
  const [isOver, setOver] = useState(false)
  if (id === undefined)
    return (
      <section class="conversation nothing" aria-label={words.inbox.choose}>
        <Empty icon="inbox" title={words.inbox.choose} text={words.inbox.chooseText} />
      </section>
    )
  const drops = conversation && can('messages:send')
  return (
    <section
      class={`conversation ${isOver ? 'over' : ''}`}
      aria-label={conversation && words.inbox.thread(nameOf(conversation.contact))}
      onDragOver={(event) => {
        if (!drops || !event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        if (!drops) return
        event.preventDefault()
        setOver(false)
        addFiles(id, [...(event.dataTransfer?.files ?? [])])
      }}
    >
      {conversation && <Head conversation={conversation} />}
      <Thread key={id} id={id} conversation={conversation} />
      {conversation && <Composer conversation={conversation} />}
      {isOver && <p class="drop">{words.composer.drop}</p>}
    </section>
  )
}

/** Once: what is listed, and what the address names. */
function useStart(): void {
  useEffect(() => {
    void loadMore()
    void loadLabels()
    void loadColleagues()
    const named = () => new URLSearchParams(location.search).get('c') ?? undefined
    const follow = () => {
      const id = named()
      if (id !== undefined) open(id, 'address')
      else if (openId.value !== undefined) leave('address')
    }
    follow()
    const hidden = () => {
      if (document.visibilityState === 'hidden' && openId.value) flushDraft(openId.value)
      if (document.visibilityState === 'visible' && openId.value) seen(openId.value)
    }
    const unsent = (event: BeforeUnloadEvent) => {
      if (hasUnsent()) event.preventDefault()
    }
    addEventListener('popstate', follow)
    addEventListener('beforeunload', unsent)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      removeEventListener('popstate', follow)
      removeEventListener('beforeunload', unsent)
      document.removeEventListener('visibilitychange', hidden)
    }
  }, [])
}

/** What changed is looked up; when the line is back, everything on the screen is. */
function useLive(): void {
  useChanges(['message', 'conversation', 'contact', 'contact_gone', 'labels', 'members'], live)
  const state = line.value
  useEffect(() => {
    if (state !== 'live') return
    lookAtAll()
    retryAll()
  }, [state])
}
