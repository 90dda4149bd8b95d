// The script of /portal/templates: the list with its search, one template, the editor.

import { useEffect, useState } from 'preact/hooks'
import { mount } from '../mount.tsx'
import {
  Badge,
  Button,
  type Column,
  can,
  Empty,
  Failed,
  Field,
  Input,
  Page,
  Select,
  Skeleton,
  sentenceOf,
  Table,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { templates as words } from '../words/templates.ts'
import { type Account, loadAccounts } from './accounts.ts'
import { loadTemplates, qualityTone, statusTone, syncTemplates, type Template } from './data.ts'
import { Editor } from './editor.tsx'
import { One } from './one.tsx'

const pauseMs = 200

function Templates() {
  const [q, setQ] = useState('')
  const [wanted, setWanted] = useState('')
  const [status, setStatus] = useState('')
  const [open, setOpen] = useState<string>()
  const [editing, setEditing] = useState<Template | 'new'>()
  const { state, data, problem, reload, set } = useResource(
    () => loadTemplates(wanted, status),
    [wanted, status],
  )
  useChanges(['templates'], () => void reload())
  const accounts = useResource(loadAccounts, []).data ?? []
  useEffect(() => {
    const timer = setTimeout(() => setWanted(q), pauseMs)
    return () => clearTimeout(timer)
  }, [q])
  const more = async () => {
    const page = await loadTemplates(wanted, status, data?.next ?? undefined)
    if (page.ok) set((before) => ({ data: [...before.data, ...page.data.data], next: page.data.next }))
    else toast({ text: sentenceOf(page.problem), tone: 'bad' })
  }
  const shown = data?.data.find(({ id }) => id === open)
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={can('templates') && <Actions onNew={() => setEditing('new')} onDone={reload} />}
    >
      <Filters q={q} status={status} setQ={setQ} setStatus={setStatus} />
      {state === 'loading' && <Skeleton rows={6} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={words.title}
          columns={columns(setOpen, accounts, data.data)}
          rows={data.data}
          empty={<Nothing filtered={wanted !== '' || status !== ''} />}
        />
      )}
      {data?.next && (
        <div class="actions">
          <Button onClick={() => void more()}>{words.more}</Button>
        </div>
      )}
      <Opened
        {...{ shown, editing, accounts }}
        open={setOpen}
        edit={setEditing}
        reload={() => void reload()}
      />
    </Page>
  )
}

type FiltersProps = {
  q: string
  status: string
  setQ: (q: string) => void
  setStatus: (status: string) => void
}

const Filters = ({ q, status, setQ, setStatus }: FiltersProps) => (
  <search class="filters">
    <Field label={words.search}>
      <Input type="search" value={q} maxLength={200} onInput={(event) => setQ(event.currentTarget.value)} />
    </Field>
    <Field label={words.status}>
      <Select
        value={status}
        onChange={(event) => setStatus(event.currentTarget.value)}
        options={[
          { value: '', label: words.any },
          ...Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
        ]}
      />
    </Field>
  </search>
)

type OpenedProps = {
  shown: Template | undefined
  editing: Template | 'new' | undefined
  accounts: Account[]
  open: (id: string | undefined) => void
  edit: (template: Template | undefined) => void
  reload: () => void
}

/** The one that is looked at, or the editor. */
function Opened({ shown, editing, accounts, open, edit, reload }: OpenedProps) {
  if (editing)
    return (
      <Editor
        template={editing === 'new' ? undefined : editing}
        accounts={accounts}
        onClose={() => edit(undefined)}
        onDone={(id) => {
          edit(undefined)
          open(id)
          reload()
        }}
      />
    )
  if (!shown) return null
  const gone = () => {
    open(undefined)
    reload()
  }
  return <One template={shown} onClose={() => open(undefined)} onEdit={() => edit(shown)} onGone={gone} />
}

/** Where there is more than one account, the same template may stand once for each. */
function accountColumn(accounts: Account[], rows: Template[]): Column<Template>[] {
  const ids = new Set([...accounts.map(({ id }) => id), ...rows.map(({ wabaId }) => wabaId)])
  if (ids.size < 2) return []
  const labelOf = (wabaId: string) => accounts.find(({ id }) => id === wabaId)?.label ?? wabaId
  return [{ id: 'account', label: words.account, cell: ({ wabaId }) => labelOf(wabaId) }]
}

const columns = (open: (id: string) => void, accounts: Account[], rows: Template[]): Column<Template>[] => [
  {
    id: 'name',
    label: words.name,
    cell: ({ id, name }) => (
      <button type="button" class="as-link" onClick={() => open(id)}>
        {name}
      </button>
    ),
  },
  ...accountColumn(accounts, rows),
  { id: 'language', label: words.language, cell: ({ language }) => language },
  { id: 'category', label: words.category, cell: ({ category }) => words.categories[category] ?? category },
  {
    id: 'status',
    label: words.status,
    cell: ({ status }) => <Badge tone={statusTone(status)}>{words.statuses[status] ?? status}</Badge>,
  },
  {
    id: 'quality',
    label: words.quality,
    cell: ({ quality }) => (
      <Badge tone={qualityTone(quality)}>{words.qualities[quality ?? 'UNKNOWN'] ?? words.noQuality}</Badge>
    ),
  },
]

const Nothing = ({ filtered }: { filtered: boolean }) =>
  filtered ? (
    <Empty title={words.nothingFound} text={words.nothingFoundText} icon="search" />
  ) : (
    <Empty title={words.emptyTitle} text={words.emptyText} icon="templates" />
  )

function Actions({ onNew, onDone }: { onNew: () => void; onDone: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const sync = async () => {
    setBusy(true)
    const told = await syncTemplates()
    await onDone()
    setBusy(false)
    toast(
      told.ok ? { text: words.synced(told.data.templates) } : { text: sentenceOf(told.problem), tone: 'bad' },
    )
  }
  return (
    <>
      <Button busy={busy} onClick={() => void sync()}>
        {words.sync}
      </Button>
      <Button kind="main" icon="plus" onClick={onNew}>
        {words.create}
      </Button>
    </>
  )
}

void mount(Templates, { needs: 'templates:read' })
