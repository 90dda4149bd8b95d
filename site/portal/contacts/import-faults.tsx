// Rows that are left out and why: the first of them as a table, all of them as a file. Called by the steps of the import.

import { number } from '../format.ts'
import { importing } from '../words/importing.ts'
import { writeCsv } from './csv.ts'
import type { Fault } from './import-send.ts'
import { dataOf, type Sheet } from './sheet.ts'

const words = importing.faults
const shownAtOnce = 100

export function FaultTable({ faults, sheet }: { faults: Fault[]; sheet: Sheet }) {
  if (faults.length === 0) return null
  const data = dataOf(sheet)
  return (
    <section>
      <h3>{words.title}</h3>
      <table class="rows">
        <caption class="unseen">{words.title}</caption>
        <thead>
          <tr>
            <th scope="col">{words.line}</th>
            <th scope="col">{words.fault}</th>
          </tr>
        </thead>
        <tbody>
          {faults.slice(0, shownAtOnce).map(({ row, fault }) => (
            <tr key={row}>
              <th scope="row">{number(data[row - 1]?.line ?? row)}</th>
              <td data-label={words.fault}>{words[fault]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {faults.length > shownAtOnce && <p class="soft">{words.more(faults.length - shownAtOnce)}</p>}
    </section>
  )
}

/** Row and reason, nothing of what stands in the row. `sheet` gives the lines of the file, where it is at hand. */
export function downloadReport(id: string, faults: Fault[], sheet?: Sheet): void {
  const data = sheet && dataOf(sheet)
  const head = data ? [words.row, words.line, words.fault] : [words.row, words.fault]
  const lines = faults.map(({ row, fault }) => [
    String(row),
    ...(data ? [String(data[row - 1]?.line ?? '')] : []),
    words[fault],
  ])
  // Marked as UTF-8: spreadsheets ask for it.
  const blob = new Blob(['\ufeff', writeCsv([head, ...lines])], { type: 'text/csv' })
  const url = URL.createObjectURL(blob)
  Object.assign(document.createElement('a'), { href: url, download: `${id}.csv` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
