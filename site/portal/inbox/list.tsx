// The list of conversations: ten thousand rows, of which those stand in the page that are seen. Arrows, Home, End and pages
// walk, Enter opens. Part of inbox.tsx.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button, Empty, Failed, LinkButton, Skeleton } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { open } from './acting.ts'
import { loadAnyConversation } from './api.ts'
import { choose, loadMore } from './loading.ts'
import { ConversationRow } from './row.tsx'
import { book, cursorId, isListLoading, listProblem, openId } from './state.ts'
import type { Conversation } from './types.ts'
import { scrollTo, spanAt } from './virtual.ts'

/** As in inbox.css: so many times the size of the text. */
const rowRem = 4.75
const margin = 8
/** The next page is asked for when so few rows are left. */
const ahead = 30

const remPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16

export function List() {
  const { list, byId } = book.value
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  const [row, setRow] = useState(rowRem * 16)
  const { from, to } = spanAt(seen.top, seen.height, row, list.ids.length, margin)

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = () => {
      setRow(rowRem * remPx())
      setSeen({ top: box.scrollTop, height: box.clientHeight })
    }
    look()
    const sized = new ResizeObserver(look)
    sized.observe(box)
    return () => sized.disconnect()
  }, [])

  useEffect(() => {
    if (list.ids.length - to < ahead && list.next && !listProblem.value) void loadMore()
  }, [to, list.ids.length, list.next, isListLoading.value])

  const cursor = cursorId.value
  const at = cursor === undefined ? -1 : list.ids.indexOf(cursor)
  useEffect(() => {
    const box = scroller.current
    if (box && at >= 0) box.scrollTop = scrollTo(box.scrollTop, box.clientHeight, row, at)
  }, [cursor])

  if (list.ids.length === 0) return <NoRows />
  return (
    <div
      ref={scroller}
      class="rows"
      role="listbox"
      aria-label={words.inbox.list}
      aria-activedescendant={at >= from && at < to ? `row-${cursor}` : undefined}
      tabIndex={0}
      onScroll={(event) =>
        setSeen({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
      }
      onKeyDown={(event) => walk(event, Math.max(1, Math.floor(seen.height / row) - 1))}
      onFocus={() => {
        cursorId.value ??= openId.value ?? list.ids[from]
      }}
    >
      <div role="presentation" class="all-rows" style={{ blockSize: `${list.ids.length * row}px` }}>
        {list.ids.slice(from, to).map((id, i) => (
          <ConversationRow
            key={id}
            conversation={byId.get(id) as Conversation}
            top={(from + i) * row}
            position={from + i + 1}
            count={list.next === null ? list.ids.length : -1}
            isOpen={id === openId.value}
            isCursor={id === cursor}
          />
        ))}
      </div>
    </div>
  )
}

/** Moves the cursor; what is open stays open until Enter. */
function walk(event: KeyboardEvent, page: number): void {
  const { ids } = book.value.list
  const at = ids.indexOf(cursorId.value ?? '')
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: ids.length - 1,
  }
  if ((event.key === 'Enter' || event.key === ' ') && cursorId.value !== undefined) open(cursorId.value)
  else if (steps[event.key] === undefined) return
  else cursorId.value = ids[Math.max(0, Math.min(ids.length - 1, steps[event.key] as number))]
  event.preventDefault()
  event.stopPropagation()
}

function NoRows() {
  const { filter, next } = book.value.list
  if (listProblem.value) return <Failed problem={listProblem.value} onRetry={() => void loadMore()} />
  if (next === undefined || isListLoading.value) return <Skeleton rows={8} />
  const isAll =
    filter.assignee === undefined && filter.label === undefined && !filter.unread && filter.state !== 'closed'
  if (isAll) return <NobodyOrClosed />
  return (
    <Empty
      title={words.inbox.nothingTitle}
      text={words.inbox.nothingText}
      action={<Button onClick={() => choose({ state: 'all' })}>{words.inbox.showAll}</Button>}
    />
  )
}

/** An empty list may only mean that all is closed. */
function NobodyOrClosed() {
  const [isAny, setAny] = useState<boolean>()
  useEffect(() => {
    void loadAnyConversation().then((answer) => setAny(!answer.ok || answer.data.data.length > 0))
  }, [])
  if (isAny === undefined) return <Skeleton rows={8} />
  if (!isAny)
    return (
      <Empty
        icon="inbox"
        title={words.inbox.emptyTitle}
        text={words.inbox.emptyText}
        action={<LinkButton href="/portal/numbers">{words.inbox.emptyAction}</LinkButton>}
      />
    )
  return (
    <Empty
      title={words.inbox.noOpenTitle}
      text={words.inbox.noOpenText}
      action={<Button onClick={() => choose({ state: 'closed' })}>{words.inbox.showClosed}</Button>}
    />
  )
}
