// The list of contacts: a page at a time, the next one comes when its end is near. Called by contacts.tsx.

import { useEffect, useRef, useState } from 'preact/hooks'
import { api, call, type Problem } from '../client.ts'
import {
  Avatar,
  Badge,
  Button,
  Empty,
  Failed,
  Field,
  Input,
  Select,
  Skeleton,
  Time,
  useChanges,
} from '../ui/index.ts'
import { standing, contacts as words } from '../words/contacts.ts'
import { type Listed, nameOf, shownPhone } from './data.ts'
import { tones } from './panel-consents.tsx'

type Filter = keyof typeof words.filters
type Wanted = { q: string; filter: Filter }
const typingMs = 250

const queryOf = ({ q, filter }: Wanted, cursor?: string) => ({
  ...(q.trim() === '' ? {} : { q: q.trim() }),
  ...(filter === 'objected' ? { objected: 'true' as const } : {}),
  ...(filter === 'all' || filter === 'objected' ? {} : { marketing: filter }),
  ...(cursor === undefined ? {} : { cursor }),
})

type Found = { rows: Listed[]; next: string | null }

function useFound(wanted: Wanted) {
  const [found, setFound] = useState<Found>()
  const [problem, setProblem] = useState<Problem>()
  const turn = useRef(0)
  const load = async (cursor?: string) => {
    const mine = ++turn.current
    const told = await call(api.contacts.$get({ query: queryOf(wanted, cursor) }))
    if (mine !== turn.current) return
    if (!told.ok) return setProblem(told.problem)
    setProblem(undefined)
    setFound((before) => ({
      rows: cursor === undefined ? told.data.data : [...(before?.rows ?? []), ...told.data.data],
      next: told.data.next,
    }))
  }
  useEffect(() => {
    const timer = setTimeout(() => void load(), found ? typingMs : 0)
    return () => clearTimeout(timer)
  }, [wanted.q, wanted.filter])
  return { found, problem, load, drop: (id: string) => setFound((before) => before && without(before, id)) }
}

const without = ({ rows, next }: Found, id: string): Found => ({
  rows: rows.filter((row) => row.id !== id),
  next,
})

export function List({ chosen, onChoose }: { chosen: string | null; onChoose: (id: string) => void }) {
  const [wanted, setWanted] = useState<Wanted>({ q: '', filter: 'all' })
  const { found, problem, load, drop } = useFound(wanted)
  useChanges(['contact', 'contact_gone', 'imports'], (changes) => {
    for (const change of changes) if (change.kind === 'contact_gone') drop(change.contactId)
    // Whoever has read on is not thrown back to the beginning.
    if (!found || found.rows.length <= 50) void load()
  })
  return (
    <>
      <search class="people-tools">
        <Field label={words.search} hint={words.searchHint}>
          <Input
            type="search"
            value={wanted.q}
            maxLength={200}
            onInput={(event) => setWanted({ ...wanted, q: event.currentTarget.value })}
          />
        </Field>
        <Field label={words.filter}>
          <Select
            value={wanted.filter}
            options={(Object.keys(words.filters) as Filter[]).map((value) => ({
              value,
              label: words.filters[value],
            }))}
            onChange={(event) => setWanted({ ...wanted, filter: event.currentTarget.value as Filter })}
          />
        </Field>
      </search>
      {problem && <Failed problem={problem} onRetry={() => void load()} />}
      {!found && !problem && <Skeleton rows={8} />}
      {found && !problem && (
        <Rows
          found={found}
          chosen={chosen}
          onChoose={onChoose}
          more={(cursor) => void load(cursor)}
          any={wanted.q !== '' || wanted.filter !== 'all'}
        />
      )}
    </>
  )
}

type RowsProps = {
  found: Found
  chosen: string | null
  onChoose: (id: string) => void
  more: (cursor: string) => void
  /** Something was looked for: an empty list means that nobody fits. */
  any: boolean
}

function Rows({ found: { rows, next }, chosen, onChoose, more, any }: RowsProps) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!next || !end.current) return
    const watch = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) more(next)
      },
      { rootMargin: '600px' },
    )
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [next])
  if (rows.length === 0)
    return any ? (
      <Empty icon="search" title={words.nobodyTitle} text={words.nobodyText} />
    ) : (
      <Empty icon="contacts" title={words.emptyTitle} text={words.emptyText} />
    )
  return (
    <>
      <ul class="people-list" aria-label={words.caption}>
        {rows.map((row) => (
          <Row key={row.id} row={row} chosen={row.id === chosen} onChoose={onChoose} />
        ))}
      </ul>
      <div ref={end}>
        {next && (
          <Button kind="quiet" onClick={() => more(next)}>
            {words.more}
          </Button>
        )}
      </div>
    </>
  )
}

type RowProps = { row: Listed; chosen: boolean; onChoose: (id: string) => void }

function Row({ row, chosen, onChoose }: RowProps) {
  const name = nameOf(row, words.nameless)
  return (
    <li>
      <a
        href={`/portal/contacts?id=${row.id}`}
        aria-current={chosen ? 'true' : undefined}
        onClick={(event) => {
          // Another tab is the browser's to open.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          onChoose(row.id)
        }}
      >
        <Avatar name={name} id={row.id} />
        <span class="name">
          <strong dir="auto">{name}</strong>
          <span class="soft">
            <bdi>{row.phone ? shownPhone(row.phone) : words.noPhone}</bdi>
          </span>
        </span>
        <span class="end">
          <span class="soft">
            <Time at={row.lastSeenAt} />
          </span>
          <span class="badges">
            {row.objected && <Badge tone="warn">{words.filters.objected}</Badge>}
            {row.marketing !== 'none' && (
              <Badge tone={tones[row.marketing]}>
                {words.marketing}: {standing[row.marketing]}
              </Badge>
            )}
          </span>
        </span>
      </a>
    </li>
  )
}
