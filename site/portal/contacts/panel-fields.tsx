// What the business noted about one person, field by field, changed in place. Called by panel.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import {
  Badge,
  Button,
  can,
  Field,
  Input,
  later,
  Select,
  sentenceOf,
  toast,
  useResource,
} from '../ui/index.ts'
import { fieldsOf as words } from '../words/contacts.ts'
import { common } from '../words/shell.ts'
import { type Contact, type FieldOf, loadFields } from './data.ts'

type PartProps = { contact: Contact; turn: number; reload: () => void }

export function FieldsOf({ contact, turn, reload }: PartProps) {
  const { data } = useResource(loadFields, [turn])
  const [editing, setEditing] = useState<string>()
  if (!data) return null
  const noted = new Map(contact.values.map((value) => [value.fieldId, value]))
  const shown = data.data.filter(({ id, retiredAt }) => retiredAt === null || noted.has(id))
  if (shown.length === 0 && !can('contacts:write')) return null
  return (
    <section class="part">
      <h3>{words.title}</h3>
      {shown.length === 0 && (
        <p class="soft">
          {words.none} <a href="/portal/contacts/fields">{words.make}</a>
        </p>
      )}
      <dl class="facts">
        {shown.map((field) => {
          const value = noted.get(field.id)
          const edit = {
            contact,
            field,
            value: value?.value ?? '',
            onClose: () => setEditing(undefined),
            reload,
          }
          return (
            <div key={field.id}>
              <dt title={field.purpose}>
                {field.name} {field.retiredAt !== null && <Badge>{words.retired}</Badge>}
              </dt>
              <dd>
                {editing === field.id ? (
                  <Editor {...edit} />
                ) : (
                  <Shown
                    contact={contact}
                    field={field}
                    value={value?.value}
                    onEdit={() => setEditing(field.id)}
                    reload={reload}
                  />
                )}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

type ShownProps = {
  contact: Contact
  field: FieldOf
  /** Null: its key is gone; undefined: nothing is noted. */
  value: string | null | undefined
  onEdit: () => void
  reload: () => void
}

function Shown({ contact, field, value, onEdit, reload }: ShownProps) {
  const [gone, setGone] = useState(false)
  const param = { id: contact.id, fieldId: field.id }
  const take = () => {
    setGone(true)
    later({
      text: words.taken(field.name),
      undo: () => setGone(false),
      act: () =>
        void call(api.contacts[':id'].fields[':fieldId'].$delete({ param })).then((told) => {
          if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
          setGone(false)
          reload()
        }),
    })
  }
  const there = value !== undefined && !gone
  return (
    <>
      {there ? <bdi>{value ?? words.lost}</bdi> : <span class="soft">{words.empty}</span>}
      {can('contacts:write') && (
        <span class="actions">
          {field.retiredAt === null && (
            <Button kind="quiet" icon="settings" aria-label={words.edit(field.name)} onClick={onEdit} />
          )}
          {there && <Button kind="quiet" icon="trash" aria-label={words.take(field.name)} onClick={take} />}
        </span>
      )}
    </>
  )
}

type EditorProps = {
  contact: Contact
  field: FieldOf
  value: string
  onClose: () => void
  reload: () => void
}

function Editor({ contact, field, value: before, onClose, reload }: EditorProps) {
  const [value, setValue] = useState(before)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async () => {
    if (value.trim() === '') return setError(words.doesNotFit[field.kind])
    setBusy(true)
    const param = { id: contact.id, fieldId: field.id }
    const told = await call(api.contacts[':id'].fields[':fieldId'].$put({ param, json: { value } }))
    setBusy(false)
    if (!told.ok)
      return setError(
        told.problem.code === 'bad_request' ? words.doesNotFit[field.kind] : sentenceOf(told.problem),
      )
    reload()
    onClose()
  }
  return (
    <form
      class="in-place"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field label={field.name} hint={field.purpose} error={error}>
        <Control field={field} value={value} onChange={setValue} />
      </Field>
      <span class="actions">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button kind="main" type="submit" busy={busy}>
          {common.save}
        </Button>
      </span>
    </form>
  )
}

type ControlProps = { field: FieldOf; value: string; onChange: (value: string) => void }

function Control({ field, value, onChange }: ControlProps) {
  if (field.kind === 'choice')
    return (
      <Select
        value={value}
        options={[
          { value: '', label: words.doesNotFit.choice },
          ...(field.choices ?? []).map((one) => ({ value: one, label: one })),
        ]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  const type = field.kind === 'date' ? 'date' : 'text'
  return (
    <Input
      type={type}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      dir="auto"
      value={value}
      maxLength={2_000}
      autocomplete="off"
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  )
}
