// Emoji, files, templates, buttons: what a message can be besides words. Part of message-form.tsx.

import { useRef, useState } from 'preact/hooks'
import { Button } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { accepted } from './attach.ts'
import { keepDraft } from './drafts.ts'
import { Mark } from './icons.tsx'
import { lazy } from './lazy.tsx'
import { compose, deskOf, sheet } from './state.ts'
import { addFiles } from './uploads.ts'

const Emoji = lazy(async () => (await import('./emoji.tsx')).Emoji)

type Area = { current: HTMLTextAreaElement | null }

function insert(id: string, area: Area, emoji: string): void {
  const element = area.current
  const { text } = deskOf(id).composer.value
  const at = element?.selectionStart ?? text.length
  compose(id, { text: text.slice(0, at) + emoji + text.slice(element?.selectionEnd ?? at) })
  keepDraft(id)
  requestAnimationFrame(() => element?.setSelectionRange(at + emoji.length, at + emoji.length))
}

const show = (kind: 'templates' | 'builder', conversationId: string) => {
  sheet.value = { kind, conversationId }
}

export function Tools({ id, area }: { id: string; area: Area }) {
  const [isEmoji, setEmoji] = useState(false)
  const bar = useRef<HTMLDivElement>(null)
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isEmoji) return
    event.stopPropagation()
    setEmoji(false)
    bar.current?.querySelector('button')?.focus()
  }
  return (
    <div ref={bar} class="tools">
      <Button
        kind="quiet"
        aria-label={words.composer.emoji}
        aria-expanded={isEmoji}
        onClick={() => setEmoji(!isEmoji)}
        onKeyDown={onEscape}
      >
        <Mark name="smile" size={20} />
      </Button>
      <Attach id={id} />
      <Button
        kind="quiet"
        icon="templates"
        aria-label={words.composer.template}
        onClick={() => show('templates', id)}
      />
      <Button kind="quiet" aria-label={words.composer.builder} onClick={() => show('builder', id)}>
        <Mark name="buttons" size={20} />
      </Button>
      {isEmoji && (
        <section class="emoji-box" aria-label={words.emoji.title} onKeyDown={onEscape}>
          <Emoji onPick={(emoji) => insert(id, area, emoji)} />
        </section>
      )}
    </div>
  )
}

function Attach({ id }: { id: string }) {
  const picked = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button
        kind="quiet"
        aria-label={words.composer.attach}
        title={words.composer.limits}
        onClick={() => picked.current?.click()}
      >
        <Mark name="clip" size={20} />
      </Button>
      <input
        ref={picked}
        type="file"
        multiple
        hidden
        accept={accepted}
        aria-label={words.composer.attach}
        onChange={(event) => {
          addFiles(id, [...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
