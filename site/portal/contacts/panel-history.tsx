// What was done about one person, as the ledger has it. Asked for when somebody opens it. Called by panel.tsx.

import { useEffect, useState } from 'preact/hooks'
import { api, ask, call } from '../client.ts'
import { fullTime } from '../format.ts'
import { Button, useSession } from '../ui/index.ts'
import { historyOf as words } from '../words/contacts.ts'
import type { Entry } from './data.ts'

type Names = Map<string, string | null>

/** Ids of the ledger as people: colleagues by name, everything else by what it is. */
function whoIs(actor: string, names: Names): string {
  const [kind = '', id = ''] = actor.split(':')
  if (kind === 'member') {
    if (id === useSession().member?.id) return words.you
    return names.get(id) ?? (names.has(id) ? words.colleague : words.somebody)
  }
  const known: Record<string, string> = {
    key: words.key,
    meta: words.meta,
    system: words.system,
    person: words.person,
    operator: words.operator,
  }
  return known[kind] ?? words.system
}

async function loadNames(): Promise<Names> {
  const told = await ask<{ data: { id: string; name: string | null }[] }>('/colleagues')
  return new Map(told.ok ? told.data.data.map(({ id, name }) => [id, name]) : [])
}

export function HistoryOf({ contactId, turn }: { contactId: string; turn: number }) {
  const [open, setOpen] = useState(false)
  const [rows, setRows] = useState<Entry[]>()
  const [names, setNames] = useState<Names>(new Map())
  const [next, setNext] = useState<string | null>(null)
  const load = async (cursor?: string) => {
    const query = cursor === undefined ? {} : { cursor }
    const told = await call(api.contacts[':id'].history.$get({ param: { id: contactId }, query }))
    if (!told.ok) return
    setRows((before) => (cursor === undefined ? told.data.data : [...(before ?? []), ...told.data.data]))
    setNext(told.data.next)
  }
  useEffect(() => {
    if (!open) return
    void loadNames().then(setNames)
    void load()
  }, [open, contactId, turn])
  return (
    <details class="more part" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.title}</summary>
      {rows?.length === 0 && <p class="soft">{words.none}</p>}
      <ol class="entries">
        {rows?.map(({ id, action, actor, at }) => (
          <li key={id}>
            {words.entry(words.actions[action] ?? action, whoIs(actor, names))}{' '}
            <span class="small soft">{fullTime(at)}</span>
          </li>
        ))}
      </ol>
      {next && (
        <Button kind="quiet" onClick={() => void load(next)}>
          {words.more}
        </Button>
      )}
    </details>
  )
}
