// Deletions with their progress, down to the receipts. Called by privacy.tsx.

import { useEffect, useState } from 'preact/hooks'
import { ask } from '../client.ts'
import {
  Badge,
  Button,
  type Column,
  Dialog,
  Empty,
  Failed,
  LinkButton,
  Progress,
  Skeleton,
  Table,
  Time,
  type Tone,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { privacy, deletions as words } from '../words/privacy.ts'
import { saveText } from './save.ts'

type Deletion = {
  id: string
  scope: string
  subjectId: string
  state: string
  requestedAt: string
  erasedAt: string | null
  goneBy: string | null
}
type DeletionPage = { data: Deletion[]; next: string | null }
type Followed = Deletion & { code: string; statusUrl: string }
type Status = {
  steps: { name: string; state: string }[]
  blocks: { reason: string }[]
  receipts: { kind: string; jws: string; at: string }[]
}

const load = (cursor?: string) =>
  ask<DeletionPage>(`/deletions?limit=50${cursor === undefined ? '' : `&cursor=${cursor}`}`)

const tone = (state: string): Tone =>
  (({ completed: 'good', erased: 'good', running: 'info', blocked: 'warn', cooling_off: 'warn' }) as const)[
    state as 'running'
  ] ?? 'neutral'

export function Deletions() {
  const { state, data, problem, reload, set } = useResource(() => load(), [])
  const [open, setOpen] = useState<string>()
  useChanges(['deletion'], () => void reload())
  const more = async () => {
    const page = await load(data?.next ?? undefined)
    if (page.ok) set((before) => ({ data: [...before.data, ...page.data.data], next: page.data.next }))
  }
  return (
    <>
      <p>
        {words.text} <a href="/verify">{words.verify}</a>
      </p>
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={privacy.tabs.deletions}
          columns={columns(setOpen)}
          rows={data.data}
          empty={<Empty title={words.emptyTitle} text={words.emptyText} icon="trash" />}
        />
      )}
      {data?.next && <Button onClick={() => void more()}>{privacy.more}</Button>}
      {open && <One id={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const columns = (open: (id: string) => void): Column<Deletion>[] => [
  {
    id: 'what',
    label: words.what,
    cell: ({ id, scope }) => (
      <button type="button" class="as-link" onClick={() => open(id)}>
        {words.scopes[scope] ?? scope}
      </button>
    ),
  },
  {
    id: 'state',
    label: words.state,
    cell: ({ state }) => <Badge tone={tone(state)}>{words.states[state] ?? state}</Badge>,
  },
  { id: 'requested', label: words.requested, cell: ({ requestedAt }) => <Time at={requestedAt} /> },
  { id: 'erased', label: words.erased, cell: ({ erasedAt }) => erasedAt && <Time at={erasedAt} /> },
  { id: 'gone', label: words.gone, cell: ({ goneBy }) => goneBy && <Time at={goneBy} /> },
]

const lookMs = 2_000
const over = ['completed', 'cancelled', 'erased']

async function loadOne(id: string) {
  const followed = await ask<Followed>(`/deletions/${id}`)
  if (!followed.ok) return followed
  const status = await ask<Status>(`/public/deletions/${followed.data.code}`)
  return status.ok ? { ok: true as const, data: { ...followed.data, ...status.data } } : status
}

function One({ id, onClose }: { id: string; onClose: () => void }) {
  const { state, data, problem, reload } = useResource(() => loadOne(id), [id])
  const running = data !== undefined && !over.includes(data.state)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => void reload(), lookMs)
    return () => clearInterval(timer)
  }, [running])
  return (
    <Dialog
      title={data ? (words.scopes[data.scope] ?? data.scope) : words.open}
      open
      wide
      onClose={onClose}
      actions={data && <LinkButton href={`/data-deletion/${data.code}`}>{words.page}</LinkButton>}
    >
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && <Inside one={data} />}
    </Dialog>
  )
}

function Inside({ one }: { one: Followed & Status }) {
  const done = one.steps.filter(({ state }) => ['done', 'skipped', 'gave_up'].includes(state)).length
  const label = words.progress(done, one.steps.length)
  return (
    <div class="stack">
      <p>
        <Badge tone={tone(one.state)}>{words.states[one.state] ?? one.state}</Badge>
      </p>
      <Progress value={done} max={one.steps.length} label={label} />
      <p class="soft small" role="status">
        {label}
      </p>
      {one.blocks.map(({ reason }) => (
        <p key={reason} class="notice">
          {words.held(reason)}
        </p>
      ))}
      <h3>{words.receipts}</h3>
      {one.receipts.length === 0 && <p class="soft">{words.noReceipts}</p>}
      <ul class="list-rows">
        {one.receipts.map((receipt) => (
          <li key={receipt.kind}>
            <div>
              <strong>{words.receiptKinds[receipt.kind]}</strong>
              <p class="soft small">
                <Time at={receipt.at} />
              </p>
            </div>
            <span />
            <Button
              onClick={() =>
                saveText(`receipt-${one.id}-${receipt.kind}.json`, JSON.stringify({ receipts: [receipt] }))
              }
            >
              {words.save}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
