// One person beside a conversation or in the list: who they are, what was noted, what they agreed to, what was done. Called by
// the inbox and by contacts.tsx; what is rarely pressed is loaded when it is.

import { useState } from 'preact/hooks'
import { can, Failed, Icon, Skeleton, useChanges, useResource } from '../ui/index.ts'
import { panel as words } from '../words/contacts.ts'
import { type Contact, loadContact } from './data.ts'
import { ConsentsOf } from './panel-consents.tsx'
import { FieldsOf } from './panel-fields.tsx'
import { Head } from './panel-head.tsx'
import { HistoryOf } from './panel-history.tsx'

type PanelProps = {
  contactId: string
  /** The person is not shown any longer: erased, or left alone. */
  onGone?: () => void
  /** In contacts itself: without the way there. */
  whole?: boolean
}

export function ContactPanel({ contactId, onGone, whole = false }: PanelProps) {
  const { state, data, problem, reload } = useResource(() => loadContact(contactId), [contactId])
  const [turn, setTurn] = useState(0)
  const again = () => {
    setTurn((n) => n + 1)
    void reload()
  }
  useChanges(['contact', 'contact_gone', 'workspace'], (changes) => {
    const mine = changes.filter((change) => 'contactId' in change && change.contactId === contactId)
    if (mine.some(({ kind }) => kind === 'contact_gone')) onGone?.()
    else if (changes.length === 0 || mine.length > 0 || changes.some(({ kind }) => kind === 'workspace'))
      again()
  })
  if (state === 'loading') return <Skeleton rows={6} />
  if (!data) return problem ? <Failed problem={problem} onRetry={again} /> : null
  const contact: Contact = data
  const parts = { contact, turn, reload: again }
  return (
    <article class="contact" aria-label={contact.name ?? undefined}>
      <Head {...parts} whole={whole} onGone={onGone} />
      <FieldsOf {...parts} />
      <ConsentsOf {...parts} />
      {can('contacts:write') && <HistoryOf contactId={contact.id} turn={turn} />}
      {!whole && (
        <p>
          <a href={`/portal/contacts?id=${contact.id}`}>
            {words.open} <Icon name="contacts" size={16} />
          </a>
        </p>
      )}
    </article>
  )
}
