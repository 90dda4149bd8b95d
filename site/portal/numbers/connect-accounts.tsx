// WhatsApp accounts that were connected before they had a number. Nothing is shown when there is none. Called by connect.tsx.

import { useState } from 'preact/hooks'
import { Button, sentenceOf, toast, useResource } from '../ui/index.ts'
import { connect } from '../words/connect.ts'
import { type Connected, loadAccounts, lookForNumbers } from './connect-api.ts'

const words = connect.accounts

export function Accounts({ onConnected }: { onConnected: (connected: Connected) => void }) {
  const accounts = useResource(loadAccounts, [])
  const [busy, setBusy] = useState<string>()
  const empty = (accounts.data?.data ?? []).filter(({ numbers }) => numbers === 0)
  const look = async (wabaId: string) => {
    setBusy(wabaId)
    const found = await lookForNumbers(wabaId)
    setBusy(undefined)
    if (!found.ok) return toast({ text: sentenceOf(found.problem), tone: 'bad' })
    if (found.data.data.length === 0) return toast({ text: words.none })
    onConnected(found.data)
  }
  if (empty.length === 0) return null
  return (
    <section class="card">
      <h2>{words.title}</h2>
      <p>{words.text}</p>
      <ul class="list-rows">
        {empty.map(({ wabaId }) => (
          <li key={wabaId}>
            <span>{words.account(wabaId)}</span>
            <span />
            <Button busy={busy === wabaId} onClick={() => void look(wabaId)}>
              {words.look}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
