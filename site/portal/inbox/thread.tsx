// One conversation as it is read: newest at the bottom, older ones as one scrolls up, and the place is kept whatever comes.
// Part of inbox.tsx.

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Failed, Skeleton } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { Actions, type Asked } from './actions.tsx'
import { Bubble } from './bubble.tsx'
import { Mark } from './icons.tsx'
import { loadOlder, loadUntil, openThread } from './loading.ts'
import { Day, NoteItem, SendingItem, UnreadLine } from './other-items.tsx'
import { nameOf } from './row.tsx'
import { announced, deskOf } from './state.ts'
import { type Item, itemsOf, type Thread as ThreadState } from './thread-store.ts'
import type { Conversation, Message } from './types.ts'
import { isAtEnd, keepPlace } from './virtual.ts'

/** Older messages are asked for when so little is left above. */
const nearTop = 600

export function Thread({ conversation, id }: { conversation: Conversation | undefined; id: string }) {
  const desk = deskOf(id)
  const thread = desk.thread.value
  const unreadFrom = desk.unreadFrom.value
  const items = useMemo(() => itemsOf(thread, unreadFrom), [thread, unreadFrom])
  const { box, isBelow, hasNew, scrolled, toEnd } = useScroll(id, thread, items)
  const [asked, setAsked] = useState<Asked>()
  const [marked, setMarked] = useState<string>()
  const find = useQuotes(thread)
  const onActions = useCallback((message: Message, beside: HTMLElement) => setAsked({ message, beside }), [])
  const jump = useCallback((messageId: string) => void showMessage(id, messageId, setMarked), [id])
  useAsked(id, jump)
  useArrivals(conversation, thread)
  if (thread.before === undefined && desk.problem.value)
    return <Failed problem={desk.problem.value} onRetry={() => void openThread(id)} />
  if (thread.before === undefined) return <Skeleton rows={6} />
  const name = conversation ? nameOf(conversation.contact) : ''
  return (
    <div class="thread-body">
      <div
        ref={box}
        class="messages"
        role="log"
        aria-live="off"
        aria-label={words.inbox.thread(name)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard.
        tabIndex={0}
        onScroll={scrolled}
        onKeyDown={walk}
      >
        <ol>
          {thread.before === null ? (
            <li class="day">{words.inbox.beginning}</li>
          ) : (
            <li class="day">{desk.isLoading.value ? words.inbox.loadingOlder : ''}</li>
          )}
          {items.map((item) => draw(item, { conversation, id, find, marked, jump, onActions }))}
        </ol>
      </div>
      {isBelow && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Mark name="down" /> {hasNew ? words.inbox.newBelow : words.inbox.newest}
        </button>
      )}
      {asked && <Actions asked={asked} conversationId={id} onClose={() => setAsked(undefined)} />}
    </div>
  )
}

/** Loads backwards until the message is there. */
async function showMessage(id: string, messageId: string, mark: (id: string) => void): Promise<void> {
  const isThere = () => deskOf(id).thread.value.messages.some((one) => one.id === messageId)
  if (!(await loadUntil(id, isThere))) return
  requestAnimationFrame(() => {
    document.getElementById(messageId)?.scrollIntoView({ block: 'center' })
    document.getElementById(messageId)?.focus({ preventScroll: true })
    mark(messageId)
  })
}

type Around = {
  conversation: Conversation | undefined
  id: string
  find: (message: Message) => Message | undefined
  marked: string | undefined
  jump: (id: string) => void
  onActions: (message: Message, beside: HTMLElement) => void
}

function draw(item: Item, { conversation, id, find, marked, jump, onActions }: Around) {
  switch (item.kind) {
    case 'day':
      return <Day key={item.id} at={item.at} />
    case 'unread':
      return <UnreadLine key={item.id} />
    case 'note':
      return <NoteItem key={item.id} note={item.note} conversationId={id} />
    case 'sending':
      return <SendingItem key={item.id} sending={item.sending} conversationId={id} />
    case 'message':
      return (
        <Bubble
          key={item.id}
          message={item.message}
          conversationId={id}
          numberId={conversation?.numberId}
          isFollowing={item.isFollowing}
          quoted={find(item.message)}
          isMarked={marked === item.id}
          onJump={jump}
          onActions={onActions}
        />
      )
  }
}

