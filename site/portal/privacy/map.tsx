// The data map: every place, what is in it now, why, how long. Called by privacy.tsx.

import { ask } from '../client.ts'
import { number } from '../format.ts'
import { type Column, Failed, Skeleton, Table, Time, useResource } from '../ui/index.ts'
import { privacy, map as words } from '../words/privacy.ts'

type MapTable = {
  table: string
  title: string
  purpose: string
  basis: string
  days: number | null
  erase: string
  rows: number
  oldestAt: string | null
  columns: { label: string; sealed: string | false }[]
}
type MapPlace = {
  store: string
  name: string
  place: string
  sealed: string | false
  life: string
  erase: string
}

export function DataMap() {
  const { state, data, problem, reload } = useResource(
    () => ask<{ tables: MapTable[]; places: MapPlace[] }>('/data-map'),
    [],
  )
  return (
    <>
      <p>{words.text}</p>
      {state === 'loading' && <Skeleton rows={8} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <>
          <Table
            caption={privacy.tabs.map}
            columns={columns}
            rows={data.tables}
            keyOf={({ table }) => table}
          />
          <h2>{words.others}</h2>
          <Table
            caption={words.others}
            columns={placeColumns}
            rows={data.places}
            keyOf={({ store, name }) => `${store}/${name}`}
          />
        </>
      )}
    </>
  )
}

const columns: Column<MapTable>[] = [
  {
    id: 'title',
    label: words.table,
    cell: ({ title, columns: all, erase }) => (
      <>
        {title}
        <details>
          <summary class="small">{words.columns}</summary>
          <ul class="small">
            {all.map(({ label, sealed }) => (
              <li key={label}>
                {label} <span class="soft">({sealed === false ? words.clear : words.sealed})</span>
              </li>
            ))}
          </ul>
          <p class="soft small">
            {words.erase}: {erase}
          </p>
        </details>
      </>
    ),
  },
  {
    id: 'why',
    label: words.why,
    cell: ({ purpose, basis }) => (
      <>
        <p>{purpose}</p>
        <p class="soft small">
          {words.basis}: {basis}
        </p>
      </>
    ),
  },
  { id: 'kept', label: words.kept, cell: ({ days }) => (days === null ? words.until : words.days(days)) },
  { id: 'rows', label: words.rows, end: true, cell: ({ rows }) => number(rows) },
  { id: 'oldest', label: words.oldest, cell: ({ oldestAt }) => oldestAt && <Time at={oldestAt} /> },
]

const placeColumns: Column<MapPlace>[] = [
  { id: 'place', label: words.place, cell: ({ place }) => place },
  { id: 'store', label: words.store, cell: ({ store }) => store },
  { id: 'sealed', label: words.sealed, cell: ({ sealed }) => (sealed === false ? words.clear : sealed) },
  { id: 'life', label: words.life, cell: ({ life }) => life },
  { id: 'erase', label: words.erase, cell: ({ erase }) => erase },
]
