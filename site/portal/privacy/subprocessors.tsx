// Who processes data for us: the same register that the public list is made of. Called by privacy.tsx.

import { subprocessors as register, type Subprocessor } from '../../../db/subprocessors.ts'
import { type Column, Table } from '../ui/index.ts'
import { privacy, subprocessors as words } from '../words/privacy.ts'

export const Subprocessors = () => (
  <>
    <p>
      {words.text} <a href="/subprocessors">{words.link}</a>
    </p>
    <Table caption={privacy.tabs.subprocessors} columns={columns} rows={[...register]} />
  </>
)

const columns: Column<Subprocessor>[] = [
  {
    id: 'name',
    label: words.name,
    cell: ({ name, role }) => (
      <>
        {name}
        <p class="soft small">{role}</p>
      </>
    ),
  },
  { id: 'what', label: words.what, cell: ({ purpose }) => purpose },
  { id: 'data', label: words.data, cell: ({ data }) => words.list(data) },
  { id: 'where', label: words.where, cell: ({ country }) => country },
]
