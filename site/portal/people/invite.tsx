// Inviting somebody: an address, and a role with what it may do. Called by people.tsx.

import { useState } from 'preact/hooks'
import { roles } from '../../../worker/accounts/permissions.ts'
import { api, call } from '../client.ts'
import type { Role } from '../session.ts'
import { Button, Dialog, Field, Input, sentenceOf, toast, useSession } from '../ui/index.ts'
import { people, invitations as words } from '../words/people.ts'
import { common } from '../words/shell.ts'

/** The ones most are invited as come first. */
const order: Role[] = ['agent', 'admin', 'developer', 'privacy_officer', 'owner']

export function Invite({ onClose, onSent }: { onClose: () => void; onSent: () => void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const isOwner = useSession().member?.role === 'owner'
  const send = async () => {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) return setError(words.emailWrong)
    setBusy(true)
    const sent = await call(api.invitations.$post({ json: { email: email.trim(), role } }))
    setBusy(false)
    if (!sent.ok) return setError(sentenceOf(sent.problem))
    toast({ text: words.done(email.trim()) })
    onSent()
    onClose()
  }
  return (
    <Dialog
      title={words.dialog}
      open
      onClose={onClose}
      onSubmit={() => void send()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {words.send}
          </Button>
        </>
      }
    >
      <p class="soft">{words.text}</p>
      <Field label={words.email} error={error}>
        <Input
          type="email"
          value={email}
          autocomplete="off"
          maxLength={254}
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </Field>
      <fieldset class="choice">
        <legend>{words.role}</legend>
        {order.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="role"
              value={one}
              checked={one === role}
              disabled={one === 'owner' && !isOwner}
              onChange={() => setRole(one)}
            />
            <strong>{roles[one].title}</strong>
            <small>{one === 'owner' && !isOwner ? people.ownersOnly : roles[one].about}</small>
          </label>
        ))}
      </fieldset>
    </Dialog>
  )
}
