// Where an answer is written: words, files, an answer to something, a note for colleagues; or, once the 24 hours are over, the
// templates in its place. Part of inbox.tsx.

import { can } from '../session.ts'
import { Button, Icon, Tabs } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { Countdown, useWindow } from './countdown.tsx'
import { MessageForm } from './message-form.tsx'
import { addNote } from './sending.ts'
import { type Composer as Composing, compose, deskOf, sheet } from './state.ts'
import type { Conversation } from './types.ts'
import { escaped, isSend, useHeight } from './writing.ts'

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
          if (escaped(event) || !isSend(event)) return
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
