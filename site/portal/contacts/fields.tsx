// The script of /portal/contacts/fields: what is noted about people, each with its purpose; and whether marketing waits for a
// consent that is written down.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { mount } from '../mount.tsx'
import {
  Badge,
  Button,
  Checkbox,
  type Column,
  can,
  Empty,
  Failed,
  LinkButton,
  Menu,
  Page,
  Skeleton,
  sentenceOf,
  Table,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { contacts, fieldKinds, fields as words } from '../words/contacts.ts'
import { type FieldOf, loadFields } from './data.ts'
import { FieldDialog } from './field-dialog.tsx'

function Fields() {
  const [editing, setEditing] = useState<FieldOf | 'new'>()
  const { state, data, problem, reload } = useResource(loadFields, [])
  useChanges(['workspace'], () => void reload())
  const make = can('contacts:write') && (
    <Button kind="main" icon="plus" onClick={() => setEditing('new')}>
      {words.make}
    </Button>
  )
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <LinkButton href="/portal/contacts" icon="back">
            {contacts.back}
          </LinkButton>
          {data && data.data.length > 0 && make}
        </>
      }
    >
      {state === 'loading' && <Skeleton rows={3} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <Table
          caption={words.caption}
          columns={columnsFor(setEditing, () => void reload())}
          rows={data.data}
          empty={
            <Empty
              icon="templates"
              title={words.emptyTitle}
              text={words.emptyText}
              action={make || undefined}
            />
          }
        />
      )}
      <Rule />
      {editing && (
        <FieldDialog
          field={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={() => void reload()}
        />
      )}
    </Page>
  )
}

const columnsFor = (edit: (field: FieldOf) => void, reload: () => void): Column<FieldOf>[] => [
  {
    id: 'name',
    label: words.name,
    cell: ({ name, retiredAt }) => (
      <>
        {name} {retiredAt !== null && <Badge>{words.retired}</Badge>}
      </>
    ),
  },
  {
    id: 'kind',
    label: words.kind,
    cell: ({ kind, choices }) =>
      choices ? <span title={choices.join(', ')}>{fieldKinds[kind]}</span> : fieldKinds[kind],
  },
  { id: 'purpose', label: words.purpose, cell: ({ purpose }) => purpose },
  { id: 'values', label: words.values, end: true, cell: ({ values }) => words.people(values) },
  {
    id: 'actions',
    label: words.actions(''),
    quiet: true,
    cell: (field) =>
      can('contacts:write') && (
        <Menu
          icon="more"
          label={words.actions(field.name)}
          items={[
            { label: words.change, onSelect: () => edit(field) },
            field.retiredAt === null
              ? { label: words.retire, onSelect: () => void retire(field, true, reload) }
              : { label: words.back, onSelect: () => void retire(field, false, reload) },
          ]}
        />
      ),
  },
]

async function retire(field: FieldOf, retired: boolean, reload: () => void): Promise<void> {
  const told = await call(api.fields[':id'].$patch({ param: { id: field.id }, json: { retired } }))
  if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
  else if (retired)
    toast({ text: words.retiredNow(field.name), undo: () => void retire(field, false, reload) })
  reload()
}

function Rule() {
  const { data, reload, set } = useResource(() => call(api['consent-rule'].$get()), [])
  if (!data || !can('privacy')) return null
  const save = async (recorded: boolean) => {
    const json = { marketing: recorded ? ('recorded' as const) : ('open' as const) }
    set(() => json)
    const told = await call(api['consent-rule'].$put({ json }))
    toast(told.ok ? { text: words.rule.saved } : { text: sentenceOf(told.problem), tone: 'bad' })
    await reload()
  }
  return (
    <section>
      <h2>{words.rule.title}</h2>
      <Checkbox
        label={words.rule.label}
        hint={words.rule.hint}
        checked={data.marketing === 'recorded'}
        onChange={(event) => void save(event.currentTarget.checked)}
      />
    </section>
  )
}

void mount(Fields, { needs: 'conversations:read' })
