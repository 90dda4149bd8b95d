// A message with buttons or a list, within Meta's bounds, seen before it is sent. Loaded with sheets.tsx.

import { useState } from 'preact/hooks'
import { Button, Dialog, Field, Input, Select, TextArea } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { type Built, builtMessage, faultsOf } from './outgoing.ts'
import { send } from './sending.ts'
import { compose, deskOf } from './state.ts'

type Fields = {
  kind: Built['kind']
  text: string
  header: string
  footer: string
  button: string
  buttons: string[]
  rows: { title: string; description: string }[]
}

const mostButtons = 3
const mostRows = 10

const builtOf = ({ kind, text, header, footer, button, buttons, rows }: Fields): Built =>
  kind === 'buttons' ? { kind, text, header, footer, buttons } : { kind, text, header, footer, button, rows }

/** What was added since the last try is not marked before the next one. */
const wasThere = (tried: Fields, field: string): boolean => {
  const [, kind, at] = /^(button|row|description)(\d+)$/.exec(field) ?? []
  return kind === undefined || Number(at) < (kind === 'button' ? tried.buttons : tried.rows).length
}

export function Builder({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const { text, replyTo } = deskOf(conversationId).composer.value
  const [fields, setFields] = useState<Fields>({
    kind: 'buttons',
    text,
    header: '',
    footer: '',
    button: '',
    buttons: [''],
    rows: [{ title: '', description: '' }],
  })
  const [tried, setTried] = useState<Fields>()
  const change = (part: Partial<Fields>) => setFields({ ...fields, ...part })
  const built = builtOf(fields)
  const faults =
    tried?.kind === fields.kind ? faultsOf(built).filter(({ field }) => wasThere(tried, field)) : []
  const error = (field: string) => {
    const fault = faults.find((one) => one.field === field)
    return fault && words.builder.faults[fault.reason](fault.max ?? 0)
  }
  const submit = () => {
    setTried(fields)
    if (faultsOf(built).length > 0) return
    compose(conversationId, { text: '', replyTo: undefined })
    void send(conversationId, builtMessage(built, replyTo?.id))
    onClose()
  }
  return (
    <Dialog
      title={words.builder.title}
      open
      onClose={onClose}
      onSubmit={submit}
      actions={
        <Button kind="main" type="submit">
          {words.builder.send}
        </Button>
      }
    >
      <Field label={words.builder.kind}>
        <Select
          value={fields.kind}
          onChange={(event) => change({ kind: event.currentTarget.value as Built['kind'] })}
          options={[
            { value: 'buttons', label: words.builder.buttons },
            { value: 'list', label: words.builder.list },
          ]}
        />
      </Field>
      <Field label={words.builder.header} error={error('header')}>
        <Input value={fields.header} onInput={(event) => change({ header: event.currentTarget.value })} />
      </Field>
      <Field label={words.builder.text} error={error('text')}>
        <TextArea
          rows={3}
          value={fields.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </Field>
      <Field label={words.builder.footer} error={error('footer')}>
        <Input value={fields.footer} onInput={(event) => change({ footer: event.currentTarget.value })} />
      </Field>
      {fields.kind === 'buttons' ? (
        <Buttons fields={fields} change={change} error={error} />
      ) : (
        <Rows fields={fields} change={change} error={error} />
      )}
    </Dialog>
  )
}

type PartProps = {
  fields: Fields
  change: (part: Partial<Fields>) => void
  error: (field: string) => string | undefined
}

const Buttons = ({ fields: { buttons }, change, error }: PartProps) => (
  <>
    {buttons.map((title, i) => (
      <div key={i} class="removable">
        <Field label={words.builder.button(i + 1)} error={error(`button${i}`)}>
          <Input
            value={title}
            onInput={(event) => change({ buttons: buttons.with(i, event.currentTarget.value) })}
          />
        </Field>
        {buttons.length > 1 && (
          <Button
            kind="quiet"
            icon="trash"
            aria-label={words.builder.remove(words.builder.button(i + 1))}
            onClick={() => change({ buttons: buttons.toSpliced(i, 1) })}
          />
        )}
      </div>
    ))}
    {buttons.length < mostButtons && (
      <Button icon="plus" onClick={() => change({ buttons: [...buttons, ''] })}>
        {words.builder.addButton}
      </Button>
    )}
  </>
)

function Rows({ fields: { button, rows }, change, error }: PartProps) {
  const set = (i: number, part: Partial<Fields['rows'][number]>) =>
    change({ rows: rows.map((row, at) => (at === i ? { ...row, ...part } : row)) })
  return (
    <>
      <Field label={words.builder.listButton} error={error('button')}>
        <Input value={button} onInput={(event) => change({ button: event.currentTarget.value })} />
      </Field>
      {rows.map(({ title, description }, i) => (
        <div key={i} class="removable">
          <Field label={words.builder.row(i + 1)} error={error(`row${i}`)}>
            <Input value={title} onInput={(event) => set(i, { title: event.currentTarget.value })} />
          </Field>
          <Field label={words.builder.description(i + 1)} error={error(`description${i}`)}>
            <Input
              value={description}
              onInput={(event) => set(i, { description: event.currentTarget.value })}
            />
          </Field>
          {rows.length > 1 && (
            <Button
              kind="quiet"
              icon="trash"
              aria-label={words.builder.remove(words.builder.row(i + 1))}
              onClick={() => change({ rows: rows.toSpliced(i, 1) })}
            />
          )}
        </div>
      ))}
      {rows.length < mostRows && (
        <Button icon="plus" onClick={() => change({ rows: [...rows, { title: '', description: '' }] })}>
          {words.builder.addRow}
        </Button>
      )}
    </>
  )
}
