// Lists that were taken in before: their report, and the way back to one that is not finished. Called by import.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import {
  Badge,
  type Column,
  confirmTyped,
  Dialog,
  Menu,
  sentenceOf,
  Table,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { purposes } from '../words/contacts.ts'
import { importing } from '../words/importing.ts'
import { downloadReport } from './import-faults.tsx'
import { FileInput } from './import-file.tsx'
import type { Import } from './import-send.ts'
import { type Reading, reread, type Sheet } from './sheet.ts'

const words = importing.lists
const tones = { open: 'warn', done: 'good', cancelled: 'neutral' } as const

export function Before({ onResume }: { onResume: (begun: Import, sheet: Sheet) => void }) {
  const { data, reload } = useResource(() => call(api.imports.$get({ query: { limit: '50' } })), [])
  const [resuming, setResuming] = useState<Import>()
  useChanges(['imports'], () => void reload())
  if (!data || data.data.length === 0) return null
  return (
    <section>
      <h2>{words.title}</h2>
      <Table
        caption={words.caption}
        columns={columnsFor(setResuming, () => void reload())}
        rows={data.data}
      />
      {resuming && (
        <Dialog
          title={words.resumeTitle(resuming.name ?? words.lost)}
          open
          onClose={() => setResuming(undefined)}
        >
          <p>{words.resumeText(resuming.position, resuming.total)}</p>
          <FileInput onSheet={(sheet) => resume(resuming, sheet, onResume)} />
        </Dialog>
      )}
    </section>
  )
}

/** Read as it was read then; another file is refused. */
function resume(begun: Import, sheet: Sheet, onResume: (begun: Import, sheet: Sheet) => void): void {
  if (sheet.fingerprint !== begun.fingerprint || begun.settings === null) {
    toast({ text: words.otherFile, tone: 'bad' })
    return
  }
  const { meanings, ...reading } = JSON.parse(begun.settings) as Reading
  onResume(begun, reread(reread(sheet, reading), { meanings }))
}

const columnsFor = (resuming: (one: Import) => void, reload: () => void): Column<Import>[] => [
  { id: 'name', label: words.name, cell: ({ name }) => name ?? words.lost },
  { id: 'purpose', label: words.purpose, cell: ({ purpose }) => purposes[purpose].title },
  {
    id: 'state',
    label: words.state,
    cell: ({ state }) => <Badge tone={tones[state]}>{words.states[state]}</Badge>,
  },
  {
    id: 'counts',
    label: words.counts,
    end: true,
    cell: ({ added, updated, refused }) => `${added} / ${updated} / ${refused}`,
  },
  { id: 'at', label: words.at, end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'actions',
    label: words.actions(''),
    quiet: true,
    cell: (one) => (
      <Menu
        icon="more"
        label={words.actions(one.name ?? words.lost)}
        items={[
          ...(one.state === 'open'
            ? [
                { label: words.resume, onSelect: () => resuming(one) },
                { label: importing.run.cancel, danger: true, onSelect: () => void cancel(one, reload) },
              ]
            : []),
          {
            label: words.report,
            icon: 'download',
            disabled: one.refused === 0,
            onSelect: () => void report(one),
          },
        ]}
      />
    ),
  },
]

async function cancel({ id }: Import, reload: () => void): Promise<void> {
  const { cancelTitle: title, cancelText: text, cancelWord: word, cancel: action } = importing.run
  if (!(await confirmTyped({ title, text, word, action }))) return
  const told = await call(api.imports[':id'].$delete({ param: { id } }))
  if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
  reload()
}

async function report({ id }: Import): Promise<void> {
  const told = await call(api.imports[':id'].$get({ param: { id } }))
  if (told.ok) downloadReport(id, told.data.faults)
  else toast({ text: sentenceOf(told.problem), tone: 'bad' })
}
