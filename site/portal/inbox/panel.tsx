// The person beside a conversation. Loaded when it is first shown.

import { Avatar } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { nameOf } from './row.tsx'
import { openConversation } from './state.ts'

export function Panel(_: { contactId: string }) {
  const contact = openConversation.value?.contact
  if (!contact) return null
  return (
    <div class="contact-panel">
      <Avatar name={contact.name} id={contact.id} size="l" />
      <h2>{nameOf(contact)}</h2>
      <p class="small">{words.inbox.details}</p>
    </div>
  )
}
