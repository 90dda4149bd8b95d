// The third step: what everybody on the list agreed to, and the proof of it. Called by import.tsx.

import { useState } from 'preact/hooks'
import { Button, Checkbox, Field, Input, TextArea } from '../ui/index.ts'
import { consentsOf, type Purpose, type Source } from '../words/contacts.ts'
import { importing } from '../words/importing.ts'
import { today, WhatAndHow } from './consent-fields.tsx'

const words = importing.consent

export type Evidence = {
  purpose: Purpose
  source: Exclude<Source, 'import'>
  text: string
  where: string
  date: string
  sure: boolean
}

export const blankEvidence = (): Evidence => ({
  purpose: 'marketing',
  source: 'form',
  text: '',
  where: '',
  date: '',
  sure: false,
})

type Errors = { text?: string; date?: string; sure?: string }

function faultsOf({ text, date, sure }: Evidence): Errors | undefined {
  if (text.trim() === '') return { text: consentsOf.dialog.textWrong }
  if (date === '' || date > today()) return { date: consentsOf.dialog.atWrong }
  return sure ? undefined : { sure: words.sureWrong }
}

type StepProps = {
  evidence: Evidence
  onEvidence: (evidence: Evidence) => void
  onBack: () => void
  onNext: () => void
}

export function ConsentStep({ evidence, onEvidence, onBack, onNext }: StepProps) {
  const [errors, setErrors] = useState<Errors>({})
  const next = () => {
    const faults = faultsOf(evidence)
    setErrors(faults ?? {})
    if (!faults) onNext()
  }
  const change = (part: Partial<Evidence>) => onEvidence({ ...evidence, ...part })
  return (
    <form
      class="card form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        next()
      }}
    >
      <h2>{words.title}</h2>
      <p class="soft">{words.lead}</p>
      <Inputs evidence={evidence} errors={errors} change={change} />
      <Checkbox
        label={words.sure}
        checked={evidence.sure}
        aria-invalid={errors.sure ? 'true' : undefined}
        onChange={(event) => change({ sure: event.currentTarget.checked })}
      />
      {errors.sure && (
        <p class="error small" role="alert">
          {errors.sure}
        </p>
      )}
      <div class="actions">
        <Button onClick={onBack}>{importing.before}</Button>
        <Button kind="main" type="submit">
          {importing.next}
        </Button>
      </div>
    </form>
  )
}

type InputsProps = { evidence: Evidence; errors: Errors; change: (part: Partial<Evidence>) => void }

const Inputs = ({ evidence, errors, change }: InputsProps) => (
  <>
    <div class="pair">
      <WhatAndHow said={evidence} labels={words} change={change} />
    </div>
    <Field label={words.text} hint={words.textHint} error={errors.text}>
      <TextArea
        value={evidence.text}
        maxLength={4_000}
        dir="auto"
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.where} hint={words.whereHint}>
      <Input
        value={evidence.where}
        maxLength={500}
        onInput={(event) => change({ where: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.date} hint={words.dateHint} error={errors.date}>
      <Input
        type="date"
        value={evidence.date}
        max={today()}
        onInput={(event) => change({ date: event.currentTarget.value })}
      />
    </Field>
  </>
)
