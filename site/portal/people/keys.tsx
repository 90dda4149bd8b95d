// The script of /portal/keys: API keys, made with the scopes they need, shown once, revoked for good.

import { useState } from 'preact/hooks'
import { api, call, type DataOf, type Result } from '../client.ts'
import { mount } from '../mount.tsx'
import type { Scope } from '../session.ts'
import {
  Badge,
  Button,
  type Column,
  Empty,
  Failed,
  later,
  Page,
  Skeleton,
  sentenceOf,
  Table,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { scopes as scopeWords, keys as words } from '../words/people.ts'
import { MakeKey } from './make-key.tsx'

type Key = DataOf<typeof api.keys.$get>['data'][number]

async function load(): Promise<Result<Key[]>> {
  const page = await call(api.keys.$get({ query: { limit: '200' } }))
  return page.ok ? { ok: true, data: page.data.data } : page
}

function Keys() {
  const [making, setMaking] = useState(false)
  const [all, setAll] = useState(false)
  const { state, data, problem, reload, set } = useResource(load, [])
  useChanges(['keys'], () => void reload())
  const revoke = (key: Key) => {
    const mark = (revokedAt: string | null) =>
      set((rows) => rows.map((row) => (row.id === key.id ? { ...row, revokedAt } : row)))
    mark(new Date().toISOString())
    const act = async () => {
      const told = await call(api.keys[':id'].$delete({ param: { id: key.id } }))
      if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
      await reload()
    }
    later({ text: words.revokedNow(key.name), undo: () => mark(null), act: () => void act() })
  }
  const standing = data?.filter(({ revokedAt }) => revokedAt === null) ?? []
  const shown = all ? (data ?? []) : standing
  const make = (
    <Button kind="main" icon="plus" onClick={() => setMaking(true)}>
      {words.make}
    </Button>
  )
  return (
    <Page
      title={words.title}
      lead={
        <>
          {words.lead} <a href="/docs/api">{words.docs}</a>
        </>
      }
      actions={shown.length > 0 && make}
    >
      {state === 'loading' && <Skeleton rows={3} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={words.caption}
          columns={columnsFor(revoke)}
          rows={shown}
          empty={<Empty icon="key" title={words.emptyTitle} text={words.emptyText} action={make} />}
        />
      )}
      {data && data.length > standing.length && !all && (
        <div>
          <Button kind="quiet" onClick={() => setAll(true)}>
            {words.showRevoked}
          </Button>
        </div>
      )}
      {making && <MakeKey onClose={() => setMaking(false)} onMade={() => void reload()} />}
    </Page>
  )
}

const columnsFor = (revoke: (key: Key) => void): Column<Key>[] => [
  { id: 'name', label: words.name, cell: ({ name }) => name },
  {
    id: 'scopes',
    label: words.scopes,
    cell: ({ scopes }) => (
      <details class="few">
        <summary>{words.count(scopes.length)}</summary>
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>{scopeWords[scope as Scope] ?? scope}</li>
          ))}
        </ul>
      </details>
    ),
  },
  {
    id: 'used',
    label: words.used,
    cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} relative /> : words.never),
  },
  { id: 'created', label: words.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'revoke',
    label: words.revoke,
    quiet: true,
    cell: (key) =>
      key.revokedAt ? (
        <Badge>{words.revoked}</Badge>
      ) : (
        <Button kind="quiet" aria-label={words.revokeOf(key.name)} onClick={() => revoke(key)}>
          {words.revoke}
        </Button>
      ),
  },
]

void mount(Keys, { needs: 'keys' })
