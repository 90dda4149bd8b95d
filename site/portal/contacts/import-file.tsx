// The first step: which file, and how it is read. Called by import.tsx.

import { useState } from 'preact/hooks'
import { limits } from '../../../worker/ground/limits.ts'
import { Button, Checkbox, Field, FileControl, Icon, Select } from '../ui/index.ts'
import { importing } from '../words/importing.ts'
import { encodings, separators } from './csv.ts'
import { dataOf, openSheet, type Reading, reread, type Sheet } from './sheet.ts'

const words = importing.file

type StepProps = { sheet: Sheet | undefined; onSheet: (sheet: Sheet) => void; onNext: () => void }

/** What stands against this file; undefined: nothing. */
function faultOf(sheet: Sheet): string | undefined {
  const count = dataOf(sheet).length
  if (count === 0) return words.empty
  return count > limits.importRows ? words.tooMany(limits.importRows) : undefined
}

export function FileStep({ sheet, onSheet, onNext }: StepProps) {
  const fault = sheet && faultOf(sheet)
  const faulty = sheet && sheet.csv.faults.length > 0
  return (
    <section class="card form">
      <h2>{words.title}</h2>
      <FileInput onSheet={onSheet} />
      {sheet && (
        <>
          <p role="status">
            <strong>{words.read(sheet.name, dataOf(sheet).length)}</strong>
          </p>
          {fault && <p class="error">{fault}</p>}
          <HowRead sheet={sheet} change={(part) => onSheet(reread(sheet, part))} />
          {faulty && <Faults sheet={sheet} />}
          <Sample sheet={sheet} />
          <div class="actions">
            <Button kind="main" aria-disabled={fault ? 'true' : undefined} onClick={() => !fault && onNext()}>
              {importing.next}
            </Button>
          </div>
        </>
      )}
    </section>
  )
}

/** By the keyboard, with a press, or dropped. */
export function FileInput({ onSheet }: { onSheet: (sheet: Sheet) => void }) {
  const [error, setError] = useState<string>()
  const [over, setOver] = useState(false)
  const take = async (file: File | undefined) => {
    if (!file) return
    if (file.size > limits.importFileBytes) return setError(words.tooLarge)
    setError(undefined)
    try {
      const sheet = await openSheet(file)
      if (sheet) onSheet(sheet)
      else setError(words.noText(file.name))
    } catch {
      setError(words.unreadable)
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; the control inside is for everybody.
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take(event.dataTransfer?.files[0])
      }}
    >
      <Icon name="download" size={24} />
      <Field label={words.choose} hint={words.drop} error={error}>
        <FileControl accept={accepted} onFile={(file) => void take(file)} />
      </Field>
    </div>
  )
}

const accepted = '.csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain'

type HowProps = { sheet: Sheet; change: (part: Partial<Reading>) => void }

const HowRead = ({ sheet: { reading }, change }: HowProps) => (
  <div class="pair">
    <Field label={words.separator}>
      <Select
        value={reading.separator}
        options={separators.map((value) => ({ value, label: words.separators[value] as string }))}
        onChange={(event) => change({ separator: event.currentTarget.value as Reading['separator'] })}
      />
    </Field>
    <Field label={words.encoding} hint={words.encodingHint}>
      <Select
        value={reading.encoding}
        options={encodings.map((value) => ({ value, label: words.encodings[value] }))}
        onChange={(event) => change({ encoding: event.currentTarget.value as Reading['encoding'] })}
      />
    </Field>
    <Checkbox
      label={words.header}
      checked={reading.header}
      onChange={(event) => change({ header: event.currentTarget.checked })}
    />
  </div>
)

const Faults = ({ sheet: { csv } }: { sheet: Sheet }) => (
  <details class="notice care">
    <summary>{words.faults(csv.faults.length)}</summary>
    <ul>
      {csv.faults.slice(0, 50).map(({ line, fault }, at) => (
        <li key={at}>
          {words.line(line)}: {words.fault[fault]}
        </li>
      ))}
    </ul>
  </details>
)

export const Sample = ({ sheet: { csv, reading } }: { sheet: Sheet }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard.
  <section class="sample" tabIndex={0} aria-label={words.sample}>
    <table>
      <tbody>
        {csv.rows.slice(0, 6).map(({ cells }, row) => (
          <tr key={row}>
            {cells.slice(0, 20).map((cell, at) =>
              row === 0 && reading.header ? (
                <th key={at} scope="col" dir="auto">
                  {cell}
                </th>
              ) : (
                <td key={at} dir="auto">
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
