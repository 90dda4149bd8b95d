// People who are left alone, by id and date alone, and the way to end it. Called by contacts.tsx.

import { api, call } from '../client.ts'
import {
  Button,
  type Column,
  confirmTyped,
  Empty,
  Failed,
  Skeleton,
  sentenceOf,
  Table,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { restricted as words } from '../words/contacts.ts'

type Row = { contactId: string; at: string }

export function Restricted() {
  const { state, data, problem, reload } = useResource(
    () => call(api.restrictions.$get({ query: { limit: '200' } })),
    [],
  )
  useChanges(['contact', 'contact_gone', 'requests'], () => void reload())
  const lift = async ({ contactId: id }: Row) => {
    const { liftTitle: title, liftText: text, liftWord: word, lift: action } = words
    if (!(await confirmTyped({ title, text, word, action }))) return
    const told = await call(api.contacts[':id'].restriction.$delete({ param: { id } }))
    toast(told.ok ? { text: words.lifted } : { text: sentenceOf(told.problem), tone: 'bad' })
    await reload()
  }
  const columns: Column<Row>[] = [
    { id: 'contact', label: words.id, cell: ({ contactId }) => <code>{contactId}</code> },
    { id: 'since', label: words.since, cell: ({ at }) => <Time at={at} /> },
    {
      id: 'lift',
      label: words.lift,
      quiet: true,
      cell: (row) => (
        <Button kind="quiet" aria-label={words.liftOf(row.contactId)} onClick={() => void lift(row)}>
          {words.lift}
        </Button>
      ),
    },
  ]
  return (
    <section>
      <p class="lead">{words.lead}</p>
      {state === 'loading' && <Skeleton rows={3} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={words.caption}
          columns={columns}
          rows={data.data}
          keyOf={({ contactId }) => contactId}
          empty={<Empty icon="privacy" title={words.emptyTitle} text={words.emptyText} />}
        />
      )}
    </section>
  )
}
