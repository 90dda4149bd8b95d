// Rows of things. On a phone each row is a card whose lines carry the names of the columns.

import type { ComponentChildren } from 'preact'

export type Column<Row> = {
  id: string
  label: string
  cell: (row: Row) => ComponentChildren
  /** Numbers and actions stand at the end. */
  end?: boolean
  /** The name of the row: the first column, unless one says so. */
  head?: boolean
  /** The label is there for assistive technology alone: for actions. */
  quiet?: boolean
}

type TableProps<Row> = {
  columns: Column<Row>[]
  rows: Row[]
  caption: string
  /** What stands in place of no rows. */
  empty?: ComponentChildren
  keyOf?: (row: Row) => string
}

export function Table<Row extends object>({ columns, rows, caption, empty, keyOf }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>
  const head = columns.find((column) => column.head) ?? columns[0]
  return (
    <table class="rows">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ id, label, end, quiet }) => (
            <th key={id} scope="col" class={end ? 'end' : undefined}>
              {quiet ? <span class="unseen">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={keyOf ? keyOf(row) : 'id' in row ? String(row.id) : at}>
            {columns.map((column) => (
              <Cell key={column.id} column={column} row={row} head={column === head} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell<Row>({ column, row, head }: { column: Column<Row>; row: Row; head: boolean }) {
  const classes = `${column.end ? 'end' : ''}${column.quiet ? ' quiet' : ''}`.trim() || undefined
  const inside = column.cell(row)
  return head ? (
    <th scope="row" class={classes}>
      {inside}
    </th>
  ) : (
    <td class={classes} data-label={column.quiet ? undefined : column.label}>
      {inside}
    </td>
  )
}
