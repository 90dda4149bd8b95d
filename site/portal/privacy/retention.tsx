// How long each class is kept, and the rule of the business about it. Called by privacy.tsx.

import { useEffect, useState } from 'preact/hooks'
import { ask, tell } from '../client.ts'
import {
  Button,
  type Column,
  confirmTyped,
  Dialog,
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
import { privacy, retention as words } from '../words/privacy.ts'
import { common } from '../words/shell.ts'

type Class = {
  class: string
  title: string
  what: string
  days: number | null
  bounds: { minDays: number; maxDays: number }
  life: number | null
  rule: { days: number } | null
  rows: number
  oldestAt: string | null
}

export function Retention() {
  const { state, data, problem, reload } = useResource(() => ask<{ data: Class[] }>('/retention'), [])
  const [open, setOpen] = useState<Class>()
  return (
    <>
      <p>{words.text}</p>
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={privacy.tabs.retention}
          columns={columns(setOpen)}
          rows={data.data}
          keyOf={(row) => row.class}
        />
      )}
      {open && (
        <Rule
          of={open}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined)
            void reload()
          }}
        />
      )}
    </>
  )
}

const columns = (open: (one: Class) => void): Column<Class>[] => [
  {
    id: 'class',
    label: words.class,
    cell: ({ title, what }) => (
      <>
        {title}
        <p class="soft small">{what}</p>
      </>
    ),
  },
  {
    id: 'kept',
    label: words.kept,
    cell: ({ days }) => (days === null ? words.forever : words.days(days)),
  },
  { id: 'rows', label: words.now, end: true, cell: ({ rows }) => words.rows(rows) },
  { id: 'oldest', label: words.oldest, cell: ({ oldestAt }) => oldestAt && <Time at={oldestAt} /> },
  {
    id: 'change',
    label: words.change,
    quiet: true,
    cell: (one) => <Button onClick={() => open(one)}>{words.change}</Button>,
  },
]

const pauseMs = 250

/** How many rows a rule of so many days would delete; undefined while that is not known. */
function useDue(name: string, days: number, fits: boolean): number | undefined {
  const [due, setDue] = useState<number>()
  useEffect(() => {
    setDue(undefined)
    if (!fits) return
    let stale = false
    const count = async () => {
      const told = await ask<{ rows: number }>(`/retention/${name}/preview?days=${days}`)
      if (!stale && told.ok) setDue(told.data.rows)
    }
    const timer = setTimeout(() => void count(), pauseMs)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [name, days, fits])
  return due
}

function Rule({ of, onClose, onDone }: { of: Class; onClose: () => void; onDone: () => void }) {
  const { minDays, maxDays } = of.bounds
  const [text, setText] = useState(String(of.days ?? 365))
  const [busy, setBusy] = useState(false)
  const days = Number(text)
  const fits = Number.isInteger(days) && days >= minDays && days <= maxDays
  const due = useDue(of.class, days, fits)
  const put = async (to: number | null) => {
    setBusy(true)
    const told = await tell(`/retention/${of.class}`, 'PUT', { days: to })
    setBusy(false)
    toast(told.ok ? { text: words.saved } : { text: sentenceOf(told.problem), tone: 'bad' })
    if (told.ok) onDone()
  }
  const save = async () => {
    if (!fits || due === undefined) return
    const { confirmTitle: title, typed: word, save: action } = words
    const sure = due === 0 || (await confirmTyped({ title, text: words.confirmText(due), word, action }))
    if (sure) await put(days)
  }
  return (
    <Dialog
      title={words.changeTitle(of.title)}
      open
      onClose={onClose}
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy} disabled={!fits || due === undefined}>
            {words.save}
          </Button>
        </>
      }
    >
      <p>{of.what}</p>
      <Field
        label={words.field}
        hint={words.bounds(minDays, maxDays)}
        error={fits ? undefined : words.bounds(minDays, maxDays)}
      >
        <Input
          type="number"
          min={minDays}
          max={maxDays}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </Field>
      <p class="notice" role="status">
        {due === undefined ? common.busy : words.will(due)} {words.spared}
      </p>
      {of.rule && (
        <div class="actions">
          <Button kind="quiet" onClick={() => void put(null)}>
            {words.back(of.life)}
          </Button>
        </div>
      )}
    </Dialog>
  )
}
