// The data processing agreement: read it, accept it, who did. Called by privacy.tsx.

import { useState } from 'preact/hooks'
import { ask, type Problem, tell } from '../client.ts'
import { date } from '../format.ts'
import {
  Badge,
  Button,
  Checkbox,
  type Column,
  Failed,
  Field,
  Input,
  LinkButton,
  Skeleton,
  sentenceOf,
  Table,
  Time,
  toast,
  useResource,
} from '../ui/index.ts'
import { privacy, agreement as words } from '../words/privacy.ts'

type Accepted = {
  id: string
  version: string
  hash: string
  signatory: { name: string; title: string } | null
  at: string
}
type Agreements = {
  current: { version: string; hash: string; effective: string; url: string }
  accepted: boolean
  data: Accepted[]
}

export function Agreement() {
  const { state, data, problem, reload, set } = useResource(() => ask<Agreements>('/agreements'), [])
  if (state === 'loading') return <Skeleton />
  if (!data) return problem ? <Failed problem={problem} onRetry={() => void reload()} /> : null
  const { current, accepted } = data
  return (
    <>
      <p>{words.text}</p>
      <section class="card">
        <h2>{words.version(current.version, date(current.effective))}</h2>
        <p>
          <Badge tone={accepted ? 'good' : 'warn'}>{accepted ? words.accepted : words.open}</Badge>
        </p>
        {!accepted && data.data.length > 0 && <p>{words.again}</p>}
        <div class="actions">
          <LinkButton href={current.url}>{words.read}</LinkButton>
        </div>
      </section>
      {!accepted && <Accept current={current} onDone={(next) => set(() => next)} />}
      {data.data.length > 0 && (
        <section>
          <Table caption={privacy.tabs.agreement} columns={columns} rows={data.data} />
        </section>
      )}
    </>
  )
}

const columns: Column<Accepted>[] = [
  { id: 'version', label: words.versionHead, cell: ({ version }) => version },
  {
    id: 'signatory',
    label: words.signatory,
    cell: ({ signatory }) => (signatory ? `${signatory.name}, ${signatory.title}` : words.gone),
  },
  { id: 'when', label: words.when, cell: ({ at }) => <Time at={at} /> },
  { id: 'hash', label: words.hash, cell: ({ hash }) => <code class="small">{hash.slice(0, 16)}…</code> },
]

type AcceptProps = { current: Agreements['current']; onDone: (next: Agreements) => void }

function Accept({ current: { version, hash }, onDone }: AcceptProps) {
  const [name, setName] = useState('')
  const [title, setTitle] = useState('')
  const [sure, setSure] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const accept = async () => {
    setBusy(true)
    const told = await tell<Agreements>('/agreements', 'POST', { version, hash, name, title })
    setBusy(false)
    setProblem(told.ok ? undefined : told.problem)
    if (!told.ok) return
    toast({ text: words.done })
    onDone(told.data)
  }
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        void accept()
      }}
    >
      <h2>{words.title}</h2>
      <Field label={words.name}>
        <Input
          value={name}
          autocomplete="name"
          maxLength={200}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field label={words.role} hint={words.roleHint} error={problem && sentenceOf(problem)}>
        <Input
          value={title}
          autocomplete="organization-title"
          maxLength={200}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </Field>
      <Checkbox
        label={words.sure}
        checked={sure}
        onChange={(event) => setSure(event.currentTarget.checked)}
      />
      <div class="actions">
        <Button
          kind="main"
          type="submit"
          busy={busy}
          disabled={!sure || name.trim().length < 2 || title.trim().length < 2}
        >
          {words.accept}
        </Button>
      </div>
    </form>
  )
}
