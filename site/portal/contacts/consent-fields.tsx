// What a consent is for and how it was said: the same questions for one person and for a list. Part of consent-dialog.tsx and
// import-consent.tsx.

import { Field, Select } from '../ui/index.ts'
import { type Purpose, purposes, type Source, sources } from '../words/contacts.ts'

/** How a person can say something; a list is another way in. */
const saying = (Object.keys(sources) as Source[])
  .filter((source): source is Exclude<Source, 'import'> => source !== 'import')
  .map((value) => ({ value, label: sources[value] }))

export const today = (): string => {
  const now = new Date()
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`
}

type Said = { purpose: Purpose; source: Exclude<Source, 'import'> }
type Props = {
  said: Said
  labels: { purpose: string; source: string }
  change: (part: Partial<Said>) => void
}

export const WhatAndHow = ({ said, labels, change }: Props) => (
  <>
    <Field label={labels.purpose} hint={purposes[said.purpose].about}>
      <Select
        value={said.purpose}
        options={(Object.keys(purposes) as Purpose[]).map((value) => ({
          value,
          label: purposes[value].title,
        }))}
        onChange={(event) => change({ purpose: event.currentTarget.value as Purpose })}
      />
    </Field>
    <Field label={labels.source}>
      <Select
        value={said.source}
        options={saying}
        onChange={(event) => change({ source: event.currentTarget.value as Said['source'] })}
      />
    </Field>
  </>
)
