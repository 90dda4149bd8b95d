// What can be done with one message: react, reply, copy, have it explained. One popover for the whole thread, beside the
// message it is about. Part of thread.tsx.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { can } from '../session.ts'
import { Button, focusOn, toast } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { react } from './acting.ts'
import { Mark } from './icons.tsx'
import { lazy } from './lazy.tsx'
import { compose, explained } from './state.ts'
import type { Message } from './types.ts'

export type Asked = { message: Message; beside: HTMLElement }
const quick = ['👍', '❤️', '😂', '😮', '😢', '🙏']
const Emoji = lazy(async () => (await import('./emoji.tsx')).Emoji)

export function Actions({
  asked,
  conversationId,
  onClose,
}: {
  asked: Asked
  conversationId: string
  onClose: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [isAll, setAll] = useState(false)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.showPopover()
    place(element, asked.beside)
    element.querySelector<HTMLElement>('button')?.focus()
    const closed = (event: Event) => {
      if ((event as ToggleEvent).newState === 'closed') onClose()
    }
    element.addEventListener('toggle', closed)
    return () => element.removeEventListener('toggle', closed)
  }, [asked])
  useEffect(() => {
    if (box.current) place(box.current, asked.beside)
  }, [isAll])
  const finish = (act?: () => void) => {
    box.current?.hidePopover()
    act?.()
  }
  const { message } = asked
  const isOurs = can('messages:send')
  const reply = () => {
    compose(conversationId, { mode: 'message', replyTo: message })
    focusOn('composer-text')
  }
  const pick = (emoji: string) => finish(() => void react(conversationId, message, emoji))
  return (
    <div
      ref={box}
      class="actions-of"
      popover="auto"
      role="dialog"
      aria-label={words.bubble.actions}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        finish(() => asked.beside.focus())
      }}
    >
      {isOurs && message.revokedAt === null && (
        <Quick message={message} pick={pick} more={() => setAll(true)} />
      )}
      {isAll && <Emoji onPick={pick} />}
      <div class="acts">
        {isOurs && message.revokedAt === null && (
          <Button kind="quiet" onClick={() => finish(reply)}>
            <Mark name="reply" /> {words.bubble.reply}
          </Button>
        )}
        {message.text !== null && (
          <Button kind="quiet" icon="copy" onClick={() => finish(() => void copy(message.text ?? ''))}>
            {words.bubble.copy}
          </Button>
        )}
        <Button
          kind="quiet"
          icon="help"
          onClick={() =>
            finish(() => {
              explained.value = message
            })
          }
        >
          {words.bubble.explain}
        </Button>
      </div>
    </div>
  )
}

type QuickProps = { message: Message; pick: (emoji: string) => void; more: () => void }

function Quick({ message, pick, more }: QuickProps) {
  const mine = message.reactions.find(({ from }) => from === 'business')?.emoji
  const all = mine === undefined || quick.includes(mine) ? quick : [mine, ...quick]
  return (
    <div class="quick">
      {all.map((emoji) => (
        <button
          key={emoji}
          type="button"
          aria-pressed={emoji === mine}
          aria-label={emoji === mine ? words.bubble.unreact(emoji) : words.bubble.react(emoji)}
          onClick={() => pick(emoji)}
        >
          {emoji}
        </button>
      ))}
      <Button kind="quiet" icon="plus" aria-label={words.bubble.moreReactions} onClick={more} />
    </div>
  )
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  toast({ text: words.bubble.copied })
}

/** Beside the message, inside of the window. */
function place(box: HTMLElement, beside: HTMLElement): void {
  const { top, bottom, left, right } = beside.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const x = left + width + 8 > innerWidth ? right - width : left
  const y = bottom + height + 8 > innerHeight ? top - height - 4 : bottom + 4
  box.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`
  box.style.top = `${Math.max(8, y)}px`
}
