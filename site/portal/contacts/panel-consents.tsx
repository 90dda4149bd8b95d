// What one person agreed to and took back: how it stands, and every word that led there. Called by panel.tsx.

import { useEffect, useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { date, fullTime } from '../format.ts'
import { Badge, Button, can, Time, type Tone } from '../ui/index.ts'
import { type Purpose, purposes, sources, standing, consentsOf as words } from '../words/contacts.ts'
import { ConsentDialog } from './consent-dialog.tsx'
import type { Consent, Contact } from './data.ts'

export const tones: Record<'given' | 'withdrawn' | 'none', Tone> = {
  given: 'good',
  withdrawn: 'bad',
  none: 'neutral',
}

type PartProps = { contact: Contact; turn: number; reload: () => void }

export function ConsentsOf({ contact, turn, reload }: PartProps) {
  const [recording, setRecording] = useState(false)
  return (
    <section class="part">
      <header>
        <h3>{words.title}</h3>
        {can('contacts:write') && (
          <Button kind="quiet" icon="plus" onClick={() => setRecording(true)}>
            {words.record}
          </Button>
        )}
      </header>
      <ul class="standings">
        {(Object.keys(purposes) as Purpose[]).map((purpose) => {
          const { state, at } = contact.consents[purpose]
          return (
            <li key={purpose}>
              <span title={purposes[purpose].about}>{purposes[purpose].title}</span>
              <span>
                <Badge tone={tones[state]}>{standing[state]}</Badge> {at && <Time at={at} />}
              </span>
            </li>
          )
        })}
      </ul>
      <Words contactId={contact.id} turn={turn} />
      {recording && (
        <ConsentDialog contactId={contact.id} onClose={() => setRecording(false)} onDone={reload} />
      )}
    </section>
  )
}

/** Asked for when somebody opens it, and again when something changed. */
function Words({ contactId, turn }: { contactId: string; turn: number }) {
  const [open, setOpen] = useState(false)
  const [rows, setRows] = useState<Consent[]>()
  const [next, setNext] = useState<string | null>(null)
  const load = async (cursor?: string) => {
    const query = cursor === undefined ? {} : { cursor }
    const told = await call(api.contacts[':id'].consents.$get({ param: { id: contactId }, query }))
    if (!told.ok) return
    setRows((before) => (cursor === undefined ? told.data.data : [...(before ?? []), ...told.data.data]))
    setNext(told.data.next)
  }
  useEffect(() => {
    if (open) void load()
  }, [open, contactId, turn])
  return (
    <details class="more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.history}</summary>
      {rows?.length === 0 && <p class="soft">{words.none}</p>}
      <ol class="entries">
        {rows?.map((row) => (
          <li key={row.id}>
            <p>
              <strong>{words[row.state](purposes[row.purpose].title)}</strong>{' '}
              <span class="soft">
                {sources[row.source]}
                {row.how && `: ${sources[row.how as keyof typeof sources] ?? row.how}`},{' '}
                {row.source === 'import' ? date(row.at) : fullTime(row.at)}
              </span>
            </p>
            {row.text && <blockquote dir="auto">{row.text}</blockquote>}
            {row.where && <p class="small soft">{words.where(row.where)}</p>}
            <p class="small soft">{words.recorded(fullTime(row.recordedAt))}</p>
          </li>
        ))}
      </ol>
      {next && (
        <Button kind="quiet" onClick={() => void load(next)}>
          {words.more}
        </Button>
      )}
    </details>
  )
}
