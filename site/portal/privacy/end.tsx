// The end of a workspace: what would go, the request, the approval of another owner, and calling it off. Called by workspace.tsx.

import { useState } from 'preact/hooks'
import { ask, type Result, tell } from '../client.ts'
import { number } from '../format.ts'
import {
  Badge,
  Button,
  Checkbox,
  confirmTyped,
  sentenceOf,
  Time,
  toast,
  useChanges,
  useResource,
  useSession,
} from '../ui/index.ts'
import { deletions, workspace as words } from '../words/privacy.ts'

type Deletion = { id: string; scope: string; state: string; coolingUntil: string | null }
type Preview = {
  erased: { place: string; count: number }[]
  kept: { place: string; count: number; why: string }[]
}

const standing = ['waiting_approval', 'cooling_off', 'running', 'blocked']

/** The newest deletions are enough: one of the whole workspace stops everything after it. */
const load = () => ask<{ data: Deletion[] }>('/deletions?limit=50')

export function End() {
  const { data, reload } = useResource(load, [])
  useChanges(['deletion', 'workspace'], () => void reload())
  const found = data?.data.find(({ scope, state }) => scope === 'workspace' && standing.includes(state))
  return (
    <section class="card">
      <h2>{words.deleteTitle}</h2>
      <p>{words.deleteText}</p>
      {found ? (
        <Standing deletion={found} onDone={() => void reload()} />
      ) : (
        <Ask onDone={() => void reload()} />
      )}
    </section>
  )
}

const say = (told: Result<unknown>, text: string) =>
  toast(told.ok ? { text } : { text: sentenceOf(told.problem), tone: 'bad' })

function Standing({ deletion, onDone }: { deletion: Deletion; onDone: () => void }) {
  const { state, coolingUntil } = deletion
  const act = async (path: string, method: string, text: string) => {
    const told = await tell(path, method)
    say(told, text)
    onDone()
  }
  return (
    <>
      <p class="notice care">
        {words.standing} <Badge tone="warn">{deletions.states[state] ?? state}</Badge>
        {coolingUntil && (
          <>
            {' '}
            {words.cooling} <Time at={coolingUntil} />
          </>
        )}
      </p>
      <div class="actions">
        {state === 'waiting_approval' && (
          <Button kind="danger" onClick={() => void act('/deletion/approval', 'POST', words.approved)}>
            {words.approve}
          </Button>
        )}
        <Button kind="main" onClick={() => void act('/deletion', 'DELETE', words.cancelled)}>
          {words.cancel}
        </Button>
      </div>
    </>
  )
}

function Ask({ onDone }: { onDone: () => void }) {
  const { workspace } = useSession()
  const [deregister, setDeregister] = useState(false)
  const [preview, setPreview] = useState<Preview>()
  const count = async () => {
    const told = await tell<Preview>('/deletion?dryRun=true', 'POST', { deregister })
    if (told.ok) setPreview(told.data)
    else say(told, '')
  }
  const go = async () => {
    const name = workspace?.name ?? ''
    const sure = await confirmTyped({
      title: words.deleteTitle,
      text: words.confirm(name),
      word: name,
      action: words.delete,
    })
    if (!sure) return
    say(await tell('/deletion', 'POST', { deregister }), words.asked)
    onDone()
  }
  return (
    <>
      <Checkbox
        label={words.deregister}
        hint={words.deregisterHint}
        checked={deregister}
        onChange={(event) => setDeregister(event.currentTarget.checked)}
      />
      {preview && <Counted preview={preview} />}
      <div class="actions">
        <Button onClick={() => void count()}>{words.count}</Button>
        <Button kind="danger" onClick={() => void go()}>
          {words.delete}
        </Button>
      </div>
    </>
  )
}

const Counted = ({ preview: { erased, kept } }: { preview: Preview }) => (
  <div class="two" role="status">
    <div>
      <h3>{words.goes}</h3>
      <ul class="small">
        {erased.map((one) => (
          <li key={one.place}>
            {one.place}: {number(one.count)}
          </li>
        ))}
      </ul>
    </div>
    <div>
      <h3>{words.stays}</h3>
      <ul class="small">
        {kept.map((one) => (
          <li key={one.place}>
            {one.place}: {number(one.count)} ({one.why})
          </li>
        ))}
      </ul>
    </div>
  </div>
)