/** What a message answers, by our id, or by Meta's for who is shown it. */
function useQuotes(thread: ThreadState): (message: Message) => Message | undefined {
  return useMemo(() => {
    const byId = new Map(thread.messages.map((one) => [one.id, one]))
    const byWamid = new Map(
      thread.messages.flatMap((one) => (one.wamid === null ? [] : [[one.wamid, one] as const])),
    )
    return ({ replyToId, replyTo }) =>
      (replyToId === null ? undefined : byId.get(replyToId)) ??
      (replyTo === null ? undefined : byWamid.get(replyTo))
  }, [thread.messages])
}

/** Arrows walk from message to message once the focus is among them. */
function walk(event: KeyboardEvent): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('li.item')]
  const at = items.findIndex((one) => one.contains(document.activeElement))
  const next = event.key === 'ArrowUp' ? (at < 0 ? items.length - 1 : at - 1) : at + 1
  if (at < 0 && event.key === 'ArrowDown') return
  event.preventDefault()
  items[next]?.focus()
  items[next]?.scrollIntoView({ block: 'nearest' })
}

/** Somebody outside asks for a message to be shown: the address, a search. */
function useAsked(id: string, jump: (messageId: string) => void): void {
  const { wanted } = deskOf(id)
  useEffect(() => {
    if (wanted.value === undefined || deskOf(id).thread.value.before === undefined) return
    jump(wanted.value)
    wanted.value = undefined
  }, [wanted.value, deskOf(id).thread.value.before === undefined])
}

/** What comes in while it is open is said once, politely. */
function useArrivals(conversation: Conversation | undefined, thread: ThreadState): void {
  const last = useRef<string>()
  const newest = thread.messages.at(-1)
  useEffect(() => {
    const isNew = last.current !== undefined && newest && newest.id !== last.current
    last.current = newest?.id ?? (thread.before === undefined ? undefined : '')
    if (isNew && newest.direction === 'in' && conversation)
      announced.value = words.said.arrived(
        nameOf(conversation.contact),
        newest.text ?? words.last[newest.type] ?? '',
      )
  }, [newest?.id])
}

function useScroll(id: string, thread: ThreadState, items: readonly Item[]) {
  const box = useRef<HTMLDivElement>(null)
  const place = useRef({ id: '', top: 0, total: 0, first: '', atEnd: true })
  const [isBelow, setBelow] = useState(false)
  const [hasNew, setNew] = useState(false)
  const remember = (element: HTMLElement) => {
    const { scrollTop, clientHeight, scrollHeight } = element
    const atEnd = isAtEnd(scrollTop, clientHeight, scrollHeight)
    place.current = { id, top: scrollTop, total: scrollHeight, first: thread.messages[0]?.id ?? '', atEnd }
    setBelow(!atEnd)
    if (atEnd) setNew(false)
  }
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const before = place.current
    const first = thread.messages[0]?.id ?? ''
    if (before.id !== id) begin(element)
    else if (before.atEnd) element.scrollTop = element.scrollHeight
    else if (before.first !== first)
      element.scrollTop = keepPlace(before.top, before.total, element.scrollHeight)
    else setNew(true)
    remember(element)
    if (element.scrollTop < nearTop) void loadOlder(id)
  }, [id, items, thread.before === undefined])
  // Pictures and a composer that grows change heights: who reads the end goes on reading it.
  useEffect(() => {
    const element = box.current
    const list = element?.firstElementChild
    if (!element || !list) return
    const sized = new ResizeObserver(() => {
      if (place.current.atEnd) element.scrollTop = element.scrollHeight
    })
    sized.observe(element)
    sized.observe(list)
    return () => sized.disconnect()
  }, [id, thread.before === undefined])
  const scrolled = () => {
    if (!box.current) return
    // What grew since the end was reached is not somebody scrolling up.
    if (place.current.atEnd && box.current.scrollTop >= place.current.top)
      box.current.scrollTop = box.current.scrollHeight
    remember(box.current)
    if (box.current.scrollTop < nearTop) void loadOlder(id)
  }
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }
  return { box, isBelow, hasNew, scrolled, toEnd }
}

/** At what is unread, else at the end. */
function begin(element: HTMLElement): void {
  const line = element.querySelector<HTMLElement>('.unread-line')
  element.scrollTop = line ? line.offsetTop - element.clientHeight / 3 : element.scrollHeight
}
