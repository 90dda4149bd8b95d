// Begins a conversation with somebody from a number that has none with them yet, and goes there. Called by panel-head.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { Button, Menu, sentenceOf, toast, useResource } from '../ui/index.ts'
import { panel as words } from '../words/contacts.ts'
import { type Contact, loadNumbers, type OwnNumber } from './data.ts'

export function WriteTo({ contact }: { contact: Contact }) {
  const [isBusy, setBusy] = useState(false)
  const { data } = useResource(loadNumbers, [])
  const talking = contact.conversations.map(({ numberId }) => numberId)
  const connected = (data?.data ?? []).filter(({ connection }) => connection !== 'disconnected')
  const free = connected.filter(({ id }) => !talking.includes(id))
  const begin = async (numberId: string) => {
    setBusy(true)
    const begun = await call(
      api.contacts[':id'].conversations.$post({ param: { id: contact.id }, json: { numberId } }),
    )
    if (begun.ok) return location.assign(`/portal/inbox?c=${begun.data.id}`)
    setBusy(false)
    toast({ text: sentenceOf(begun.problem), tone: 'bad' })
  }
  const [only] = free
  if (!only) return null
  // Where there are several, it is said from which.
  if (connected.length === 1)
    return (
      <Button icon="mail" busy={isBusy} onClick={() => void begin(only.id)}>
        {words.write}
      </Button>
    )
  const items = free.map((number) => ({ label: called(number), onSelect: () => void begin(number.id) }))
  return <Menu label={words.writeFrom} items={items} />
}

const called = ({ verifiedName, displayPhoneNumber, phoneNumberId }: OwnNumber) => (
  <bdi>{[verifiedName, displayPhoneNumber].filter(Boolean).join(', ') || phoneNumberId}</bdi>
)
