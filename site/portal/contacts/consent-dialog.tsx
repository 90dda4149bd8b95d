// Writes down a consent or its withdrawal, with what proves it. Called by panel-consents.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { Button, Dialog, Field, Input, sentenceOf, TextArea, toast } from '../ui/index.ts'
import { consentsOf, type Purpose, type Source } from '../words/contacts.ts'
import { common } from '../words/shell.ts'
import { today, WhatAndHow } from './consent-fields.tsx'

const words = consentsOf.dialog

/** What happened today happened now; another day is told by its noon. */
const instantOf = (day: string): string =>
  day === today() ? new Date().toISOString() : new Date(`${day}T12:00:00`).toISOString()

type DialogProps = { contactId: string; onClose: () => void; onDone: () => void }
type Errors = { text?: string; at?: string; all?: string }
type Said = {
  state: 'given' | 'withdrawn'
  purpose: Purpose
  source: Exclude<Source, 'import'>
  text: string
  where: string
  /** A day. */
  at: string
}

const blank = (): Said => ({
  state: 'given',
  purpose: 'marketing',
  source: 'form',
  text: '',
  where: '',
  at: today(),
})

function faultsOf({ text, at }: Said): Errors | undefined {
  if (text.trim() === '') return { text: words.textWrong }
  return !at || at > today() ? { at: words.atWrong } : undefined
}

export function ConsentDialog({ contactId, onClose, onDone }: DialogProps) {
  const [said, setSaid] = useState(blank)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const save = async () => {
    const faults = faultsOf(said)
    if (faults) return setErrors(faults)
    setBusy(true)
    const { where, at, ...rest } = said
    const json = { ...rest, ...(where.trim() ? { where } : {}), at: instantOf(at) }
    const told = await call(api.contacts[':id'].consents.$post({ param: { id: contactId }, json }))
    setBusy(false)
    if (!told.ok) return setErrors({ all: sentenceOf(told.problem) })
    toast({ text: words.saved })
    onDone()
    onClose()
  }
  return (
    <Dialog
      title={words.title}
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
      <Asked said={said} errors={errors} change={(part) => setSaid((before) => ({ ...before, ...part }))} />
    </Dialog>
  )
}

type AskedProps = { said: Said; errors: Errors; change: (part: Partial<Said>) => void }

const Asked = ({ said, errors, change }: AskedProps) => (
  <>
    <fieldset>
      <legend>{words.state}</legend>
      {(['given', 'withdrawn'] as const).map((state) => (
        <label key={state} class="radio">
          <input
            type="radio"
            name="state"
            checked={said.state === state}
            onChange={() => change({ state })}
          />
          {words[state]}
        </label>
      ))}
      {said.state === 'withdrawn' && <p class="hint">{words.withdrawnText}</p>}
    </fieldset>
    <WhatAndHow said={said} labels={words} change={change} />
    <Proof said={said} errors={errors} change={change} />
  </>
)

const Proof = ({ said, errors, change }: AskedProps) => (
  <>
    <Field
      label={words.text}
      hint={said.state === 'given' ? words.textGivenHint : words.textWithdrawnHint}
      error={errors.text}
    >
      <TextArea
        value={said.text}
        maxLength={4_000}
        dir="auto"
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.where} hint={words.whereHint}>
      <Input
        value={said.where}
        maxLength={500}
        onInput={(event) => change({ where: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.at} error={errors.at ?? errors.all}>
      <Input
        type="date"
        value={said.at}
        max={today()}
        onInput={(event) => change({ at: event.currentTarget.value })}
      />
    </Field>
  </>
)
