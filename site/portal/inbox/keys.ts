// Every key of the inbox. The help behind `?` lists them. Part of inbox.tsx.

import { can } from '../session.ts'
import { focusOn, useShortcuts } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { leave, markUnread, openNeighbour, setClosed, togglePanel } from './acting.ts'
import { windowNow } from './countdown.ts'
import { book, compose, cursorId, deskOf, openId, sheet, step } from './state.ts'

const press = (selector: string) => document.querySelector<HTMLElement>(selector)?.click()
const withOpen = (act: (id: string) => void) => () => {
  if (openId.value !== undefined) act(openId.value)
}
const isOpenWindow = (id: string) =>
  windowNow(book.value.byId.get(id)?.windowClosesAt ?? null, Date.now()).state === 'open'

/** To the newest word of the person, or to the one that has the focus. */
function reply(id: string): void {
  if (!can('messages:send')) return
  const { messages } = deskOf(id).thread.value
  const focused = document.activeElement?.closest('li.item')?.id
  const message =
    messages.find((one) => one.id === focused) ?? messages.findLast(({ direction }) => direction === 'in')
  compose(id, { mode: 'message', replyTo: isOpenWindow(id) ? message : undefined })
  focusOn('composer-text')
}

function note(id: string): void {
  if (!can('conversations:write')) return
  compose(id, { mode: 'note' })
  focusOn('composer-note')
}

/** With a thread open the next one is opened; else the cursor moves. */
function move(by: 1 | -1): void {
  if (openId.value !== undefined) {
    openNeighbour(by)
    return
  }
  const { ids } = book.value.list
  const at = ids.indexOf(cursorId.value ?? '')
  cursorId.value = ids[Math.max(0, Math.min(ids.length - 1, at + by))]
  document.querySelector<HTMLElement>('.inbox .rows')?.focus()
}

function find(): void {
  if (step.value !== 'list' && matchMedia('(max-width: 48rem)').matches) leave()
  focusOn('inbox-search')
}

function newest(): void {
  const box = document.querySelector('.messages')
  if (box) box.scrollTop = box.scrollHeight
}

export function useInboxKeys(): void {
  const group = words.keys.group
  const mayAct = can('conversations:write')
  useShortcuts([
    { keys: 'j', label: words.keys.next, group, run: () => move(1) },
    { keys: 'k', label: words.keys.previous, group, run: () => move(-1) },
    {
      keys: '/',
      label: words.keys.search,
      group,
      run: find,
    },
    { keys: 'r', label: words.keys.reply, group, run: withOpen(reply) },
    { keys: 'n', label: words.keys.note, group, run: withOpen(note) },
    {
      keys: 't',
      label: words.keys.template,
      group,
      run: withOpen((id) => {
        if (can('messages:send')) sheet.value = { kind: 'templates', conversationId: id }
      }),
    },
    {
      keys: 'e',
      label: words.keys.close,
      group,
      run: withOpen((id) => mayAct && setClosed(id, book.value.byId.get(id)?.closedAt === null)),
    },
    { keys: 'u', label: words.keys.unread, group, run: withOpen((id) => mayAct && markUnread(id)) },
    { keys: 'a', label: words.keys.assign, group, run: () => press('.menu.assign > button') },
    { keys: 'l', label: words.keys.label, group, run: () => press('.menu.labelling > button') },
    { keys: 'i', label: words.keys.details, group, run: withOpen(togglePanel) },
    { keys: 'End', label: words.keys.newest, group, run: newest },
    { keys: 'Escape', label: words.keys.back, group, run: () => leave() },
  ])
}
