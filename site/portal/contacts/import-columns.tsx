// The second step: what stands in which column. Called by import.tsx.

import { useEffect, useState } from 'preact/hooks'
import { Button, Field, Input, Select, useResource } from '../ui/index.ts'
import { importing } from '../words/importing.ts'
import { loadFields } from './data.ts'
import { dataOf, type Meaning, matchFields, reread, type Sheet } from './sheet.ts'

const words = importing.columns

type StepProps = { sheet: Sheet; onSheet: (sheet: Sheet) => void; onBack: () => void; onNext: () => void }

function faultOf({
  reading: { meanings, country },
}: Sheet): { columns?: string; country?: string } | undefined {
  const used = meanings.filter((meaning) => meaning !== '')
  if (!used.includes('phone')) return { columns: words.phoneWrong }
  if (new Set(used).size < used.length) return { columns: words.twice }
  return /^\d{0,3}$/.test(country) ? undefined : { country: words.countryWrong }
}

export function ColumnsStep({ sheet, onSheet, onBack, onNext }: StepProps) {
  const { data } = useResource(loadFields, [])
  const [tried, setTried] = useState(false)
  const fields = (data?.data ?? []).filter(({ retiredAt }) => retiredAt === null)
  const fault = faultOf(sheet)
  useEffect(() => {
    const matched = matchFields(sheet, fields)
    if (matched !== sheet) onSheet(matched)
  }, [data])
  const mean = (at: number, meaning: Meaning) =>
    onSheet(reread(sheet, { meanings: sheet.reading.meanings.map((old, i) => (i === at ? meaning : old)) }))
  return (
    <section class="card form">
      <h2>{words.title}</h2>
      {tried && fault?.columns && (
        <p class="error" role="alert">
          {fault.columns}
        </p>
      )}
      <Columns sheet={sheet} fields={fields} mean={mean} />
      <p class="small">
        <a href="/portal/contacts/fields">{words.fields}</a>
      </p>
      <Field label={words.country} hint={words.countryHint} error={tried ? fault?.country : undefined}>
        <Input
          class="short"
          inputMode="numeric"
          maxLength={4}
          value={sheet.reading.country}
          onInput={(event) =>
            onSheet(reread(sheet, { country: event.currentTarget.value.replace(/^\+|\s/g, '') }))
          }
        />
      </Field>
      <div class="actions">
        <Button onClick={onBack}>{importing.before}</Button>
        <Button kind="main" onClick={() => (fault ? setTried(true) : onNext())}>
          {importing.next}
        </Button>
      </div>
    </section>
  )
}

type ColumnsProps = {
  sheet: Sheet
  fields: { id: string; name: string }[]
  mean: (at: number, meaning: Meaning) => void
}

function Columns({ sheet, fields, mean }: ColumnsProps) {
  const { csv, reading } = sheet
  const title = (at: number) => (reading.header && csv.rows[0]?.cells[at]?.trim()) || words.unnamed(at + 1)
  const example = (at: number) => dataOf(sheet).find(({ cells }) => cells[at]?.trim())?.cells[at] ?? ''
  const options = [
    { value: '', label: words.ignore },
    { value: 'phone', label: words.phone },
    { value: 'name', label: words.name },
    ...fields.map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <table class="rows">
      <caption class="unseen">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.column}</th>
          <th scope="col">{words.sample}</th>
          <th scope="col">{words.means}</th>
        </tr>
      </thead>
      <tbody>
        {reading.meanings.map((meaning, at) => (
          <tr key={at}>
            <th scope="row" dir="auto">
              {title(at)}
            </th>
            <td data-label={words.sample} dir="auto">
              <span class="cut">{example(at)}</span>
            </td>
            <td data-label={words.means} class="filter">
              <Select
                aria-label={words.meansOf(title(at))}
                value={meaning}
                options={options}
                onChange={(event) => mean(at, event.currentTarget.value as Meaning)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
