// One request: what was written, and what the business decides about it. Called by requests.tsx.

import { useState } from 'preact/hooks'
import { ask, type Result, tell } from '../client.ts'
import {
  Badge,
  Button,
  Dialog,
  Failed,
  Field,
  Select,
  Skeleton,
  sentenceOf,
  TextArea,
  Time,
  toast,
  useResource,
} from '../ui/index.ts'
import { actorWords, privacy, requests as words } from '../words/privacy.ts'
import { type Request, requestTone } from './request-data.ts'

type Whole = Request & { messages: { by: string; text: string; at: string }[] }
type Props = { id: string; onClose: () => void; onChange: () => void }

export function RequestDialog({ id, onClose, onChange }: Props) {
  const { state, data, problem, reload } = useResource(() => ask<Whole>(`/requests/${id}`), [id])
  const [refusing, setRefusing] = useState(false)
  const act = async (path: string, said: string, body?: unknown): Promise<Result<unknown>> => {
    const told = await tell(`/requests/${id}/${path}`, 'POST', body)
    toast(told.ok ? { text: said } : { text: sentenceOf(told.problem), tone: 'bad' })
    if (told.ok) {
      setRefusing(false)
      await reload()
      onChange()
    }
    return told
  }
  return (
    <Dialog
      title={data ? (words.types[data.type] ?? data.type) : privacy.tabs.requests}
      open
      wide
      onClose={onClose}
      actions={data && !refusing && <Decisions request={data} act={act} refuse={() => setRefusing(true)} />}
    >
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && refusing && <Refusal act={act} />}
      {data && !refusing && <Inside request={data} act={act} />}
    </Dialog>
  )
}

type Act = (path: string, said: string, body?: unknown) => Promise<Result<unknown>>

const Decisions = ({ request, act, refuse }: { request: Whole; act: Act; refuse: () => void }) => {
  const byHand = request.state === 'granted' && request.type === 'correct'
  return (
    <>
      {request.state === 'waiting' && <Button onClick={refuse}>{words.refuse}</Button>}
      {request.state === 'waiting' && (
        <Button kind="main" onClick={() => void act('grant', words.granted)}>
          {words.grant}
        </Button>
      )}
      {byHand && (
        <Button kind="main" onClick={() => void act('done', words.marked)}>
          {words.done}
        </Button>
      )}
    </>
  )
}

function Inside({ request, act }: { request: Whole; act: Act }) {
  const { state, dueAt, letThroughAt, receivedAt, refusal, decidedBy, messages, contactId } = request
  const open = state === 'waiting' || state === 'granted'
  return (
    <div class="stack">
      <p class="badges">
        <Badge tone={requestTone(state)}>{words.states[state] ?? state}</Badge>
        {decidedBy && <Badge>{actorWords(decidedBy)}</Badge>}
      </p>
      <dl class="measures">
        <div>
          <dt>{words.received}</dt>
          <dd>
            <Time at={receivedAt} />
          </dd>
        </div>
        <div>
          <dt>{words.due}</dt>
          <dd>
            <Time at={dueAt} />
          </dd>
        </div>
        <div>
          <dt>{words.person}</dt>
          <dd>
            <a href={`/portal/contacts?contact=${contactId}`}>{contactId}</a>
          </dd>
        </div>
      </dl>
      {state === 'waiting' && letThroughAt && (
        <p class="notice">
          {words.letThrough} <Time at={letThroughAt} />
        </p>
      )}
      {refusal && <p class="notice">{words.reasons[refusal] ?? refusal}</p>}
      <h3>{words.talk}</h3>
      {messages.length === 0 && <p class="soft">{words.nothingWritten}</p>}
      <ul class="talk">
        {messages.map(({ by, text, at }) => (
          <li key={`${at}${by}`}>
            <strong>{words.writers[by] ?? by}</strong> <Time at={at} />
            <br />
            {text}
          </li>
        ))}
      </ul>
      {open && <Answer act={act} />}
    </div>
  )
}

function Answer({ act }: { act: Act }) {
  const [text, setText] = useState('')
  const send = async () => {
    if ((await act('messages', words.sent, { text })).ok) setText('')
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Field label={words.answer} hint={words.answerHint}>
        <TextArea
          rows={3}
          value={text}
          maxLength={8_000}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </Field>
      <div class="actions">
        <Button type="submit" disabled={text.trim() === ''}>
          {words.send}
        </Button>
      </div>
    </form>
  )
}

function Refusal({ act }: { act: Act }) {
  const [reason, setReason] = useState('legal_obligation')
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void act('refuse', words.refused, { reason })
      }}
    >
      <p>{words.refuseText}</p>
      <Field label={words.refuseTitle}>
        <Select
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          options={Object.entries(words.reasons).map(([value, label]) => ({ value, label }))}
        />
      </Field>
      <div class="actions">
        <Button kind="danger" type="submit">
          {words.refuse}
        </Button>
      </div>
    </form>
  )
}
