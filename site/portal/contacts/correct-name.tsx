// The name as the workspace wants it; empty: as WhatsApp tells it. Called by panel-head.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { Button, Dialog, Field, Input, sentenceOf, toast } from '../ui/index.ts'
import { contacts, panel as words } from '../words/contacts.ts'
import { common } from '../words/shell.ts'
import type { Contact } from './data.ts'

type CorrectProps = { contact: Contact; onClose: () => void; onDone: () => void }

export function CorrectName({ contact, onClose, onDone }: CorrectProps) {
  const [name, setName] = useState(contact.name ?? '')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async () => {
    setBusy(true)
    const json = { name: name.trim() || null }
    const told = await call(api.contacts[':id'].$patch({ param: { id: contact.id }, json }))
    setBusy(false)
    if (!told.ok) return setError(sentenceOf(told.problem))
    toast({ text: words.corrected })
    onDone()
    onClose()
  }
  return (
    <Dialog
      title={words.correctTitle}
      open
      onClose={onClose}
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {common.save}
          </Button>
        </>
      }
    >
      <Field label={contacts.name} hint={words.correctHint} error={error}>
        <Input
          value={name}
          maxLength={200}
          dir="auto"
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
    </Dialog>
  )
}
