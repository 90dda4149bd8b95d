// The script of /portal/numbers: the numbers of the workspace, each with the way to its page.

import { ask } from '../client.ts'
import { mount } from '../mount.tsx'
import {
  type Column,
  can,
  Empty,
  Failed,
  LinkButton,
  Page,
  Skeleton,
  Table,
  Time,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { numbers as words } from '../words/numbers.ts'
import type { OwnNumber } from './connect-api.ts'
import { ConnectionBadge, StateBadge } from './state-badge.tsx'

type Number = {
  id: string
  displayPhoneNumber: string | null
  verifiedName: string | null
  connectedAt: string
  connection: OwnNumber['connection']
}

/** Each asks for its doctor: of a long list the first. */
const looked = 25

function Numbers() {
  const { state, data, problem, reload } = useResource(
    () => ask<{ data: Number[] }>('/numbers?limit=200'),
    [],
  )
  useChanges(['number'], () => void reload())
  const connect = can('numbers:write') && (
    <LinkButton kind="main" icon="plus" href="/portal/numbers/connect">
      {words.connect}
    </LinkButton>
  )
  return (
    <Page title={words.title} lead={words.lead} actions={connect}>
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={words.title}
          columns={columnsOf(data.data.slice(0, looked))}
          rows={data.data}
          empty={<Empty title={words.emptyTitle} text={words.emptyText} icon="numbers" action={connect} />}
        />
      )}
    </Page>
  )
}

const columnsOf = (first: Number[]): Column<Number>[] => [
  {
    id: 'name',
    label: words.name,
    cell: ({ id, verifiedName, displayPhoneNumber }) => (
      <a href={`/portal/numbers/number?n=${id}`}>{verifiedName || displayPhoneNumber || id}</a>
    ),
  },
  { id: 'phone', label: words.phone, cell: ({ displayPhoneNumber }) => <bdi>{displayPhoneNumber}</bdi> },
  {
    id: 'state',
    label: words.state,
    cell: (one) => (first.includes(one) ? <StateBadge number={one} /> : <ConnectionBadge number={one} />),
  },
  { id: 'since', label: words.since, cell: ({ connectedAt }) => <Time at={connectedAt} /> },
]

void mount(Numbers, { needs: 'numbers:read' })
