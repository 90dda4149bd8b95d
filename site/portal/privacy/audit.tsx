// The ledger with its filters, and all of it as a file. Called by privacy.tsx.

import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from '../client.ts'
import {
  Button,
  type Column,
  Empty,
  Failed,
  Field,
  Input,
  Skeleton,
  sentenceOf,
  Table,
  Time,
  toast,
  useResource,
} from '../ui/index.ts'
import { actorWords, privacy, audit as words } from '../words/privacy.ts'
import { saveAnswer } from './save.ts'

type Entry = {
  id: string
  actor: string
  action: string
  subject: string
  reason: string | null
  recordedAt: string
}
type EntryPage = { data: Entry[]; next: string | null }
type Filter = { action: string; actor: string; from: string; to: string }
const none: Filter = { action: '', actor: '', from: '', to: '' }

/** Days are whole ones of whoever looks: until the end of the last. */
const startOf = (day: string, after = 0): string => {
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + after)
  return at.toISOString()
}

function load({ action, actor, from, to }: Filter, cursor?: string) {
  const query = new URLSearchParams({ limit: '50' })
  if (action.trim()) query.set('action', action.trim())
  if (actor.trim()) query.set('actor', actor.trim())
  if (from) query.set('from', startOf(from))
  if (to) query.set('to', startOf(to, 1))
  if (cursor) query.set('cursor', cursor)
  return ask<EntryPage>(`/audit?${query}`)
}

export function Audit() {
  const [filter, setFilter] = useState(none)
  const { state, data, problem, reload, set } = useResource(() => load(filter), [filter])
  const more = async () => {
    const page = await load(filter, data?.next ?? undefined)
    if (page.ok) set((before) => ({ data: [...before.data, ...page.data.data], next: page.data.next }))
  }
  return (
    <>
      <p>{words.text}</p>
      <Filters onFilter={setFilter} />
      {state === 'loading' && <Skeleton rows={8} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={privacy.tabs.audit}
          columns={columns((actor) => setFilter({ ...filter, actor }))}
          rows={data.data}
          empty={<Empty title={words.emptyTitle} text={words.emptyText} icon="search" />}
        />
      )}
      {data?.next && <Button onClick={() => void more()}>{privacy.more}</Button>}
    </>
  )
}

/** Ids are long and say nothing: their beginning tells two apart, and all of it is there on asking. */
const shortly = (id: string): string => (id.length > 14 ? `${id.slice(0, 12)}…` : id)

/** Where a line may break: after a dot and before an underscore, never inside of a word. */
const breakable = (action: string) =>
  action.split(/(?<=\.)|(?=_)/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ))

const columns = (only: (actor: string) => void): Column<Entry>[] => [
  { id: 'action', label: words.action, cell: ({ action }) => breakable(action) },
  {
    id: 'actor',
    label: words.actor,
    cell: ({ actor }) => (
      <button type="button" class="as-link small" title={actor} onClick={() => only(actor)}>
        {actorWords(actor, shortly)}
      </button>
    ),
  },
  {
    id: 'subject',
    label: words.subject,
    cell: ({ subject }) => (
      <code class="small" title={subject}>
        {shortly(subject)}
      </code>
    ),
  },
  { id: 'reason', label: words.reason, cell: ({ reason }) => reason },
  { id: 'when', label: words.when, cell: ({ recordedAt }) => <Time at={recordedAt} /> },
]

function Filters({ onFilter }: { onFilter: (filter: Filter) => void }) {
  const [draft, setDraft] = useState(none)
  const [busy, setBusy] = useState(false)
  const set = (change: Partial<Filter>) => setDraft((before) => ({ ...before, ...change }))
  const take = async () => {
    setBusy(true)
    const taken = await saveAnswer('/audit/export', 'ledger.ndjson')
    setBusy(false)
    toast(taken.ok ? { text: words.exported } : { text: sentenceOf(taken.problem), tone: 'bad' })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onFilter(draft)
      }}
    >
      <div class="filters">
        <Field label={words.action} hint={words.actionHint}>
          <Input
            value={draft.action}
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => set({ action: event.currentTarget.value })}
          />
        </Field>
        <Field label={words.actor} hint={words.actorHint}>
          <Input
            value={draft.actor}
            maxLength={80}
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => set({ actor: event.currentTarget.value })}
          />
        </Field>
        <Field label={words.from}>
          <Input
            type="date"
            value={draft.from}
            onInput={(event) => set({ from: event.currentTarget.value })}
          />
        </Field>
        <Field label={words.to}>
          <Input type="date" value={draft.to} onInput={(event) => set({ to: event.currentTarget.value })} />
        </Field>
      </div>
      <div class="actions">
        <Button kind="main" type="submit">
          {words.filter}
        </Button>
        <Button
          onClick={() => {
            setDraft(none)
            onFilter(none)
          }}
        >
          {words.clear}
        </Button>
        <Button busy={busy} onClick={() => void take()}>
          {words.export}
        </Button>
      </div>
    </form>
  )
}
