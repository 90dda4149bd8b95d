// A new field, or one that is changed. Called by fields.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { Button, Dialog, Field, Input, Select, sentenceOf, TextArea } from '../ui/index.ts'
import { fieldKinds, fields } from '../words/contacts.ts'
import { common } from '../words/shell.ts'
import type { FieldOf } from './data.ts'

const words = fields.dialog
type Kind = keyof typeof fieldKinds
type Draft = { name: string; kind: Kind; choices: string; purpose: string }
type Errors = { name?: string; choices?: string; purpose?: string }

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

function faultsOf({ name, kind, choices, purpose }: Draft): Errors | undefined {
  const lines = linesOf(choices)
  const wrong = {
    ...(name.trim() === '' ? { name: words.nameWrong } : {}),
    ...(kind === 'choice' && (lines.length === 0 || new Set(lines).size < lines.length)
      ? { choices: words.choicesWrong }
      : {}),
    ...(purpose.trim() === '' ? { purpose: words.purposeWrong } : {}),
  }
  return Object.keys(wrong).length > 0 ? wrong : undefined
}

function send(field: FieldOf | undefined, { name, kind, choices, purpose }: Draft) {
  const listed = kind === 'choice' ? { choices: linesOf(choices) } : {}
  return field
    ? call(api.fields[':id'].$patch({ param: { id: field.id }, json: { name, purpose, ...listed } }))
    : call(api.fields.$post({ json: { name, kind, purpose, ...listed } }))
}

type DialogProps = { field: FieldOf | undefined; onClose: () => void; onDone: () => void }

export function FieldDialog({ field, onClose, onDone }: DialogProps) {
  const [draft, setDraft] = useState<Draft>({
    name: field?.name ?? '',
    kind: field?.kind ?? 'text',
    choices: field?.choices?.join('\n') ?? '',
    purpose: field?.purpose ?? '',
  })
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const save = async () => {
    const faults = faultsOf(draft)
    if (faults) return setErrors(faults)
    setBusy(true)
    const told = await send(field, draft)
    setBusy(false)
    if (!told.ok) return setErrors({ name: sentenceOf(told.problem) })
    onDone()
    onClose()
  }
  return (
    <Dialog
      title={field ? words.change : words.make}
      open
      onClose={onClose}
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {words.save}
          </Button>
        </>
      }
    >
      <Inputs
        draft={draft}
        errors={errors}
        fixed={field !== undefined}
        change={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
    </Dialog>
  )
}

type InputsProps = { draft: Draft; errors: Errors; fixed: boolean; change: (part: Partial<Draft>) => void }

const Inputs = ({ draft, errors, fixed, change }: InputsProps) => (
  <>
    <Field label={words.name} hint={words.nameHint} error={errors.name}>
      <Input
        value={draft.name}
        maxLength={80}
        onInput={(event) => change({ name: event.currentTarget.value })}
      />
    </Field>
    {!fixed && (
      <Field label={words.kind} hint={words.kindHint}>
        <Select
          value={draft.kind}
          options={(Object.keys(fieldKinds) as Kind[]).map((value) => ({ value, label: fieldKinds[value] }))}
          onChange={(event) => change({ kind: event.currentTarget.value as Kind })}
        />
      </Field>
    )}
    {draft.kind === 'choice' && (
      <Field label={words.choices} hint={words.choicesHint} error={errors.choices}>
        <TextArea value={draft.choices} onInput={(event) => change({ choices: event.currentTarget.value })} />
      </Field>
    )}
    <Field label={words.purpose} hint={words.purposeHint} error={errors.purpose}>
      <TextArea
        value={draft.purpose}
        maxLength={500}
        onInput={(event) => change({ purpose: event.currentTarget.value })}
      />
    </Field>
  </>
)
