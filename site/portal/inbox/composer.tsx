// Where an answer is written: words, files, an answer to something, a note for colleagues; or, once the 24 hours are over, the
// templates in its place. Part of inbox.tsx.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { bytes } from '../format.ts'
import { can } from '../session.ts'
import { Button, Icon, Progress, Tabs } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { accepted } from './attach.ts'
import { Countdown, useWindow } from './countdown.tsx'
import { keepDraft } from './drafts.ts'
import { Mark } from './icons.tsx'
import { lazy } from './lazy.tsx'
import { tooLong } from './outgoing.ts'
import { lastText, nameOf } from './row.tsx'
import { addNote, sendComposed, typing } from './sending.ts'
import { type Composer as Composing, compose, deskOf, sheet, type Upload } from './state.ts'
import type { Conversation } from './types.ts'
import { addFiles, removeFile } from './uploads.ts'

const Emoji = lazy(async () => (await import('./emoji.tsx')).Emoji)

export function Composer({ conversation }: { conversation: Conversation }) {
  const { id } = conversation
  const composing = deskOf(id).composer.value
  const window = useWindow(conversation.windowClosesAt)
  const isOpen = window.state === 'open'
  const mayWrite = can('messages:send')
  const mayNote = can('conversations:write')
  if (!mayWrite && !mayNote) return <p class="composer soft">{words.composer.noAccess}</p>
  const mode = mayWrite ? composing.mode : 'note'
  return (
    <section class={`composer ${mode}`} aria-label={words.composer.region}>
      <div class="above">
        {mayNote && mayWrite && (
          <Tabs
            label={words.composer.modes}
            value={mode}
            onChange={(to) => compose(id, { mode: to })}
            tabs={[
              { id: 'message', label: words.composer.message },
              { id: 'note', label: words.composer.note },
            ]}
          />
        )}
        {mode === 'message' && <Countdown window={window} />}
      </div>
      <Refused composing={composing} id={id} />
      {mode === 'note' && <NoteForm id={id} composing={composing} />}
      {mode === 'message' && isOpen && <MessageForm conversation={conversation} composing={composing} />}
      {mode === 'message' && !isOpen && <Closed conversation={conversation} />}
    </section>
  )
}

/** Which gate, and what to do; the words stand below as they were. */
const Refused = ({ composing, id }: { composing: Composing; id: string }) =>
  composing.refused ? (
    <div class="refused" role="alert">
      <Icon name="warn" />
      <div>
        <p>
          <strong>{composing.refused.title}</strong>
        </p>
        {composing.refused.detail && <p>{composing.refused.detail}</p>}
        {composing.refused.remedy && <p>{composing.refused.remedy}</p>}
        {composing.refused.gate && <p class="small">{words.composer.refused(composing.refused.gate)}</p>}
      </div>
      <Button
        kind="quiet"
        icon="close"
        aria-label={words.composer.dismiss}
        onClick={() => compose(id, { refused: undefined })}
      />
    </div>
  ) : null

const Closed = ({ conversation }: { conversation: Conversation }) => (
  <div class="closed">
    <div>
      <p>
        <strong>{words.composer.closedTitle}</strong>
      </p>
      <p>{words.composer.closedText}</p>
    </div>
    <Button
      kind="main"
      onClick={() => {
        sheet.value = { kind: 'templates', conversationId: conversation.id }
      }}
    >
      {words.composer.chooseTemplate}
    </Button>
  </div>
)

/** As high as its text, up to a third of the window. */
function useHeight(text: string) {
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.blockSize = 'auto'
    element.style.blockSize = `${Math.min(element.scrollHeight + 2, innerHeight / 3)}px`
  }, [text])
  return area
}

function NoteForm({ id, composing }: { id: string; composing: Composing }) {
  const area = useHeight(composing.note)
  return (
    <form
      class="writing"
      onSubmit={(event) => {
        event.preventDefault()
        void addNote(id)
      }}
    >
      <textarea
        ref={area}
        id="composer-note"
        rows={1}
        dir="auto"
        aria-label={words.composer.note}
        placeholder={words.composer.notePlaceholder}
        value={composing.note}
        maxLength={4000}
        onInput={(event) => compose(id, { note: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (!isSend(event)) return
          event.preventDefault()
          void addNote(id)
        }}
      />
      <Button kind="main" type="submit">
        {words.composer.addNote}
      </Button>
    </form>
  )
}

/** Enter sends; with Shift it begins a line. On a phone Enter begins a line, and a press sends. */
const isSend = (event: KeyboardEvent): boolean => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return false
  return event.ctrlKey || event.metaKey || matchMedia('(pointer: fine)').matches
}

