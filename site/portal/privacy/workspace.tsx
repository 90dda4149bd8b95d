// The whole workspace: copies to take along, and its end. Called by privacy.tsx.

import { useState } from 'preact/hooks'
import { ask, tell } from '../client.ts'
import { bytes } from '../format.ts'
import {
  Badge,
  Button,
  can,
  Failed,
  Progress,
  Skeleton,
  sentenceOf,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { workspace as words } from '../words/privacy.ts'
import { End } from './end.tsx'
import { saveAnswer } from './save.ts'

type Copy = {
  id: string
  state: string
  bytes: number | null
  rows: number
  progress: { done: number; of: number }
  createdAt: string
  expiresAt: string
}

export const Workspace = () => (
  <>
    <Copies />
    {can('workspace:delete') && <End />}
  </>
)

function Copies() {
  const { state, data, problem, reload } = useResource(() => ask<{ data: Copy[] }>('/workspace-exports'), [])
  const [busy, setBusy] = useState(false)
  useChanges(['exports'], () => void reload())
  const order = async () => {
    setBusy(true)
    const told = await tell('/workspace-exports', 'POST')
    await reload()
    setBusy(false)
    toast(told.ok ? { text: words.ordered } : { text: sentenceOf(told.problem), tone: 'bad' })
  }
  return (
    <section class="card">
      <h2>{words.exportTitle}</h2>
      <p>{words.exportText}</p>
      <div class="actions">
        <Button kind="main" busy={busy} onClick={() => void order()}>
          {words.order}
        </Button>
      </div>
      {state === 'loading' && <Skeleton rows={2} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data?.data.length === 0 && <p class="soft">{words.emptyCopies}</p>}
      {data && data.data.length > 0 && (
        <ul class="copies">
          {data.data.map((copy) => (
            <One key={copy.id} copy={copy} />
          ))}
        </ul>
      )}
    </section>
  )
}

function One({ copy }: { copy: Copy }) {
  const { id, state, progress, rows, createdAt, expiresAt } = copy
  const [taking, setTaking] = useState<number>()
  const take = async (format: 'zip' | 'ndjson') => {
    setTaking(0)
    const name = `workspace-${createdAt.slice(0, 10)}.${format}`
    const taken = await saveAnswer(`/workspace-exports/${id}/file?format=${format}`, name, setTaking)
    setTaking(undefined)
    toast(taken.ok ? { text: words.taken } : { text: sentenceOf(taken.problem), tone: 'bad' })
  }
  const label = words.progress(progress.done, progress.of)
  return (
    <li class="card">
      <div>
        <Badge tone={state === 'ready' ? 'good' : state === 'failed' ? 'bad' : 'neutral'}>
          {words.states[state] ?? state}
        </Badge>{' '}
        <span class="small">
          {words.created} <Time at={createdAt} /> · {words.rows(rows)}
          {copy.bytes !== null && <> · {bytes(copy.bytes)}</>}
        </span>
        {state === 'building' && <Progress value={progress.done} max={progress.of} label={label} />}
        {state === 'ready' && (
          <p class="soft small">
            {words.until} <Time at={expiresAt} />
          </p>
        )}
        {taking !== undefined && (
          <p class="small" role="status">
            {words.taking(taking)}
          </p>
        )}
      </div>
      {state === 'ready' && (
        <div class="actions">
          <Button busy={taking !== undefined} onClick={() => void take('zip')}>
            {words.zip}
          </Button>
          <Button busy={taking !== undefined} onClick={() => void take('ndjson')}>
            {words.ndjson}
          </Button>
        </div>
      )}
    </li>
  )
}
