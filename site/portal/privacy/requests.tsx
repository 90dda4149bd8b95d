// Requests of people with their clocks, and the rule by which they are answered. Called by privacy.tsx.

import { useState } from 'preact/hooks'
import { ask, tell } from '../client.ts'
import {
  Badge,
  Button,
  type Column,
  Empty,
  Failed,
  Field,
  Select,
  Skeleton,
  sentenceOf,
  Table,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { privacy, requests as words } from '../words/privacy.ts'
import { RequestDialog } from './request.tsx'
import { type Request, requestTone } from './request-data.ts'

type RequestPage = { data: Request[]; next: string | null }

const load = (cursor?: string) =>
  ask<RequestPage>(`/requests?limit=50${cursor === undefined ? '' : `&cursor=${cursor}`}`)

export function Requests() {
  const { state, data, problem, reload, set } = useResource(() => load(), [])
  const [open, setOpen] = useState<string>()
  useChanges(['requests'], () => void reload())
  const more = async () => {
    const page = await load(data?.next ?? undefined)
    if (page.ok) set((before) => ({ data: [...before.data, ...page.data.data], next: page.data.next }))
  }
  return (
    <>
      <p>{words.text}</p>
      <Rule />
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={privacy.tabs.requests}
          columns={columns(setOpen)}
          rows={data.data}
          empty={<Empty title={words.emptyTitle} text={words.emptyText} icon="privacy" />}
        />
      )}
      {data?.next && <Button onClick={() => void more()}>{privacy.more}</Button>}
      {open && <RequestDialog id={open} onClose={() => setOpen(undefined)} onChange={() => void reload()} />}
    </>
  )
}

const columns = (open: (id: string) => void): Column<Request>[] => [
  {
    id: 'type',
    label: words.what,
    cell: ({ id, type, door }) => (
      <>
        <button type="button" class="as-link" onClick={() => open(id)}>
          {words.types[type] ?? type}
        </button>{' '}
        <span class="soft small">{words.doors[door]}</span>
      </>
    ),
  },
  {
    id: 'state',
    label: words.state,
    cell: ({ state }) => <Badge tone={requestTone(state)}>{words.states[state] ?? state}</Badge>,
  },
  { id: 'received', label: words.received, cell: ({ receivedAt }) => <Time at={receivedAt} /> },
  {
    id: 'due',
    label: words.due,
    cell: ({ state, dueAt }) =>
      state === 'waiting' || state === 'granted' ? (
        <Badge tone={Date.parse(dueAt) - Date.now() < 5 * 86_400_000 ? 'bad' : 'neutral'}>
          <Time at={dueAt} relative />
        </Badge>
      ) : (
        <Time at={dueAt} />
      ),
  },
]

type RuleAnswer = { letThrough: string }

function Rule() {
  const { data, set } = useResource(() => ask<RuleAnswer>('/request-rules'), [])
  if (!data) return null
  const choose = async (letThrough: string) => {
    const told = await tell<RuleAnswer>('/request-rules', 'PUT', { letThrough })
    if (told.ok) set(() => ({ letThrough }))
    toast(told.ok ? { text: words.ruleSaved } : { text: sentenceOf(told.problem), tone: 'bad' })
  }
  return (
    <Field label={words.rule}>
      <Select
        value={data.letThrough}
        onChange={(event) => void choose(event.currentTarget.value)}
        options={Object.entries(words.rules).map(([value, label]) => ({ value, label }))}
      />
    </Field>
  )
}