function MessageForm({ conversation, composing }: { conversation: Conversation; composing: Composing }) {
  const { id } = conversation
  const { text, files, replyTo } = composing
  const area = useHeight(text)
  const isUploading = files.some(({ state }) => state === 'uploading')
  const fault = tooLong(text, files.length > 0)
  const isEmpty = text.trim() === '' && !files.some(({ state }) => state === 'ready')
  const send = () => {
    if (isEmpty || isUploading || fault) return
    sendComposed(id)
    area.current?.focus()
  }
  useEffect(() => {
    if (replyTo) area.current?.focus()
  }, [replyTo])
  return (
    <form
      class="writing-message"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {replyTo && <ReplyTo composing={composing} conversation={conversation} />}
      {files.length > 0 && <Files id={id} files={files} />}
      <div class="writing">
        <Tools id={id} area={area} />
        <textarea
          ref={area}
          id="composer-text"
          rows={1}
          dir="auto"
          aria-label={words.composer.message}
          aria-invalid={fault ? 'true' : undefined}
          aria-describedby={fault || isUploading ? 'composer-fault' : undefined}
          placeholder={words.composer.placeholder}
          value={text}
          onInput={(event) => {
            compose(id, { text: event.currentTarget.value, refused: undefined })
            keepDraft(id)
            if (event.currentTarget.value.trim() !== '') typing(id)
          }}
          onKeyDown={(event) => {
            if (!isSend(event)) return
            event.preventDefault()
            send()
          }}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])]
            if (pasted.length === 0) return
            event.preventDefault()
            addFiles(id, pasted)
          }}
        />
        <Button
          kind="main"
          type="submit"
          class="send"
          aria-label={words.composer.send}
          aria-disabled={isEmpty || isUploading || fault ? 'true' : undefined}
        >
          <Mark name="send" />
        </Button>
      </div>
      <p id="composer-fault" class="fault" role="status">
        {fault ? words.composer.tooLong(fault.over) : isUploading ? words.composer.wait : ''}
      </p>
    </form>
  )
}

const ReplyTo = ({
  composing: { replyTo },
  conversation,
}: {
  composing: Composing
  conversation: Conversation
}) => {
  if (!replyTo) return null
  const name = replyTo.direction === 'in' ? nameOf(conversation.contact) : words.composer.yourself
  return (
    <div class="reply-to">
      <div>
        <p class="what">{words.composer.replyTo(name)}</p>
        <p class="one-line" dir="auto">
          {lastText({ ...replyTo, revoked: replyTo.revokedAt !== null })}
        </p>
      </div>
      <Button
        kind="quiet"
        icon="close"
        aria-label={words.composer.noReply}
        onClick={() => compose(conversation.id, { replyTo: undefined })}
      />
    </div>
  )
}

const Files = ({ id, files }: { id: string; files: Upload[] }) => (
  <ul class="files">
    {files.map((file) => (
      <li key={file.id} class={file.state}>
        {file.preview ? <img src={file.preview} alt="" /> : <Mark name="file" size={24} />}
        <div>
          <p class="one-line">
            <bdi>{file.name}</bdi> <span class="small">{bytes(file.bytes)}</span>
          </p>
          {file.state === 'uploading' && (
            <Progress value={file.sent} max={file.bytes} label={words.composer.uploading(file.name)} />
          )}
          {file.sentence && (
            <p class="fault" role="alert">
              {file.sentence}
            </p>
          )}
        </div>
        <Button
          kind="quiet"
          icon="close"
          aria-label={words.composer.removeFile(file.name)}
          onClick={() => removeFile(id, file.id)}
        />
      </li>
    ))}
  </ul>
)

/** Emoji, files, templates, buttons: what a message can be besides words. */
function Tools({ id, area }: { id: string; area: { current: HTMLTextAreaElement | null } }) {
  const picked = useRef<HTMLInputElement>(null)
  const [isEmoji, setEmoji] = useState(false)
  const insert = (emoji: string) => {
    const element = area.current
    const { text } = deskOf(id).composer.value
    const at = element?.selectionStart ?? text.length
    compose(id, { text: text.slice(0, at) + emoji + text.slice(element?.selectionEnd ?? at) })
    keepDraft(id)
    requestAnimationFrame(() => element?.setSelectionRange(at + emoji.length, at + emoji.length))
  }
  return (
    <div class="tools">
      <Button
        kind="quiet"
        aria-label={words.composer.emoji}
        aria-expanded={isEmoji}
        onClick={() => setEmoji(!isEmoji)}
      >
        <Mark name="smile" size={20} />
      </Button>
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
      <Button
        kind="quiet"
        icon="templates"
        aria-label={words.composer.template}
        onClick={() => {
          sheet.value = { kind: 'templates', conversationId: id }
        }}
      />
      <Button
        kind="quiet"
        aria-label={words.composer.builder}
        onClick={() => {
          sheet.value = { kind: 'builder', conversationId: id }
        }}
      >
        <Mark name="buttons" size={20} />
      </Button>
      {isEmoji && (
        <div
          class="emoji-box"
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            setEmoji(false)
            area.current?.focus()
          }}
        >
          <Emoji
            onPick={(emoji) => {
              insert(emoji)
            }}
          />
        </div>
      )}
    </div>
  )
}
