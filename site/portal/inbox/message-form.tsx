// What a message is written with: words, an answer to something, files, and the send button. Part of composer.tsx.

import { useLayoutEffect } from 'preact/hooks'
import { bytes } from '../format.ts'
import { Button, Progress } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { keepDraft } from './drafts.ts'
import { Mark } from './icons.tsx'
import { tooLong } from './outgoing.ts'
import { lastText, nameOf } from './row.tsx'
import { sendComposed, typing } from './sending.ts'
import { type Composer as Composing, compose, type Upload } from './state.ts'
import { Tools } from './tools.tsx'
import type { Conversation } from './types.ts'
import { addFiles, removeFile } from './uploads.ts'
import { escaped, isSend, useHeight } from './writing.ts'

export function MessageForm({
  conversation,
  composing,
}: {
  conversation: Conversation
  composing: Composing
}) {
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
  useLayoutEffect(() => {
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
            if (escaped(event) || !isSend(event)) return
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
